/** Describes a tool for the model. */
import * as Cut from "@altimate-code/system/Cut"
import { isBlank } from "../prompt/text.ts"
import type { Lost } from "./plainSchema.ts"

/** In characters. Bedrock documents no limit, but every request pays for the description. */
const maxDescriptionLength = 10_000
const maxNoteLength = 2_000

const cut = (text: string, most: number): string => text.length > most ? `${Cut.head(text, most)}…` : text

/** The tool's description and the removed parts of its schema; `undefined` if both are empty. */
export const describe = (description: string, lost: ReadonlyArray<Lost>): string | undefined => {
  const parts = [cut(description.trim(), maxDescriptionLength), note(lost)].filter((part) => !isBlank(part))
  return parts.length === 0 ? undefined : parts.join("\n\n")
}

const note = (lost: ReadonlyArray<Lost>): string => {
  let text = ""
  for (const { path, value } of lost) {
    if (text.length > maxNoteLength) break
    text += `${text === "" ? "The parameters must also meet this part of their JSON Schema: " : "; "}${path}: ${
      JSON.stringify(value)
    }`
  }
  return cut(text, maxNoteLength)
}
