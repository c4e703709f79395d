import * as Cut from "@altimate-code/system/Cut"

/** Shortens a title to one line of at most 80 characters. */
export const oneLine = (text: string): string => {
  const line = text.trim().replace(/\s+/g, " ")
  return line.length > 80 ? `${Cut.head(line, 79)}…` : line
}
