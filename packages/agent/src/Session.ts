/**
 * A conversation that is never lost: an append-only file of JSON lines.
 *
 * @since 0.1.0
 */
import { ProcessId } from "@altimate-code/system/ProcessId"
import * as Prompt from "@effect/ai/Prompt"
import type * as Effect from "effect/Effect"
import * as Schema from "effect/Schema"
import type { SessionError } from "./SessionError.ts"
import { ToolOutput } from "./ToolCall.ts"
import type { Usage } from "./TurnEvent.ts"

const Tokens = Schema.Struct({
  input: Schema.Number,
  output: Schema.Number,
  cacheRead: Schema.Number,
  cacheWrite: Schema.Number
})

const time = { time: Schema.String }
const Grant = Schema.Struct({ permission: Schema.String, pattern: Schema.String })

/**
 * What follows an answer that broke off: another one in its place, or its continuation.
 *
 * @since 0.1.0
 * @category schemas
 */
export const CutAnswer = Schema.Literal("replaced", "continued")
/**
 * @since 0.1.0
 * @category models
 */
export type CutAnswer = typeof CutAnswer.Type

/**
 * One line of the file; `time` is ISO 8601. A line is in the file before anything is done because of it. Lines of an unknown `type` are kept and skipped.
 *
 * - `session`: the first line
 * - `title`: what the user calls the session; the last one counts
 * - `user`: what the user said; `hidden` when the program said it for them (a call to try again, instructions of a directory);
 *   `instructions` are the files that it brings
 * - `assistant`: an answer of the model, its tool calls included; `model` is the ID that the provider sent (absent in what older versions
 *   wrote); `interrupted` when it was cut by the user, or by a failure of its stream; `cut` when the model was asked again after such a failure
 * - `tool-start`: the call is allowed and is run from now on
 * - `tool-process`: the process that the call is run by, which is the leader of a process group
 * - `tool-result`: what came of a call
 * - `grant`: a person allowed this for the whole session
 * - `summary`: stands for all messages before the line number `keep` (counted from 0)
 * - `left-out`: what is no longer sent to the model, as its provider refused it: a part of a message by its `Digest` (system), a tool by its
 *   name, or the messages of the lines from number `from` to before `to`
 * - `limit`: how much a request may hold, as a refusal has shown; for the model with this ID, or for any
 * - `notice`: what the user was told of a recovery
 *
 * @since 0.1.0
 * @category schemas
 */
export const Entry = Schema.Union(
  Schema.Struct({
    type: Schema.Literal("session"),
    version: Schema.Literal(1),
    id: Schema.String,
    directory: Schema.String,
    ...time
  }),
  Schema.Struct({ type: Schema.Literal("title"), title: Schema.String, ...time }),
  Schema.Struct({
    type: Schema.Literal("user"),
    message: Prompt.UserMessage,
    hidden: Schema.optionalWith(Schema.Literal(true), { exact: true }),
    instructions: Schema.optionalWith(Schema.Array(Schema.String), { exact: true }),
    ...time
  }),
  Schema.Struct({
    type: Schema.Literal("assistant"),
    message: Prompt.AssistantMessage,
    reason: Schema.String,
    usage: Tokens,
    model: Schema.optionalWith(Schema.String, { exact: true }),
    interrupted: Schema.optionalWith(Schema.Literal(true), { exact: true }),
    cut: Schema.optionalWith(CutAnswer, { exact: true }),
    ...time
  }),
  Schema.Struct({ type: Schema.Literal("tool-start"), id: Schema.String, ...time }),
  Schema.Struct({ type: Schema.Literal("tool-process"), id: Schema.String, process: ProcessId, ...time }),
  Schema.Struct({
    type: Schema.Literal("tool-result"),
    id: Schema.String,
    name: Schema.String,
    title: Schema.String,
    outcome: Schema.Literal("ok", "failed", "denied", "interrupted"),
    output: ToolOutput,
    ...time
  }),
  Schema.Struct({ type: Schema.Literal("grant"), ...Grant.fields, ...time }),
  Schema.Struct({
    type: Schema.Literal("summary"),
    text: Schema.String,
    keep: Schema.NonNegativeInt,
    usage: Tokens,
    ...time
  }),
  Schema.Struct({
    type: Schema.Literal("left-out"),
    what: Schema.Union(
      Schema.Struct({ part: Schema.String }),
      Schema.Struct({ tool: Schema.String }),
      Schema.Struct({ from: Schema.NonNegativeInt, to: Schema.NonNegativeInt })
    ),
    why: Schema.String,
    ...time
  }),
  Schema.Struct({
    type: Schema.Literal("limit"),
    unit: Schema.Literal("tokens", "bytes"),
    size: Schema.Positive,
    /** It is what fitted last, measured by this program; otherwise the provider's own. */
    assumed: Schema.optionalWith(Schema.Literal(true), { exact: true }),
    model: Schema.optionalWith(Schema.String, { exact: true }),
    ...time
  }),
  Schema.Struct({
    type: Schema.Literal("notice"),
    text: Schema.String,
    /** Set where it is given once only. */
    about: Schema.optionalWith(Schema.Literal("compaction"), { exact: true }),
    ...time
  })
)
/**
 * One line of the file.
 *
 * @since 0.1.0
 * @category schemas
 */
export type Entry = typeof Entry.Type

/**
 * A line as it was read: one of a type that this version does not know keeps its place.
 *
 * @since 0.1.0
 * @category models
 */
export type Line = Entry | { readonly type: "unknown" }

/**
 * An open session; this process alone writes to it.
 *
 * @since 0.1.0
 * @category models
 */
export interface Session {
  readonly id: string
  readonly path: string
  /** False when nothing can be written there: the session ends with the process. */
  readonly isStored: boolean
  /** The directory that it was started in. */
  readonly directory: string
  /** What a person should know about the opening, e.g. that a torn last line was dropped. */
  readonly notices: ReadonlyArray<string>
  /** All lines so far. */
  readonly entries: Effect.Effect<ReadonlyArray<Line>>
  /** If the session is stored: in the file, flushed to the disk, when it returns. */
  readonly append: (entry: Entry) => Effect.Effect<void, SessionError>
}

/**
 * A session in a list.
 *
 * @since 0.1.0
 * @category models
 */
export interface Listed {
  readonly id: string
  readonly directory: string
  /** Of the last line. */
  readonly time: string
  /** The user's own title, or else the beginning of the first prompt, in one line. */
  readonly title: string
  /** How many prompts. */
  readonly turns: number
  readonly usage: Usage
}
