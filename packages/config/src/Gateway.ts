/**
 * How the gateway is reached, and what it is told: the options of Amazon Bedrock that go beyond its URL, region and profile.
 *
 * @since 0.1.0
 */
import * as Option from "effect/Option"
import type * as Redacted from "effect/Redacted"
import {
  type AuthScheme as AuthSchemes,
  DropField,
  type PrefixRule,
  type Streaming as Streamings
} from "./internal/schema/bedrockOptions.ts"
import type { Setting } from "./Origin.ts"

/**
 * How requests are authorised: `auto` by a bearer token if there is one, else by AWS signatures; `bearer` and `sigv4` by
 * that alone; `header` by the configured headers; `none` not at all.
 *
 * @since 0.1.0
 * @category models
 */
export type AuthScheme = typeof AuthSchemes.Type

/**
 * `auto`: streamed, until the gateway has shown that it cannot. `on`, `off`: always, never.
 *
 * @since 0.1.0
 * @category models
 */
export type Streaming = typeof Streamings.Type

/**
 * A name in a Converse request that the request can do without.
 *
 * @since 0.1.0
 * @category models
 */
export type Droppable = typeof DropField.Type

/**
 * All of these names.
 *
 * @since 0.1.0
 * @category models
 */
export const droppable: ReadonlyArray<Droppable> = DropField.literals

/**
 * Time limits in milliseconds; absent: the default of whoever keeps the limit. `total: false` is no limit at all.
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
 * How a failed request is tried again. `total` is in milliseconds; absent: the retry policy's own limits.
 *
 * @since 0.1.0
 * @category models
 */
export interface Retry {
  readonly total?: number
  readonly attempts?: number
  /** Is an answer that breaks off asked again? */
  readonly midAnswer: boolean
}

/**
 * A file: its absolute path. Of a project's file that the user trusts, `content` is what they trusted: it is used in place of what is
 * in the file by then.
 *
 * @since 0.1.0
 * @category models
 */
export interface FileSetting extends Setting<string> {
  readonly content?: Redacted.Redacted<string>
}

/**
 * What the options say.
 *
 * @since 0.1.0
 * @category models
 */
export interface Gateway {
  readonly auth: Setting<AuthScheme>
  /** A bearer token, as written. */
  readonly apiKey: Option.Option<Setting<Redacted.Redacted<string>>>
  /** The service that AWS signatures are made for, in place of the one that the host's name says. */
  readonly signingService: Option.Option<Setting<string>>
  /** A command that prints a token: a line for the shell, or a program and its arguments. */
  readonly tokenCommand: Option.Option<Setting<string | ReadonlyArray<string>>>
  /** By name as written, none of them blank. */
  readonly headers: { readonly [name: string]: Setting<Redacted.Redacted<string>> }
  /** The URL of an HTTP proxy, in place of those of the environment. May hold a password: show it by `publicUrl`. */
  readonly proxy: Option.Option<Setting<string>>
  readonly caFile: Option.Option<FileSetting>
  readonly clientCert: Option.Option<FileSetting>
  readonly clientKey: Option.Option<FileSetting>
  readonly http2: boolean
  /** May a URL begin with `http://` though its host is not this machine? */
  readonly allowInsecure: boolean
  readonly limits: Limits
  readonly retry: Retry
  readonly streaming: Setting<Streaming>
  readonly drop: ReadonlyArray<Droppable>
  /** `auto`, `off`, or a prefix without its dot. */
  readonly crossRegion: Setting<string>
  /** The user's own, each with its place, to be tried before the others. */
  readonly prefixRules: ReadonlyArray<Setting<typeof PrefixRule.Type>>
}

/**
 * What applies when nothing is configured.
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
  crossRegion: { value: "auto", origin: { _tag: "Default" } },
  prefixRules: []
}
