/** What went wrong with a server, for people and models. */
import * as Cut from "@altimate-code/system/Cut"
import { stripVTControlCharacters } from "node:util"

const maxLength = 600

/** What an error says, in one line, with its cause: `fetch failed` alone helps nobody. */
export const describe = (error: unknown): string => {
  if (!(error instanceof Error)) return printable(String(error))
  const { cause } = error
  const because = cause instanceof Error
    ? `: ${cause.message || ("code" in cause ? String(cause.code) : cause.name)}`
    : ""
  return printable((error.message || ("code" in error ? String(error.code) : error.name)) + because)
}

/** In one line: what others have written must not reach a terminal raw. */
export const printable = (text: string): string =>
  Cut.shorten(stripVTControlCharacters(text).replace(/[\p{Cc}\s]+/gu, " ").trim(), maxLength)
