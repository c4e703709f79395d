/**
 * Which credential requests are sent with, and why.
 *
 * @since 0.1.0
 */
import type { Setting } from "@altimate-code/config/Origin"
import type * as Option from "effect/Option"
import type * as Redacted from "effect/Redacted"

/**
 * A place that can hold a bearer token: the environment, or `auth.json`.
 *
 * @since 0.1.0
 * @category models
 */
export type TokenSource = "environment" | "stored"

/**
 * A place that a credential can come from.
 *
 * @since 0.1.0
 * @category models
 */
export type Source = TokenSource | "aws-chain"

/**
 * A source, where it is (`AWS_BEARER_TOKEN_BEDROCK`, the path of `auth.json`, `AWS credential chain`), and in words
 * what became of it: `used`, `not set`, `blank`, `set, but … wins`, or `not looked at: … wins`.
 *
 * @since 0.1.0
 * @category models
 */
export interface Considered {
  readonly source: Source
  readonly where: string
  readonly outcome: string
}

/**
 * The credential that requests are sent with: a bearer token, or whatever the AWS credential chain yields when it is
 * walked. `considered` has every source of the policy, in its order.
 *
 * @since 0.1.0
 * @category models
 */
export type Credential =
  | {
    readonly _tag: "Bearer"
    readonly token: Redacted.Redacted<string>
    readonly source: TokenSource
    readonly where: string
    readonly considered: ReadonlyArray<Considered>
  }
  | {
    readonly _tag: "AwsChain"
    /** The profile that the configuration names: an explicit choice, so nothing else is tried. */
    readonly profile: Option.Option<Setting<string>>
    readonly where: string
    readonly considered: ReadonlyArray<Considered>
  }
