/**
 * A tool call by the model: the services for its handler, and its result.
 *
 * @since 0.1.0
 */
import type { ProcessId } from "@altimate-code/system/ProcessId"
import * as Context from "effect/Context"
import type * as Effect from "effect/Effect"
import type * as Option from "effect/Option"
import * as Schema from "effect/Schema"
import type { Verdict } from "../permission/PermissionRules.ts"
import type { BackgroundTasks } from "../session/BackgroundTasks.ts"

/**
 * The result of a tool. `content` goes to the model; the other fields are for users.
 *
 * @since 0.1.0
 * @category models
 */
export const ToolOutput = Schema.Struct({
  content: Schema.Array(Schema.Union(
    Schema.Struct({ type: Schema.Literal("text"), text: Schema.String }),
    Schema.Struct({
      type: Schema.Literal("file"),
      mediaType: Schema.String,
      /** Base64. */
      data: Schema.String,
      fileName: Schema.optionalWith(Schema.String, { exact: true })
    })
  )),
  /** A few words, e.g. `120 lines` or `exit code 1`. */
  summary: Schema.String,
  /** The change as a unified diff. */
  diff: Schema.optionalWith(Schema.String, { exact: true })
})
/**
 * The result of a tool.
 *
 * @since 0.1.0
 * @category models
 */
export type ToolOutput = typeof ToolOutput.Type

/**
 * Why a call failed. `message` tells the model what failed and what to do instead.
 *
 * - `Failed`: the tool failed, or its parameters are wrong
 * - `Denied`: the call is not permitted
 *
 * @since 0.1.0
 * @category errors
 */
export class ToolFailure extends Schema.TaggedError<ToolFailure>("@altimate-code/agent/ToolFailure")("ToolFailure", {
  reason: Schema.Literal("Failed", "Denied"),
  message: Schema.String,
  /** A few words for users; defaults to the first line of `message`. */
  summary: Schema.optionalWith(Schema.String, { exact: true })
}) {}

/**
 * A part of an action that needs to be permitted.
 *
 * @since 0.1.0
 * @category models
 */
export interface ActionPart {
  readonly permission: string
  readonly subject: string
  /** The text does not show what will run, for example because a variable names the command. Only `*` or exactly this text allows it. */
  readonly opaque?: true
  /** Equivalent subjects, such as `rm x` for `/bin/rm x`. Rules that deny or ask about one of them apply as well. */
  readonly aliases?: ReadonlyArray<string>
  /** The absolute path of a file or directory whose subject is relative to the project. Patterns that begin with a slash match it. */
  readonly path?: string
  /** Whether the file may contain secrets, so that reading it needs permission unless a rule allows it. By default derived from the subject. */
  readonly secret?: boolean
  /** Set if other programs execute the changed file. Only a rule or grant whose pattern contains one of these names allows the change. */
  readonly executedAs?: ReadonlyArray<string>
}

/**
 * What a call is about to do, described for the permission rules and for the user.
 *
 * @since 0.1.0
 * @category models
 */
export interface Action {
  /**
   * Everything that needs to be permitted, each with its permission (`read`, `edit`, `glob`, `grep`, `bash`, `external_directory`, or the name of
   * an MCP tool) and the subject that patterns match (a path relative to the project, a simple command of a command line, or an
   * absolute path outside the project).
   */
  readonly parts: ReadonlyArray<ActionPart>
  /** One line, e.g. `npm test` or `src/main.ts`. */
  readonly title: string
  /** Exactly what will run or change: a command line, a unified diff, or an MCP tool's parameters as JSON. */
  readonly preview?: { readonly type: "command" | "diff" | "json"; readonly text: string }
  /** The purpose as described by the model, unverified. It is shown in addition to the preview, never instead of it. */
  readonly purpose?: string
  /** The command runs beside the conversation, without a time limit. */
  readonly isInBackground?: true
}

/**
 * A stored copy of a file: its name in the session's directory for copies, and its size in bytes.
 *
 * @since 0.1.0
 * @category models
 */
export const FileCopy = Schema.Struct({ name: Schema.String, size: Schema.Number })
/**
 * A stored copy of a file.
 *
 * @since 0.1.0
 * @category models
 */
export type FileCopy = typeof FileCopy.Type

/**
 * A change of a file by a call.
 *
 * @since 0.1.0
 * @category models
 */
export const FileChange = Schema.Struct({
  /** Absolute, with symbolic links resolved. */
  path: Schema.String,
  /** The SHA-256 of its content before the change; absent if the file did not exist. */
  before: Schema.optionalWith(Schema.String, { exact: true }),
  /** The SHA-256 of its content after the change. */
  after: Schema.String,
  /** A copy of the content before the change. Only the first change of a file in a turn has one. */
  copy: Schema.optionalWith(FileCopy, { exact: true }),
  /** Why there is no copy: the file may contain secrets, or is too large. */
  notCopied: Schema.optionalWith(Schema.Literal("secret", "size"), { exact: true }),
  /** The topmost directory that had to be created. */
  directory: Schema.optionalWith(Schema.String, { exact: true })
})
/**
 * A change of a file by a call.
 *
 * @since 0.1.0
 * @category models
 */
export type FileChange = typeof FileChange.Type

/**
 * Where calls record how they change files, so that the user can undo it.
 *
 * @since 0.1.0
 * @category models
 */
export interface ChangeLog {
  /** Saves a change before it is made. */
  readonly append: (change: FileChange) => Effect.Effect<void, ToolFailure>
  /** The copies of the session so far, and the changes of the current turn. */
  readonly changes: Effect.Effect<{
    readonly copies: ReadonlyArray<FileCopy>
    readonly ofTurn: ReadonlyArray<FileChange>
  }>
  /** The directory for copies of files; none if nothing can be stored. */
  readonly copies: Option.Option<string>
  /** Whether the text contains a secret that must not be stored. */
  readonly hasSecret: (text: string) => boolean
}

/**
 * The tool call that a handler is executing.
 *
 * @since 0.1.0
 * @category services
 */
export class ToolCall extends Context.Tag("@altimate-code/agent/ToolCall")<ToolCall, {
  readonly id: string
  /**
   * Waits until the action is permitted and the permission is saved in the session. Every handler calls this once it knows exactly
   * what it will do, and before doing it. Fails with reason `Denied`.
   */
  readonly permit: (action: Action) => Effect.Effect<void, ToolFailure>
  /** Reports the absolute path of a file or directory that the call touches, so that the model gets the instructions for it. */
  readonly touch: (path: string) => Effect.Effect<void>
  /** Saves the process that executes the call, so that it can be found even if this program is killed. Call `permit` first. */
  readonly storeProcess: (process: ProcessId) => Effect.Effect<void, ToolFailure>
  /** For calls that change files. */
  readonly changeLog: ChangeLog
  /** Shows the user the last lines of the output so far, while the call runs. */
  readonly showOutput: (lines: string) => Effect.Effect<void>
  /** Decides on each part without asking the user, for files that a permitted search finds. Returns the verdicts in order. */
  readonly verdicts: (parts: ReadonlyArray<ActionPart>) => Effect.Effect<ReadonlyArray<Verdict>>
  /** The background commands of the session. */
  readonly tasks: BackgroundTasks
}>() {}
