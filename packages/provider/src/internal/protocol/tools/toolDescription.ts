/** What a model is told about a tool. */
import * as Cut from "@altimate-code/system/Cut"
import { isBlank } from "../prompt/text.ts"
import type { Lost } from "./plainSchema.ts"

/** In characters. No limit is documented; every request pays for each of them. */
const longest = 10_000
const longestNote = 2_000

const cut = (text: string, most: number): string => text.length > most ? `${Cut.head(text, most)}…` : text

/** The tool's own words and what its schema says beyond the one that is sent; `undefined` for nothing. */
export const describe = (description: string, lost: ReadonlyArray<Lost>): string | undefined => {
  const parts = [cut(description.trim(), longest), note(lost)].filter((part) => !isBlank(part))
  return parts.length === 0 ? undefined : parts.join("\n\n")
}

const note = (lost: ReadonlyArray<Lost>): string => {
  let text = ""
  for (const { path, value } of lost) {
    if (text.length > longestNote) break
    text += `${text === "" ? "The parameters must also meet this part of their JSON Schema: " : "; "}${path}: ${
      JSON.stringify(value)
    }`
  }
  return cut(text, longestNote)
}
