/**
 * The commands that run beside the turns of a session.
 *
 * @since 0.1.0
 */
import type { ProcessId } from "@altimate-code/system/ProcessId"
import type * as Effect from "effect/Effect"
import * as Schema from "effect/Schema"
import type * as Scope from "effect/Scope"
import type * as Stream from "effect/Stream"
import type { SessionError } from "./SessionError.ts"

/**
 * There is no task with this ID, or too many are running. The message is for the model and for the user.
 *
 * @since 0.1.0
 * @category errors
 */
export class BackgroundTaskError
  extends Schema.TaggedError<BackgroundTaskError>("@altimate-code/agent/BackgroundTaskError")("BackgroundTaskError", {
    message: Schema.String
  })
{}

/**
 * How a task ended.
 *
 * @since 0.1.0
 * @category models
 */
export interface Ending {
  /** `exit code 0`, `killed by SIGKILL`, `ended by the user`. */
  readonly ending: string
  /** Whether it ended as it should. */
  readonly ok: boolean
}

/**
 * @since 0.1.0
 * @category models
 */
export interface BackgroundTask {
  /** Unique in the session: `b1`. */
  readonly id: string
  readonly command: string
  /** The leader of its process group. */
  readonly pid: number
  /** When it started, in milliseconds since 1970. */
  readonly since: number
  /** Absent while it runs. */
  readonly end?: Ending & {
    /** In milliseconds since 1970. */
    readonly at: number
    /** Whether it ended by itself. */
    readonly isUnexpected: boolean
  }
  /** Whether it stays running when the session is closed. */
  readonly isKept: boolean
  /** The last line of its output so far, cleaned and masked. */
  readonly lastLine: string
}

/**
 * The process of a task.
 *
 * @since 0.1.0
 * @category models
 */
export interface BackgroundProcess {
  readonly id: ProcessId
  /** Starts the command, once the process is saved. */
  readonly release: () => void
  /** Waits until the command and all processes of its group have ended, and the whole output is there. */
  readonly awaitEnd: Effect.Effect<Ending>
  /** Ends it with all processes that it has started. */
  readonly end: Effect.Effect<void>
  /** Whether it stays running when this program ends. */
  readonly setKept: (isKept: boolean) => Effect.Effect<void>
  readonly output: {
    /** The output since the last time, cut in the middle if it is long; empty if there is none. */
    readonly readNew: () => string
    /** The end of the whole output. */
    readonly readTail: () => string
    /** The last line so far; undefined if nothing was added since the last time. */
    readonly takeLastLine: () => string | undefined
  }
}

/**
 * The tasks of a session. They end with the session.
 *
 * @since 0.1.0
 * @category models
 */
export interface BackgroundTasks {
  /** All tasks, oldest first. */
  readonly list: Effect.Effect<ReadonlyArray<BackgroundTask>>
  /** The tasks now, and after each change. */
  readonly changes: Stream.Stream<ReadonlyArray<BackgroundTask>>
  /** Saves the task in the session, then starts its command. The scope is closed when the task has ended. */
  readonly start: <E, R>(
    command: string,
    process: Effect.Effect<BackgroundProcess, E, R>
  ) => Effect.Effect<BackgroundTask, E | SessionError | BackgroundTaskError, Exclude<R, Scope.Scope>>
  /** For the model: how it is doing, and its output since the last time. The model then knows its end. */
  readonly read: (
    id: string
  ) => Effect.Effect<
    { readonly task: BackgroundTask; readonly output: string },
    SessionError | BackgroundTaskError
  >
  /** For the user: the end of its output. */
  readonly readTail: (id: string) => Effect.Effect<string, BackgroundTaskError>
  /** Ends it, and waits until it has ended. */
  readonly end: (
    id: string,
    by: "model" | "user"
  ) => Effect.Effect<BackgroundTask, SessionError | BackgroundTaskError>
  /** Ends all that are not kept, because the session is left. Closing the session does the same. */
  readonly endAll: Effect.Effect<void>
  /** Whether it stays running when the session is closed. */
  readonly setKept: (id: string, isKept: boolean) => Effect.Effect<void, SessionError | BackgroundTaskError>
}
