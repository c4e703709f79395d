import * as Cut from "@altimate-code/system/Cut"

/** Shortens a text to one line of at most `maxLength` characters. */
export const oneLine = (text: string, maxLength = 80): string => {
  const line = text.trim().replace(/\s+/g, " ")
  return line.length > maxLength ? `${Cut.head(line, maxLength - 1)}…` : line
}
