/**
 * The model's list of what is to do. It is stored in the session as the last call of the `todo` tool.
 *
 * @since 0.1.0
 */
import * as Option from "effect/Option"
import * as Schema from "effect/Schema"
import type { Line } from "./Session.ts"

/**
 * A step.
 *
 * @since 0.1.0
 * @category models
 */
export const Todo = Schema.Struct({
  content: Schema.String.annotations({ description: "The step in a few words." }),
  status: Schema.Literal("pending", "in_progress", "completed")
})

/**
 * @since 0.1.0
 * @category models
 */
export type Todo = typeof Todo.Type

/**
 * The maximum number of steps.
 *
 * @since 0.1.0
 * @category limits
 */
export const maxCount = 100

const List = Schema.Struct({ todos: Schema.Array(Todo) })

const decode = (params: unknown) => Schema.decodeUnknownOption(List)(params)

/**
 * The list in the parameters of a call; none if they are wrong.
 *
 * @since 0.1.0
 * @category constructors
 */
export const ofParams = (params: unknown): Option.Option<ReadonlyArray<Todo>> =>
  Option.filterMap(decode(params), ({ todos }) => todos.length > maxCount ? Option.none() : Option.some(todos))

/**
 * The current list of a session; empty if the model has not written one.
 *
 * @since 0.1.0
 * @category queries
 */
export const latest = (lines: ReadonlyArray<Line>): ReadonlyArray<Todo> => {
  for (const line of lines.toReversed()) {
    if (line.type !== "assistant") continue
    for (const part of line.message.content.toReversed()) {
      const todos = part.type === "tool-call" && part.name === "todo" ? ofParams(part.params) : Option.none()
      if (Option.isSome(todos)) return todos.value
    }
  }
  return []
}

const marks = { pending: "[ ]", in_progress: "[>]", completed: "[x]" } as const

/**
 * One line for each step.
 *
 * @since 0.1.0
 * @category rendering
 */
export const toText = (todos: ReadonlyArray<Todo>): string =>
  todos.length === 0
    ? "The list is empty."
    : todos.map(({ content, status }) => `${marks[status]} ${content}`).join("\n")

/**
 * The step in progress, on one line; empty if there is none.
 *
 * @since 0.1.0
 * @category rendering
 */
export const currentStep = (todos: ReadonlyArray<Todo>): string =>
  (todos.find(({ status }) => status === "in_progress")?.content ?? "").replace(/\s+/g, " ").trim()

/**
 * A few words, e.g. `2 of 5 done`.
 *
 * @since 0.1.0
 * @category rendering
 */
export const summarize = (todos: ReadonlyArray<Todo>): string =>
  todos.length === 0
    ? "empty"
    : `${todos.filter(({ status }) => status === "completed").length} of ${todos.length} done`
