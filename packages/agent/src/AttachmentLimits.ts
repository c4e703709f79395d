/**
 * Which images and documents a tool or the user may attach.
 *
 * @since 0.1.0
 */
import * as Image from "@altimate-code/system/Image"
import * as MediaType from "@altimate-code/system/MediaType"
import * as Context from "effect/Context"

/**
 * What the model's provider takes of each image, and how many bytes of each document.
 *
 * @since 0.1.0
 * @category models
 */
export interface Limits {
  readonly image: Image.Limits
  readonly documentBytes: number
}

/**
 * The limits of the model's provider; unless it says otherwise, what every common provider takes.
 *
 * @since 0.1.0
 * @category services
 */
export class AttachmentLimits extends Context.Reference<AttachmentLimits>()("@altimate-code/agent/AttachmentLimits", {
  defaultValue: (): Limits => ({ image: { bytes: 3_750_000, side: 8000 }, documentBytes: 4_500_000 })
}) {}

/**
 * Why a file can't be attached: `why` is the end of a sentence, `remedy` one of its own.
 *
 * @since 0.1.0
 * @category models
 */
export interface Problem {
  readonly why: string
  readonly remedy: string
}

const count = (value: number): string => value.toLocaleString("en-US")

/**
 * What is wrong with an image or a PDF; `undefined` when it can be attached. What it is, is decided by its bytes.
 *
 * @since 0.1.0
 * @category queries
 */
export const problem = (bytes: Uint8Array, limits: Limits): Problem | undefined => {
  if (MediaType.of(bytes) === "application/pdf") {
    return bytes.length <= limits.documentBytes ? undefined : {
      why: `it has ${count(bytes.length)} bytes, and at most ${count(limits.documentBytes)} are allowed`,
      remedy: "Split it, or extract its text first."
    }
  }
  const found = Image.problem(bytes, limits.image)
  return found && {
    why: found.why,
    remedy: found.reason === "TooLarge" ? "Make a smaller copy first." : "The file is damaged: get another copy of it."
  }
}
