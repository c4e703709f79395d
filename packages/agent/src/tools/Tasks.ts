/**
 * The tool with which the model looks after background commands.
 *
 * @since 0.1.0
 */
import * as Clock from "effect/Clock"
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as Schema from "effect/Schema"
import { optional, plural, string, textOutput, tool } from "../internal/tools/defineTool.ts"
import { failed } from "../internal/tools/toolFailure.ts"
import type { BackgroundTask } from "../session/BackgroundTasks.ts"
import { titleOf } from "../session/BackgroundTaskText.ts"
import { ToolCall } from "./ToolCall.ts"

/**
 * Lists, reads and ends background commands.
 *
 * @since 0.1.0
 * @category tools
 */
export const Tasks = tool(
  "tasks",
  "Looks after the commands that you have started with bash and background. list: all of them. read: the output of one since you last read it, \
and its exit code once it has ended. end: ends one with all its processes. You are informed when one ends: don't wait for it by reading it \
again and again.",
  {
    action: Schema.Literal("list", "read", "end"),
    id: optional(string("The task, for read and end."))
  }
)

const describeAge = (task: BackgroundTask, now: number): string => {
  const seconds = Math.max(0, Math.round(((task.end?.at ?? now) - task.since) / 1000))
  const time = seconds === 0 ? "less than a second" : Duration.format(Duration.seconds(seconds))
  return task.end === undefined ? `running for ${time}` : `${task.end.ending}, after ${time}`
}

/**
 * Listing and reading need no permission: the command that is read was permitted. Ending a task is decided by the permission `tasks`, which is
 * allowed by default.
 *
 * @since 0.1.0
 * @category handlers
 */
export const tasks = Effect.fnUntraced(
  function*({ action, id }: typeof Tasks.parametersSchema.Type) {
    const { permit, tasks } = yield* ToolCall
    const now = yield* Clock.currentTimeMillis
    if (action === "list") {
      const all = yield* tasks.list
      const running = all.filter(({ end }) => end === undefined).length
      const lines = all.map((task) => `${task.id}  ${describeAge(task, now)}: ${titleOf(task)}`)
      return textOutput(
        lines.length === 0 ? "There are no background tasks." : lines.join("\n"),
        `${plural(running, "task")} running`
      )
    }
    if (id === undefined) return yield* failed(`The action ${action} needs the id of a task.`)
    if (action === "read") {
      const { output, task } = yield* tasks.read(id)
      const state = describeAge(task, now)
      return textOutput(
        `${task.id}: ${state}\n\n${output.trim() === "" ? "(no new output)" : output.trimEnd()}`,
        state
      )
    }
    yield* permit({ parts: [{ permission: "tasks", subject: id }], title: `end ${id}` })
    const { end } = yield* tasks.end(id, "model")
    return textOutput(`${id}: ${end?.ending ?? "ended"}`, end?.ending ?? "ended")
  },
  Effect.catchTags({
    BackgroundTaskError: ({ message }) => failed(message),
    SessionError: ({ message }) => failed(message)
  })
)
