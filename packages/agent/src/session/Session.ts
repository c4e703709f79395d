/**
 * The format of a session: an append-only file of JSON lines.
 *
 * @since 0.1.0
 */
import { ProcessId } from "@altimate-code/system/ProcessId"
import * as Prompt from "@effect/ai/Prompt"
import type * as Effect from "effect/Effect"
import type * as Option from "effect/Option"
import * as Schema from "effect/Schema"
import { modes } from "../permission/PermissionMode.ts"
import { FileChange, FileCopy, ToolOutput } from "../tools/ToolCall.ts"
import type { BackgroundTasks } from "./BackgroundTasks.ts"
import type { SessionError } from "./SessionError.ts"
import type { Spending } from "./Spending.ts"

const Tokens = Schema.Struct({
  input: Schema.Number,
  output: Schema.Number,
  cacheRead: Schema.Number,
  cacheWrite: Schema.Number
})

/** What a request used, and what it cost in US dollars when it ended; without a cost, its price was unknown. */
const spent = {
  usage: Tokens,
  cost: Schema.optionalWith(Schema.Number, { exact: true }),
  model: Schema.optionalWith(Schema.String, { exact: true })
}

/**
 * A message's content: a text, or parts. Unlike the schemas of `@effect/ai` 0.37, which write only the first of several texts and no options,
 * it writes a text only if the content is a single text without options.
 */
const content = <Part, Encoded>(part: Schema.Schema<Part, Encoded>) =>
  Schema.Union(
    Schema.transform(
      Schema.String,
      Schema.Tuple(Schema.typeSchema(Prompt.TextPart)).pipe(
        Schema.filter(([{ options }]) => Object.keys(options).length === 0)
      ),
      { strict: true, decode: (text) => [Prompt.textPart({ text })] as const, encode: ([{ text }]) => text }
    ),
    Schema.Array(part)
  )

const message = { options: Schema.optionalWith(Prompt.ProviderOptions, { default: () => ({}) }) }

const UserMessage: Schema.Schema<Prompt.UserMessage, Prompt.UserMessageEncoded> = Schema.Struct({
  role: Schema.Literal("user"),
  content: content(Schema.Union(Prompt.TextPart, Prompt.FilePart)),
  ...message
}).pipe(Schema.attachPropertySignature(Prompt.MessageTypeId, Prompt.MessageTypeId))

const AssistantMessage: Schema.Schema<Prompt.AssistantMessage, Prompt.AssistantMessageEncoded> = Schema.Struct({
  role: Schema.Literal("assistant"),
  content: content(
    Schema.Union(Prompt.TextPart, Prompt.FilePart, Prompt.ReasoningPart, Prompt.ToolCallPart, Prompt.ToolResultPart)
  ),
  ...message
}).pipe(Schema.attachPropertySignature(Prompt.MessageTypeId, Prompt.MessageTypeId))

const time = { time: Schema.String }
const Grant = Schema.Struct({ permission: Schema.String, pattern: Schema.String })

/**
 * What follows an answer that was cut off: a new answer that replaces it, or its continuation.
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
 * One line of the file; `time` is ISO 8601. A line is saved before the program acts on it. Lines of an unknown `type` are preserved and
 * skipped.
 *
 * - `session`: the first line; a fork copies all lines of the session `forkOf` up to this `time`
 * - `title`: the user's title for the session; the last one applies
 * - `mode`: the mode that the user has chosen in this session; the last one applies
 * - `user`: a prompt; `hidden` if the program wrote it (a request to retry, instructions of a directory); `instructions` are the paths of
 *   the instruction files in it; `plan` if it tells the model that plan mode is on (true) or off (false); `typed` is what the user typed on the
 *   screen for it, which is not its text if that was a command; titles and the screen show it
 * - `assistant`: an answer of the model with its tool calls; `model` is the ID that the provider reported (absent in old files), `cost` what
 *   it cost (see `Spending`); `interrupted` if the user or a failed stream cut it; `cut` if the request was retried after such a failure
 * - `tool-start`: the call is permitted and starts running
 * - `tool-process`: the process that runs the call, the leader of a process group
 * - `tool-result`: the result of a call
 * - `change`: a call is about to change a file
 * - `grant`: the user allowed this for the whole session
 * - `summary`: replaces all messages before line number `keep` (from 0)
 * - `usage`: a request that left no other line: a part of a summary, or an answer without content because it was cut off
 * - `left-out`: content that is no longer sent because the provider refused it: a part of a message by its `Digest` (system), a tool by its
 *   name, or the messages of the lines `from` up to but excluding `to`
 * - `withdrawn`: the prompt at this line number (from 0) was not answered and is no longer sent
 * - `undone`: the user took back the turn whose prompt is line number `from` (from 0), with everything up to this line; `copies` are those of
 *   files that were left as they are
 * - `limit`: the maximum size of a request, learned from a refusal; for the model with this ID, or for any model
 * - `notice`: a message to the user about a recovery
 * - `task`: a background command: it starts (the process is the leader of a process group), is kept running after the session or no longer
 *   so (`released`), has ended, or the model has been informed of its state
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
    forkOf: Schema.optionalWith(Schema.String, { exact: true }),
    ...time
  }),
  Schema.Struct({ type: Schema.Literal("title"), title: Schema.String, ...time }),
  Schema.Struct({ type: Schema.Literal("mode"), mode: Schema.Literal(...modes), ...time }),
  Schema.Struct({
    type: Schema.Literal("user"),
    message: UserMessage,
    hidden: Schema.optionalWith(Schema.Literal(true), { exact: true }),
    instructions: Schema.optionalWith(Schema.Array(Schema.String), { exact: true }),
    plan: Schema.optionalWith(Schema.Boolean, { exact: true }),
    typed: Schema.optionalWith(Schema.String, { exact: true }),
    ...time
  }),
  Schema.Struct({
    type: Schema.Literal("assistant"),
    message: AssistantMessage,
    reason: Schema.String,
    ...spent,
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
  Schema.Struct({ type: Schema.Literal("change"), ...FileChange.fields, ...time }),
  Schema.Struct({ type: Schema.Literal("grant"), ...Grant.fields, ...time }),
  /** The grant no longer applies. */
  Schema.Struct({ type: Schema.Literal("revoke"), ...Grant.fields, ...time }),
  Schema.Struct({
    type: Schema.Literal("summary"),
    text: Schema.String,
    keep: Schema.NonNegativeInt,
    ...spent,
    ...time
  }),
  Schema.Struct({ type: Schema.Literal("usage"), ...spent, ...time }),
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
  Schema.Struct({ type: Schema.Literal("withdrawn"), line: Schema.NonNegativeInt, ...time }),
  Schema.Struct({
    type: Schema.Literal("undone"),
    from: Schema.NonNegativeInt,
    copies: Schema.optionalWith(Schema.Array(FileCopy), { exact: true }),
    ...time
  }),
  Schema.Struct({
    type: Schema.Literal("limit"),
    unit: Schema.Literal("tokens", "bytes"),
    size: Schema.Positive,
    /** The size of the last accepted request, measured by this program; otherwise the limit that the provider reported. */
    assumed: Schema.optionalWith(Schema.Literal(true), { exact: true }),
    model: Schema.optionalWith(Schema.String, { exact: true }),
    ...time
  }),
  Schema.Struct({
    type: Schema.Literal("notice"),
    text: Schema.String,
    /** Set for a notice that is shown only once. */
    about: Schema.optionalWith(Schema.Literal("compaction"), { exact: true }),
    ...time
  }),
  Schema.Struct({
    type: Schema.Literal("task"),
    id: Schema.String,
    state: Schema.Literal("started"),
    command: Schema.String,
    process: ProcessId,
    ...time
  }),
  Schema.Struct({
    type: Schema.Literal("task"),
    id: Schema.String,
    state: Schema.Literal("ended"),
    command: Schema.String,
    ending: Schema.String,
    ok: Schema.Boolean,
    ...time
  }),
  Schema.Struct({
    type: Schema.Literal("task"),
    id: Schema.String,
    state: Schema.Literal("kept", "released", "reported"),
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
 * A line of the file. Lines of an unknown type keep their positions, so that line numbers stay valid.
 *
 * @since 0.1.0
 * @category models
 */
export type Line = Entry | { readonly type: "unknown" }

/**
 * An open session. Only this process writes to it.
 *
 * @since 0.1.0
 * @category models
 */
export interface Session {
  readonly id: string
  readonly path: string
  /** False if the session exists only in memory. */
  readonly isStored: boolean
  /** The directory in which the session was started. */
  readonly directory: string
  /** Tells the user about problems during opening, for example that an incomplete last line was removed. */
  readonly notices: ReadonlyArray<string>
  /** All lines so far. Those of an undone turn are replaced: by lines of an unknown type, or by what they have cost. */
  readonly entries: Effect.Effect<ReadonlyArray<Line>>
  /** Appends a line. When this returns, the line of a stored session has been flushed to disk. */
  readonly append: (entry: Entry) => Effect.Effect<void, SessionError>
  /** The directory for copies of files that tools change; none if nothing can be stored. */
  readonly copies: Option.Option<string>
  /** Whether the text contains a secret that is masked in the session's lines. */
  readonly hasSecret: (text: string) => boolean
  /** The commands that run beside the turns. They end when the session is closed. */
  readonly tasks: BackgroundTasks
}

/**
 * A session as it appears in a list.
 *
 * @since 0.1.0
 * @category models
 */
export interface Listed {
  readonly id: string
  readonly directory: string
  /** The time of the last line. */
  readonly time: string
  /** The user's title, or else the beginning of the first prompt, on one line. */
  readonly title: string
  /** The title is the user's. */
  readonly isTitleGiven: boolean
  /** The number of prompts. */
  readonly turns: number
  readonly spending: Spending
}
