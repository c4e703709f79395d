/**
 * Describes background commands for users.
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
