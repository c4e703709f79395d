/** Writes the description of a tool for the model. */
import * as Cut from "@altimate-code/system/Cut"
import { isBlank } from "../prompt/text.ts"
import type { RemovedPart } from "./simplifySchema.ts"

/** In characters. Bedrock documents no limit, but the description costs tokens in every request. */
const maxDescriptionLength = 10_000
const maxRemovedLength = 2_000

const cut = (text: string, maxLength: number): string =>
  text.length > maxLength ? `${Cut.head(text, maxLength)}…` : text

/** The tool's description, followed by the removed parts of its schema; `undefined` if both are empty. */
export const describeTool = (description: string, removed: ReadonlyArray<RemovedPart>): string | undefined => {
  const parts = [cut(description.trim(), maxDescriptionLength), describeRemoved(removed)].filter((part) =>
    !isBlank(part)
  )
  return parts.length === 0 ? undefined : parts.join("\n\n")
}

const describeRemoved = (removed: ReadonlyArray<RemovedPart>): string => {
  let text = ""
  for (const { path, value } of removed) {
    if (text.length > maxRemovedLength) break
    text += `${text === "" ? "The parameters must also meet this part of their JSON Schema: " : "; "}${path}: ${
      JSON.stringify(value)
    }`
  }
  return cut(text, maxRemovedLength)
}
