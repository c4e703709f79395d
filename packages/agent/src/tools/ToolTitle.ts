/**
 * The title of a tool call.
 *
 * @since 0.1.0
 */
import * as Cut from "@altimate-code/system/Cut"
import * as Option from "effect/Option"
import * as Predicate from "effect/Predicate"
import * as TodoList from "../session/TodoList.ts"

const maxLength = 120

const oneLine = (text: string): string => {
  const [first = "", ...more] = text.trim().split(/\r\n|\r|\n/)
  const line = first.trim()
  return line.length > maxLength || more.length > 0 ? `${Cut.head(line, maxLength)}…` : line
}

/**
 * Describes a call on one line: by its command, pattern, path or URL, by its only parameter, or else by its parameters as JSON.
 *
 * @since 0.1.0
 * @category rendering
 */
export const of = (name: string, params: unknown): string => {
  if (!Predicate.isRecord(params)) return params === undefined ? name : oneLine(JSON.stringify(params) ?? "")
  if (name === "todo") {
    return Option.match(TodoList.ofParams(params), { onNone: () => "", onSome: TodoList.currentStep })
  }
  if (name === "tasks") return [params["action"], params["id"]].filter(Predicate.isString).map(oneLine).join(" ")
  for (const key of name === "skill" ? ["name"] : ["command", "pattern", "path", "url"]) {
    const value = params[key]
    if (Predicate.isString(value) && value.trim() !== "") return oneLine(value)
  }
  const [only, ...more] = Object.values(params)
  if (more.length === 0 && typeof only === "string" && only.trim() !== "") return oneLine(only)
  return Object.keys(params).length === 0 ? "" : oneLine(JSON.stringify(params))
}
