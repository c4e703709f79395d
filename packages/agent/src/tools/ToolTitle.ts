/**
 * The title of a tool call.
 *
 * @since 0.1.0
 */
import * as Cut from "@altimate-code/system/Cut"
import * as Predicate from "effect/Predicate"

const maxLength = 120

const oneLine = (text: string): string => {
  const [first = "", ...more] = text.trim().split(/\r\n|\r|\n/)
  const line = first.trim()
  return line.length > maxLength || more.length > 0 ? `${Cut.head(line, maxLength)}…` : line
}

/**
 * Describes a call on one line: by its command, pattern, path or URL, or else by its parameters as JSON.
 *
 * @since 0.1.0
 * @category rendering
 */
export const of = (name: string, params: unknown): string => {
  if (!Predicate.isRecord(params)) return params === undefined ? name : oneLine(JSON.stringify(params) ?? "")
  for (const key of ["command", "pattern", "path", "url"]) {
    const value = params[key]
    if (Predicate.isString(value) && value.trim() !== "") return oneLine(value)
  }
  return Object.keys(params).length === 0 ? "" : oneLine(JSON.stringify(params))
}
