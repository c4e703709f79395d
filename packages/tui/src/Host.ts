/**
 * What the screen needs from the program around it. The screen itself knows no configuration, no credential and no gateway.
 *
 * @since 0.1.0
 */
import type * as CustomCommands from "@altimate-code/agent/prompts/CustomCommands"
import type { SessionError } from "@altimate-code/agent/session/SessionError"
import type { AnyToolkit } from "@altimate-code/agent/tools/AnyToolkit"
import type { ModelProvider } from "@altimate-code/agent/turn/ModelProvider"
import type * as Turn from "@altimate-code/agent/turn/Turn"
import type * as AiError from "@effect/ai/AiError"
import type * as LanguageModel from "@effect/ai/LanguageModel"
import * as Context from "effect/Context"
import type * as Effect from "effect/Effect"
import type * as Option from "effect/Option"
import type * as Redacted from "effect/Redacted"
import * as Schema from "effect/Schema"
import type * as Stream from "effect/Stream"

/**
 * The program could not do what the user asked for. The screen shows the message and stays open.
 *
 * @since 0.1.0
 * @category errors
 */
export class HostError extends Schema.TaggedError<HostError>("@altimate-code/tui/HostError")("HostError", {
  message: Schema.String,
  hint: Schema.String
}) {}

/**
 * The answer of the first start that a failure shows to be wrong. `endpoint` is the gateway's URL, or the region if there is no gateway.
 *
 * @since 0.1.0
 * @category errors
 */
export const WrongAnswer = Schema.Literal("endpoint", "credential", "unknown")
/**
 * @since 0.1.0
 * @category errors
 */
export type WrongAnswer = typeof WrongAnswer.Type

/**
 * A test of the first start failed.
 *
 * @since 0.1.0
 * @category errors
 */
export class SetupError extends Schema.TaggedError<SetupError>("@altimate-code/tui/SetupError")("SetupError", {
  message: Schema.String,
  hint: Schema.String,
  /** The answer that the user has to change. `unknown` if the failure does not show that. */
  wrong: WrongAnswer
}) {}

/**
 * How much a model can be asked to think, the least first.
 *
 * @since 0.1.0
 * @category models
 */
export const efforts = ["off", "low", "medium", "high", "xhigh", "max"] as const

/**
 * @since 0.1.0
 * @category models
 */
export type Effort = (typeof efforts)[number]

/**
 * The selected model, as the status bar shows it.
 *
 * @since 0.1.0
 * @category models
 */
export interface ActiveModel {
  /** E.g. `Claude Sonnet 4.6`, or the ID of an unknown model. */
  readonly name: string
  /** The model is in the catalog or in the configuration: its context window may be known. */
  readonly isKnown: boolean
  /** The configured ID, without the provider. */
  readonly configured: string
  /** The ID that requests are sent with. */
  readonly wire: string
  /** Whether a listed ID denotes this model, e.g. without the prefix of a region. If absent, only an equal ID does. */
  readonly isSameAs?: (id: string) => boolean
  /** E.g. `Amazon Bedrock`. */
  readonly provider: string
  readonly region: string
  /** The host that requests are sent to, with its port unless it is the default. */
  readonly gateway: string
  /** E.g. `bearer token` or `AWS credentials`. `status` also shows where it was found. */
  readonly credential: string
  /** In tokens. */
  readonly contextWindow?: number
  /** How much the model thinks: `off`, or one of `efforts`. Absent if that is not known. */
  readonly effort?: string
  /** The efforts that the model has, the least first. */
  readonly efforts?: ReadonlyArray<string>
  /** Whether prompts can contain images. Absent if that is not known. */
  readonly acceptsImages?: boolean
  readonly languageModel: LanguageModel.Service
  /** If absent, turns use the defaults for an unknown provider. */
  readonly modelProvider?: ModelProvider
}

/**
 * A model to choose from.
 *
 * @since 0.1.0
 * @category models
 */
export interface Model {
  readonly id: string
  readonly name: string
  /** For example `Claude`, or whether it can be used here: `needs access`. */
  readonly family: string
}

/**
 * The user's answers during setup.
 *
 * @since 0.1.0
 * @category models
 */
export interface Answers {
  /** None for AWS itself, without a gateway. */
  readonly baseURL: Option.Option<string>
  readonly region: string
  readonly credential:
    | { readonly _tag: "Token"; readonly token: Redacted.Redacted }
    | { readonly _tag: "Profile"; readonly name: string }
    /** The AWS credential chain. */
    | { readonly _tag: "Chain" }
  readonly model: string
}

/**
 * The setup on the first start.
 *
 * @since 0.1.0
 * @category models
 */
export interface Setup {
  readonly defaults: { readonly region: string; readonly model: string }
  /**
   * Tests the endpoint and the credential with a small request, before the model is chosen, and returns the models to choose from: those
   * that the gateway lists, if it has a list. That the default model cannot be used is no failure.
   */
  readonly check: (answers: Answers) => Effect.Effect<ReadonlyArray<Model>, SetupError>
  /** Sends a small request with these answers and returns the model's reply. Nothing is saved. */
  readonly attempt: (answers: Answers) => Effect.Effect<string, SetupError>
  /** Saves the answers and returns the paths of the files that it wrote. */
  readonly save: (answers: Answers) => Effect.Effect<ReadonlyArray<string>, HostError>
}

/**
 * The user's and the project's own commands.
 *
 * @since 0.1.0
 * @category models
 */
export interface CustomCommandFiles {
  /** Finds the commands, except those with a reserved name, and notices for the user about files that are left out. */
  readonly find: (reserved: ReadonlyArray<string>) => Effect.Effect<CustomCommands.Found>
  /** Whether the command comes with the project, runs command lines, and waits for the user's trust. */
  readonly isUntrusted: (command: CustomCommands.CustomCommand) => Effect.Effect<boolean, HostError>
  /** Trusts this version of the command's file. */
  readonly trust: (command: CustomCommands.CustomCommand) => Effect.Effect<void, HostError>
  /** Tells the user which settings of the file have no effect. */
  readonly describeIgnored: (command: CustomCommands.CustomCommand) => ReadonlyArray<string>
}

/**
 * A rule by which tool calls run without a question, for `/permissions`.
 *
 * @since 0.1.0
 * @category models
 */
export interface AllowedRule {
  readonly permission: string
  readonly pattern: string
  /** Where the rule is, as it is displayed: a file, a variable, or `in this session`. */
  readonly place: string
  /** The screen can remove it: the user has allowed it for the session, or it is in the user's own configuration. */
  readonly isRemovable: boolean
  readonly isOfSession: boolean
}

/**
 * The program around the screen.
 *
 * @since 0.1.0
 * @category services
 */
export class Host extends Context.Tag("@altimate-code/tui/Host")<Host, {
  readonly version: string
  /** The working directory as it is displayed, e.g. `~/shop`. */
  readonly directory: string
  /** Tool calls run without asking the user (`--yolo`). The status bar always shows it. */
  readonly yolo: boolean
  /** Set if the mode was given on the command line: then that of a resumed session does not apply. */
  readonly isModeGiven?: boolean
  /** Present if neither an endpoint nor a credential is configured. */
  readonly setup: Option.Option<Setup>
  /** The selected model. */
  readonly model: Effect.Effect<ActiveModel, HostError>
  /** The known models, to choose from during setup and until `listedModels` has emitted. */
  readonly models: ReadonlyArray<Model>
  /** The models that can be used here, for `/model`: first as they were stored, then as they are. It ends when there is nothing new. */
  readonly listedModels: Stream.Stream<ReadonlyArray<Model>, HostError>
  /** Selects a model for this process. If that fails, the previous model stays selected. */
  readonly select: (id: string) => Effect.Effect<ActiveModel, HostError>
  /** Changes how much the selected model, and those that are selected later, think. */
  readonly setEffort: (effort: Effort) => Effect.Effect<ActiveModel, HostError>
  /** The tools, and notices for the user, e.g. about an MCP server that did not start. */
  readonly tools: Effect.Effect<{
    readonly toolkit: AnyToolkit | Effect.Effect<AnyToolkit>
    readonly notices: ReadonlyArray<string>
  }>
  readonly customCommands: CustomCommandFiles
  /** The state of each MCP server, for `/mcp`. */
  readonly mcp: Effect.Effect<ReadonlyArray<string>>
  /** The skills that the model can load, and where their files are or can be, for `/skills`. */
  readonly skills: Effect.Effect<ReadonlyArray<string>>
  /**
   * The system prompt of a session, notices for the user, e.g. about a file that cannot be read, and a function that finds the
   * instructions of the directories that tools touch.
   */
  readonly system: Effect.Effect<{
    readonly text: string
    readonly notices: ReadonlyArray<string>
    readonly findInstructions?: Turn.Options["findInstructions"]
  }>
  /** Describes a failure, and what the user can do about it. */
  readonly explain: (error: AiError.AiError | SessionError) => { readonly message: string; readonly hint: string }
  /** Notices from programs in the background as they arrive, e.g. where to log in. */
  readonly notices: Stream.Stream<string>
  /** The model, endpoint, credential and configuration files in use, each with its origin, for `/status`. */
  readonly status: Effect.Effect<ReadonlyArray<string>>
  /** Adds an "allow" rule for the pattern to the user's own configuration, and returns the path of that file. */
  readonly allowAlways: (permission: string, pattern: string) => Effect.Effect<string, HostError>
  /** The configured rules that allow something, and those that were added since the start. */
  readonly allowedRules: Effect.Effect<ReadonlyArray<AllowedRule>>
  /** Removes a rule from the user's own configuration. */
  readonly removeRule: (rule: AllowedRule) => Effect.Effect<void, HostError>
  /**
   * How the user learns, while the window does not have the focus, that the assistant asks or is done: the terminal's bell, a notification
   * of the terminal (OSC 9 or OSC 777), or a program that shows the text.
   */
  readonly notification: "off" | "bell" | "osc9" | "osc777" | ((text: string) => Effect.Effect<void>)
  /** The user's keys by opencode's name of the action: alternatives separated by commas, `none` or `false`. */
  readonly keybinds: Readonly<Record<string, string | false | ReadonlyArray<string>>>
  /** `auto`: for the terminal's own background. */
  readonly theme: "auto" | "light" | "dark" | "high-contrast"
  /** The path of the file with earlier prompts. */
  readonly history: string
  /** Masks secrets in a text. */
  readonly mask: (text: string) => string
}>() {}
