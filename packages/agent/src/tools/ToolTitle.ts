/**
 * The title of a tool call.
 *
 * @since 0.1.0
 */
import * as Cut from "@altimate-code/system/Cut"
import type * as Tool from "@effect/ai/Tool"
import * as Context from "effect/Context"
import * as Option from "effect/Option"
import * as Predicate from "effect/Predicate"
import * as Schema from "effect/Schema"
import * as TodoList from "../session/TodoList.ts"

const maxLength = 120

const oneLine = (text: string): string => {
  const [first = "", ...more] = text.trim().split(/\r\n|\r|\n/)
  const line = first.trim()
  return line.length > maxLength || more.length > 0 ? `${Cut.head(line, maxLength)}…` : line
}

class Title extends Context.Tag("@altimate-code/agent/ToolTitle")<Title, (params: unknown) => string>() {}

/**
 * Sets the title of a tool's calls. The function gets the parameters as the handler gets them. A call with wrong parameters, or for which the function
 * throws, has the title that it would have without it.
 *
 * @example
 * const Deploy = Tool.make("deploy", { parameters: { service: Schema.String, version: Schema.Int } }).pipe(
 *   ToolTitle.annotate(({ service, version }) => `${service}, version ${version}`)
 * )
 *
 * @since 0.1.0
 * @category annotations
 */
export const annotate = <T extends Tool.Any>(title: (params: Tool.Parameters<T>) => string) => (tool: T): T => {
  const decode = Schema.decodeUnknownSync(tool.parametersSchema as Schema.Schema.AnyNoContext)
  const titled = tool as unknown as Pick<Tool.Tool<string, never>, "annotate">
  return titled.annotate(Title, (params) => title(decode(params))) as unknown as T
}

/**
 * Describes a call on one line: by the tool's own title (see `annotate`), by its command, pattern, path or URL, by its only parameter, or else by its
 * parameters as JSON.
 *
 * @since 0.1.0
 * @category rendering
 */
export const of = (name: string, params: unknown, tool?: Tool.Any): string => {
  const own = Option.flatMap(
    Context.getOption(tool?.annotations ?? Context.empty(), Title),
    Option.liftThrowable((title) => oneLine(title(params)))
  )
  return Option.getOrElse(Option.filter(own, (title) => title !== ""), () => fromParams(name, params))
}

const fromParams = (name: string, params: unknown): string => {
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
