/**
 * The options of Amazon Bedrock besides URL, region and profile: how the gateway is reached, and what is sent to it.
 *
 * @since 0.1.0
 */
import * as Option from "effect/Option"
import type * as Redacted from "effect/Redacted"
import {
  type AuthScheme as AuthSchemes,
  dropFields,
  type PrefixRule,
  type Streaming as Streamings
} from "./internal/schema/bedrockOptions.ts"
import type { Setting } from "./Origin.ts"
import type { RequestOptions } from "./RequestOptions.ts"

/**
 * How requests are authorized. `auto`: a bearer token if there is one, else AWS signatures; `bearer`, `sigv4`: only that; `header`: the
 * configured headers; `none`: not at all.
 *
 * @since 0.1.0
 * @category models
 */
export type AuthScheme = AuthSchemes

/**
 * `auto`: stream unless the gateway has shown that it can't; `on`: always; `off`: never.
 *
 * @since 0.1.0
 * @category models
 */
export type Streaming = Streamings

/**
 * An optional field of a Converse request.
 *
 * @since 0.1.0
 * @category models
 */
export type Droppable = typeof dropFields[number]

/**
 * All of these fields.
 *
 * @since 0.1.0
 * @category models
 */
export const droppable: ReadonlyArray<Droppable> = dropFields

/**
 * Time limits in milliseconds. For an absent limit, the code that enforces it uses its default. `total: false` means no limit.
 *
 * @since 0.1.0
 * @category models
 */
export interface Limits {
  readonly connect?: number
  readonly firstByte?: number
  readonly idle?: number
  readonly total?: number | false
}

/**
 * How failed requests are retried. `total` is in milliseconds. For an absent limit, the retry policy's own applies.
 *
 * @since 0.1.0
 * @category models
 */
export interface Retry {
  readonly total?: number
  readonly attempts?: number
  /** Whether a request is retried if its answer is cut off. */
  readonly midAnswer: boolean
}

/**
 * The absolute path of a file. `content` is set for files of a trusted project: it is the content that the user trusted, and is used instead of
 * the file's current content.
 *
 * @since 0.1.0
 * @category models
 */
export interface FileSetting extends Setting<string> {
  readonly content?: Redacted.Redacted<string>
}

/**
 * The effective options.
 *
 * @since 0.1.0
 * @category models
 */
export interface Gateway {
  readonly auth: Setting<AuthScheme>
  /** A bearer token, as written. */
  readonly apiKey: Option.Option<Setting<Redacted.Redacted<string>>>
  /** The service name in AWS signatures, instead of the one in the host name. */
  readonly signingService: Option.Option<Setting<string>>
  /** A command that prints a token: a shell command line, or a program and its arguments. */
  readonly tokenCommand: Option.Option<Setting<string | ReadonlyArray<string>>>
  /** By name as written; never blank. */
  readonly headers: { readonly [name: string]: Setting<Redacted.Redacted<string>> }
  /** The URL of an HTTP proxy, instead of the environment's. It may contain a password; show it with `publicUrl`. */
  readonly proxy: Option.Option<Setting<string>>
  readonly caFile: Option.Option<FileSetting>
  readonly clientCert: Option.Option<FileSetting>
  readonly clientKey: Option.Option<FileSetting>
  readonly http2: boolean
  /** Whether `http://` URLs are allowed for hosts other than this machine. */
  readonly allowInsecure: boolean
  readonly limits: Limits
  readonly retry: Retry
  readonly streaming: Setting<Streaming>
  readonly drop: ReadonlyArray<Droppable>
  /** The most that a session may cost, in US dollars. */
  readonly maxCost: Option.Option<Setting<number>>
  /** `auto`, `off`, or a prefix without its dot. */
  readonly crossRegion: Setting<string>
  /** The user's own rules, tried before the built-in ones. */
  readonly prefixRules: ReadonlyArray<Setting<PrefixRule>>
  /** The fields of every request, unless a model has its own. */
  readonly request: RequestOptions
}

/**
 * The settings of a model. With `id`, the model's name is an alias of the user's own. Limits are in tokens, costs in US dollars per million
 * tokens.
 *
 * @since 0.1.0
 * @category models
 */
export interface ModelSettings {
  readonly name?: string
  /** The ID that is sent. */
  readonly id?: Setting<string>
  /** The ID of the underlying model. */
  readonly baseModel?: Setting<string>
  /** Like `crossRegion` in the options, for this model only. */
  readonly crossRegion?: Setting<string>
  readonly limit?: { readonly context?: number; readonly output?: number }
  readonly cost?: {
    readonly input?: number
    readonly output?: number
    readonly cache_read?: number
    readonly cache_write?: number
    readonly cache_write_1h?: number
  }
  /** Additional headers for this model, by name as written. They override the general ones. */
  readonly headers?: Gateway["headers"]
  /** The fields of requests to this model, which override the general ones; see `RequestOptions.merge`. */
  readonly request?: RequestOptions
}

/**
 * The options if nothing is configured.
 *
 * @since 0.1.0
 * @category constructors
 */
export const defaults: Gateway = {
  auth: { value: "auto", origin: { _tag: "Default" } },
  apiKey: Option.none(),
  signingService: Option.none(),
  tokenCommand: Option.none(),
  headers: {},
  proxy: Option.none(),
  caFile: Option.none(),
  clientCert: Option.none(),
  clientKey: Option.none(),
  http2: false,
  allowInsecure: false,
  limits: {},
  retry: { midAnswer: true },
  streaming: { value: "auto", origin: { _tag: "Default" } },
  drop: [],
  maxCost: Option.none(),
  crossRegion: { value: "auto", origin: { _tag: "Default" } },
  prefixRules: [],
  request: {}
}
