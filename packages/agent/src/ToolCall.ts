/**
 * One call of a tool by the model: what its handler may ask for, and what it answers.
 *
 * @since 0.1.0
 */
import type { ProcessId } from "@altimate-code/system/ProcessId"
import * as Context from "effect/Context"
import type * as Effect from "effect/Effect"
import * as Schema from "effect/Schema"
import type { Verdict } from "./PermissionPolicy.ts"

/**
 * What a tool gives back. `content` goes to the model, piece by piece; the rest is for people.
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
  /** In a few words, e.g. `120 lines` or `exit code 1`. */
  summary: Schema.String,
  /** What was changed, as a unified diff. */
  diff: Schema.optionalWith(Schema.String, { exact: true })
})
/**
 * What a tool gives back.
 *
 * @since 0.1.0
 * @category models
 */
export type ToolOutput = typeof ToolOutput.Type

/**
 * Why a call came to nothing, in words for the model: what failed, and what it can do instead.
 *
 * - `Failed`: the tool was run, or its parameters are wrong
 * - `Denied`: it may not be run
 *
 * @since 0.1.0
 * @category errors
 */
export class ToolFailure extends Schema.TaggedError<ToolFailure>("@altimate-code/agent/ToolFailure")("ToolFailure", {
  reason: Schema.Literal("Failed", "Denied"),
  message: Schema.String,
  /** The same for people, in a few words; absent: the message's first line. */
  summary: Schema.optionalWith(Schema.String, { exact: true })
}) {}

/**
 * One thing that has to be allowed.
 *
 * @since 0.1.0
 * @category models
 */
export interface Judged {
  readonly permission: string
  readonly subject: string
  /** It is not known to be only what one reads (a command that a variable names): only `*` or exactly this text allows it. */
  readonly opaque?: true
  /** What else it may be or run (`rm x` for `/bin/rm x`): rules that deny or ask for one of these apply to it as well. */
  readonly aliases?: ReadonlyArray<string>
  /** Whether it is read and may hold secrets: asked for unless a rule says otherwise. Absent: the subject tells. */
  readonly secret?: boolean
  /** It is changed, and other programs execute it: allowed only by a rule or grant whose pattern has one of these names in it. */
  readonly executedAs?: ReadonlyArray<string>
}

/**
 * What a call is about to do, for the rules to judge and for a person to read.
 *
 * @since 0.1.0
 * @category models
 */
export interface Action {
  /**
   * Everything that has to be allowed: the rule's name (`read`, `edit`, `glob`, `grep`, `bash`, `external_directory`, or
   * an MCP tool's) and what its patterns are held against (a path relative to the project, one simple command of a
   * command line, an absolute path outside of the project).
   */
  readonly judged: ReadonlyArray<Judged>
  /** In one line, e.g. `npm test` or `src/main.ts`. */
  readonly title: string
  /** Exactly what will run or change: a command line, a unified diff, or an MCP tool's parameters as JSON. */
  readonly preview?: { readonly type: "command" | "diff" | "json"; readonly text: string }
  /** What it is for, in the model's own words: unverified, and shown beside the preview, never in its place. */
  readonly purpose?: string
}

/**
 * The call that a handler works for.
 *
 * @since 0.1.0
 * @category services
 */
export class ToolCall extends Context.Tag("@altimate-code/agent/ToolCall")<ToolCall, {
  readonly id: string
  /**
   * Waits until the action is allowed, and until that is in the session's file. Every handler asks once it knows exactly
   * what it will do, and before it does it. Fails with reason `Denied`.
   */
  readonly permit: (action: Action) => Effect.Effect<void, ToolFailure>
  /** The permitted call is about this file or directory (absolute): the model is shown the instructions for it. */
  readonly touch: (path: string) => Effect.Effect<void>
  /** Stores which process does the work, so that it is known even if this program is killed. Ask for permission first. */
  readonly storeProcess: (process: ProcessId) => Effect.Effect<void, ToolFailure>
  /** What the rules and grants say of each part, in the same order; nobody is asked. For what a permitted action comes across. */
  readonly verdicts: (parts: ReadonlyArray<Judged>) => Effect.Effect<ReadonlyArray<Verdict>>
}>() {}
