/** Describes servers' errors for users and models. */
import * as Cut from "@altimate-code/system/Cut"
import { stripVTControlCharacters } from "node:util"

const maxLength = 600

/** Joins the messages of an error and its cause on one line, because `fetch failed` alone does not help. */
export const describe = (error: unknown): string => {
  if (!(error instanceof Error)) return printable(String(error))
  const { cause } = error
  const because = cause instanceof Error
    ? `: ${cause.message || ("code" in cause ? String(cause.code) : cause.name)}`
    : ""
  return printable((error.message || ("code" in error ? String(error.code) : error.name)) + because)
}

/** Removes line breaks and control characters, because a server's output must not control the terminal. */
export const printable = (text: string): string =>
  Cut.shorten(stripVTControlCharacters(text).replace(/[\p{Cc}\s]+/gu, " ").trim(), maxLength)
