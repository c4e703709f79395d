/** Estimates how much a line of the session adds to a request. */
import * as Predicate from "effect/Predicate"
import type { Line } from "../../session/Session.ts"
import { partsOf } from "../session/lineParts.ts"

/** Characters counted for an attachment, about the cost of an image: the length of its base64 is unrelated to its tokens. */
const attachmentLength = 6400

const contentOf = (line: Line): unknown => line.type === "summary" ? line.text : partsOf(line)

/** Assumes four characters per token, which is enough to choose where to cut and to notice a nearly full context window. */
export const estimateTokens = (line: Line): number => {
  const text = JSON.stringify(contentOf(line), function(this: unknown, key: string, value: unknown) {
    const isData = key === "data" && typeof value === "string" && Predicate.isRecord(this) && this["type"] === "file"
    return isData ? value.slice(0, attachmentLength) : value
  })
  return Math.ceil((text?.length ?? 0) / 4)
}

/** Estimates the bytes of the line in a request, including attachments. */
export const countBytes = (line: Line): number => JSON.stringify(contentOf(line))?.length ?? 0
