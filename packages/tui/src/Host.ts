/**
 * What the screen needs from the program around it: it knows no configuration, no credential and no gateway itself.
 *
 * @since 0.1.0
 */
import type { AnyToolkit } from "@altimate-code/agent/AnyToolkit"
import type { ModelProvider } from "@altimate-code/agent/ModelProvider"
import type { SessionError } from "@altimate-code/agent/SessionError"
import type * as Turn from "@altimate-code/agent/Turn"
import type * as AiError from "@effect/ai/AiError"
import type * as LanguageModel from "@effect/ai/LanguageModel"
import * as Context from "effect/Context"
import type * as Effect from "effect/Effect"
import type * as Option from "effect/Option"
import type * as Redacted from "effect/Redacted"
import * as Schema from "effect/Schema"
import type * as Stream from "effect/Stream"

/**
 * A wish of the person's that could not be fulfilled; the screen stays.
 *
 * @since 0.1.0
 * @category errors
 */
export class HostError extends Schema.TaggedError<HostError>("@altimate-code/tui/HostError")("HostError", {
  message: Schema.String,
  hint: Schema.String
}) {}

/**
 * US dollars per million tokens.
 *
 * @since 0.1.0
 * @category models
 */
export interface Price {
  readonly input: number
  readonly output: number
  readonly cacheRead?: number
  readonly cacheWrite?: number
}

/**
 * The model that answers, as the status bar shows it.
 *
 * @since 0.1.0
 * @category models
 */
export interface ActiveModel {
  /** E.g. `Claude Sonnet 4.6`; a model that is not known: its ID. */
  readonly name: string
  /** As configured, without the provider. */
  readonly configured: string
  /** As it is sent. */
  readonly wire: string
  /** E.g. `Amazon Bedrock`. */
  readonly provider: string
  readonly region: string
  /** The host that requests go to, with its port when it has one of its own. */
  readonly gateway: string
  /** E.g. `bearer token` or `AWS credentials`; where it came from is in `status`. */
  readonly credential: string
  readonly contextWindow?: number
  readonly price?: Price
  readonly languageModel: LanguageModel.Service
  /** What a turn knows of the model's provider; absent: nothing. */
  readonly modelProvider?: ModelProvider
}

/**
 * What the first start asks for.
 *
 * @since 0.1.0
 * @category models
 */
export interface Answers {
  /** None: AWS's own endpoint. */
  readonly baseURL: Option.Option<string>
  readonly region: string
  readonly credential:
    | { readonly _tag: "Token"; readonly token: Redacted.Redacted }
    | { readonly _tag: "Profile"; readonly name: string }
    /** Whatever the AWS credential chain finds. */
    | { readonly _tag: "Chain" }
  readonly model: string
}

/**
 * The first start.
 *
 * @since 0.1.0
 * @category models
 */
export interface Setup {
  readonly defaults: { readonly region: string; readonly model: string }
  /** Sends a small request through the gateway with these answers; nothing is stored. Answers what the model said. */
  readonly attempt: (answers: Answers) => Effect.Effect<string, HostError>
  /** Stores them. Answers the paths of the files that were written. */
  readonly save: (answers: Answers) => Effect.Effect<ReadonlyArray<string>, HostError>
}

/**
 * The program around the screen.
 *
 * @since 0.1.0
 * @category services
 */
export class Host extends Context.Tag("@altimate-code/tui/Host")<Host, {
  readonly version: string
  /** The working directory as a person would write it, e.g. `~/shop`. */
  readonly directory: string
  /** Every tool call runs without a question (`--yolo`): the status bar says so at all times. */
  readonly yolo: boolean
  /** Neither an endpoint nor a credential is configured: the first start asks for them. */
  readonly setup: Option.Option<Setup>
  /** The model that is selected now. */
  readonly model: Effect.Effect<ActiveModel, HostError>
  /** The models that can be chosen, the selected one first if it is not among the known ones. */
  readonly models: ReadonlyArray<{ readonly id: string; readonly name: string; readonly family: string }>
  /** Selects a model for this process. */
  readonly select: (id: string) => Effect.Effect<ActiveModel, HostError>
  /** The tools, and what a person should know about them, e.g. an MCP server that did not start. */
  readonly tools: Effect.Effect<{
    readonly toolkit: AnyToolkit | Effect.Effect<AnyToolkit>
    readonly notices: ReadonlyArray<string>
  }>
  /** How each MCP server is doing, in lines. */
  readonly mcp: Effect.Effect<ReadonlyArray<string>>
  /**
   * The system prompt of a conversation, what the user should know about it, e.g. that a file can't be read, and what finds the
   * instructions of the directories that tools come to.
   */
  readonly system: Effect.Effect<{
    readonly text: string
    readonly notices: ReadonlyArray<string>
    readonly findInstructions?: Turn.Options["findInstructions"]
  }>
  /** What failed, and what a person can do about it. */
  readonly explain: (error: AiError.AiError | SessionError) => { readonly message: string; readonly hint: string }
  /** What a program in the background says as it comes, e.g. where to log in. */
  readonly said: Stream.Stream<string>
  /** What applies and why, in lines: model, endpoint, credential, configuration files. */
  readonly status: Effect.Effect<ReadonlyArray<string>>
  /** Writes "allow" for the pattern into the person's own configuration. Answers the file's path. */
  readonly allowAlways: (permission: string, pattern: string) => Effect.Effect<string, HostError>
  /** The file of the prompts that were written before. */
  readonly history: string
  /** The text without secrets, for the screen and for files. */
  readonly mask: (text: string) => string
}>() {}
