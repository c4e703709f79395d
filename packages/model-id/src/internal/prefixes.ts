import * as Arr from "effect/Array"
import type * as Option from "effect/Option"

/** The prefixes that the user guide lists. */
export const guide: ReadonlyArray<string> = ["us.", "eu.", "global.", "jp.", "apac.", "au."]

/**
 * AWS's other prefixes: GovCloud, Canada, India. Source: models.dev's list of Bedrock's inference profiles (as packed in @earendil-works/pi-ai 1.5.2,
 * 2026-11-10).
 */
export const aws: ReadonlyArray<string> = ["us-gov.", "ca.", "in."]

/** The prefix that an ID begins with: one of the guide's, of AWS's, or of `more`. */
export const find = (id: string, more: ReadonlyArray<string> = []): Option.Option<string> =>
  Arr.findFirst([...guide, ...aws, ...more], (prefix) => prefix !== "" && id.startsWith(prefix))
