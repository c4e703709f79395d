/**
 * The tool with which the model keeps a list of what is to do.
 *
 * @since 0.1.0
 */
import * as Tool from "@effect/ai/Tool"
import * as Effect from "effect/Effect"
import * as Schema from "effect/Schema"
import { textOutput, tool } from "../internal/tools/defineTool.ts"
import { failed } from "../internal/tools/toolFailure.ts"
import * as TodoList from "../session/TodoList.ts"

/**
 * Replaces the list.
 *
 * @since 0.1.0
 * @category tools
 */
export const Todo = tool(
  "todo",
  "Replaces your list of steps, which the user sees while you work. Use it for tasks of three or more steps: write all steps first, set one to \
in_progress when you begin it and to completed as soon as it is done. Don't use it for small tasks.",
  { todos: Schema.Array(TodoList.Todo).annotations({ description: "All steps, in order." }) }
).annotate(Tool.Readonly, true)

/**
 * Needs no permission, because the list is only in the session: it is the call itself.
 *
 * @since 0.1.0
 * @category handlers
 */
export const todo = Effect.fnUntraced(function*({ todos }: typeof Todo.parametersSchema.Type) {
  if (todos.length > TodoList.maxCount) return yield* failed(`The list has more than ${TodoList.maxCount} steps.`)
  return textOutput(TodoList.toText(todos), TodoList.summarize(todos))
})
