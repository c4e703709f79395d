/**
 * Describes background tasks for users.
 *
 * @since 0.1.0
 */
import * as ToolTitle from "../tools/ToolTitle.ts"
import type { BackgroundTask } from "./BackgroundTasks.ts"

/**
 * Returns the command of a task on one line.
 *
 * @since 0.1.0
 * @category rendering
 */
export const titleOf = ({ command }: Pick<BackgroundTask, "command">): string => ToolTitle.of("bash", { command })

/**
 * The ending of a task in a copy of its session, which does not run it.
 *
 * @since 0.1.0
 * @category rendering
 */
export const notCopied = "not copied: it belongs to the original session"

/**
 * Tells the user how a task ended.
 *
 * @since 0.1.0
 * @category rendering
 */
export const describeEnding = (
  { command, ending, id }: Pick<BackgroundTask, "id" | "command"> & { readonly ending: string }
): string => {
  const by = /^ended by the (user|model)$/.exec(ending)?.[1]
  const what = by === undefined
    ? `Background task ${id} ${ending === notCopied ? `was ${ending}` : `ended (${ending})`}`
    : `${by === "user" ? "You" : "The model"} ended background task ${id}`
  return `${what}: ${titleOf({ command })}`
}

/**
 * Tells the user that a task stays running, and how to end it.
 *
 * @since 0.1.0
 * @category rendering
 */
export const describeKept = (task: BackgroundTask): string =>
  `Background task ${task.id} keeps running as process ${task.pid} (to end it: kill -- -${task.pid}): ${titleOf(task)}`

/**
 * Tells the user that a task ended because the session was closed.
 *
 * @since 0.1.0
 * @category rendering
 */
export const describeEnded = (task: BackgroundTask): string => `Background task ${task.id} was ended: ${titleOf(task)}`
