/**
 * Settings that a program gives in code.
 *
 * @since 0.1.0
 */
import type * as Duration from "effect/Duration"
import type * as Redacted from "effect/Redacted"
import type { AuthScheme, Droppable, Limits, Streaming } from "../Gateway.ts"
import type { PrefixRule } from "../internal/schema/bedrockOptions.ts"
import type { Setting } from "../Origin.ts"
import type { RequestOptions } from "../RequestOptions.ts"

/**
 * Time limits: for connecting, for the beginning of the response, between two parts of it, and for all of it.
 *
 * @since 0.1.0
 * @category models
 */
export type GivenLimits = {
  readonly [Name in keyof Limits]: Duration.DurationInput | Extract<Limits[Name], false> | undefined
}

/**
 * How requests reach the gateway.
 *
 * @since 0.1.0
 * @category models
 */
export interface GivenNetwork {
  /** The URL of an HTTP proxy; `Redacted` if it has a password. If absent, `HTTPS_PROXY`, `HTTP_PROXY` or `ALL_PROXY`. */
  readonly proxy?: string | Redacted.Redacted<string> | undefined
  /** The path of a file with certificates (PEM) to trust in addition to those of the system and of Node.js. */
  readonly caFile?: string | undefined
  /** The path of the client certificate (PEM), for a gateway that requires one. */
  readonly clientCert?: string | undefined
  /** The path of the key (PEM) for `clientCert`. */
  readonly clientKey?: string | undefined
  /** Whether to use HTTP/2. Every gateway speaks HTTP/1.1, which is used otherwise. */
  readonly http2?: boolean | undefined
  /** The time limit for a whole request, or several limits; `false`: none. */
  readonly timeout?: GivenLimits | Duration.DurationInput | false | undefined
}

/**
 * The fields of every request, or of those to one model. Their names are those of Converse where it has one.
 *
 * @since 0.1.0
 * @category models
 */
export type GivenRequest = {
  readonly [Name in keyof RequestOptions]: Value<NonNullable<RequestOptions[Name]>> | undefined
}

type Value<A> = A extends Setting<infer Inner> ? Inner
  : A extends { readonly [name: string]: Setting<infer Inner> } ? { readonly [name: string]: Inner }
  : never

/**
 * HTTP headers, by name.
 *
 * @since 0.1.0
 * @category models
 */
export interface GivenHeaders {
  readonly [name: string]: string | Redacted.Redacted<string>
}

/**
 * A model with settings of its own.
 *
 * @since 0.1.0
 * @category models
 */
export interface GivenModel extends GivenRequest {
  /** The ID that is sent for it. */
  readonly id?: string | undefined
  /** The ID of the underlying model, if the name does not show it. */
  readonly baseModel?: string | undefined
  /** Like `crossRegion` in the settings, for this model only. */
  readonly crossRegion?: string | undefined
  /** Additional headers for this model. */
  readonly headers?: GivenHeaders | undefined
}

/**
 * What a program can set in code. Everything is optional.
 *
 * @since 0.1.0
 * @category models
 */
export interface GivenSettings extends GivenNetwork, GivenRequest {
  /** The gateway's absolute http(s) URL; its path is kept. `Redacted` if it has a password. If absent, `EndpointPolicy` decides. */
  readonly url?: string | Redacted.Redacted<string> | undefined
  /** The AWS region. If absent, `RegionFallback` decides. */
  readonly region?: string | undefined
  /** The AWS profile whose credentials are used. */
  readonly profile?: string | undefined
  /** If absent, a bearer token if there is one, or else AWS signatures. */
  readonly auth?: AuthScheme | undefined
  /** A bearer token. */
  readonly apiKey?: Redacted.Redacted<string> | undefined
  /** A command that prints a token: a shell command line, or a program and its arguments. */
  readonly tokenCommand?: string | ReadonlyArray<string> | undefined
  /** The service name in AWS signatures. If absent, the one in the host name, or else `bedrock`. */
  readonly signingService?: string | undefined
  /** Additional HTTP headers for every request. */
  readonly headers?: GivenHeaders | undefined
  /** Whether `http://` URLs are allowed for hosts other than this machine. */
  readonly allowInsecure?: boolean | undefined
  /** How failed requests are retried; see `Retry` of `Gateway`. */
  readonly retry?: {
    readonly total?: Duration.DurationInput | undefined
    readonly attempts?: number | undefined
    readonly midAnswer?: boolean | undefined
  } | undefined
  /** If absent, `auto`. */
  readonly streaming?: Streaming | undefined
  /** Optional fields to leave out of requests, for a gateway that rejects them. */
  readonly drop?: ReadonlyArray<Droppable> | undefined
  /** `auto` (by the rules), `off` (IDs are sent unchanged), or a prefix without its dot. */
  readonly crossRegion?: string | undefined
  /** Rules to try before those of `PrefixRules`. */
  readonly prefixRules?: ReadonlyArray<PrefixRule> | undefined
  /** Models with settings of their own, by name. */
  readonly models?: { readonly [name: string]: GivenModel } | undefined
}
