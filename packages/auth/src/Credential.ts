/**
 * Which credential requests are sent with, and why.
 *
 * @since 0.1.0
 */
import type { Setting } from "@altimate-code/config/Origin"
import * as PastedToken from "@altimate-code/system/PastedToken"
import * as Option from "effect/Option"
import type * as Redacted from "effect/Redacted"
import { AuthError } from "./AuthError.ts"

/**
 * A place that can hold a bearer token: the environment, `auth.json`, `options.apiKey`, or the configured `tokenCommand`.
 *
 * @since 0.1.0
 * @category models
 */
export type TokenSource = "environment" | "stored" | "configured" | "command"

/**
 * A place that a credential can come from.
 *
 * @since 0.1.0
 * @category models
 */
export type Source = TokenSource | "aws-chain"

/**
 * A source, where it is (`AWS_BEARER_TOKEN_BEDROCK`, the path of `auth.json`, `options.apiKey`, `tokenCommand`, `AWS credential chain`), and in
 * words what became of it: `used`, `not set`, `blank`, `set, but … wins`, or `not looked at: … wins`.
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
 * The credential that requests are sent with: a bearer token, whatever the AWS credential chain yields when it is walked, the
 * configured headers, or none at all. `considered` has every source of the policy, in its order.
 *
 * @since 0.1.0
 * @category models
 */
export type Credential =
  | {
    readonly _tag: "Bearer"
    readonly token: Redacted.Redacted<string>
    /** What was around the token and is not sent; never empty. */
    readonly leftOut?: ReadonlyArray<PastedToken.Wrapping>
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
  | {
    /** By `options.headers`, or not at all, as `options.auth` has it. */
    readonly _tag: "Headers" | "None"
    readonly where: string
    readonly considered: ReadonlyArray<Considered>
  }

/**
 * The credential in a few words for a person, for example `bearer token from AWS_BEARER_TOKEN_BEDROCK`.
 *
 * @since 0.1.0
 * @category rendering
 */
export const describe = (credential: Credential): string => {
  switch (credential._tag) {
    case "Bearer":
      return `bearer token from ${credential.where}`
    case "AwsChain":
      return credential.where
    case "Headers":
      return `headers of your own (${credential.where})`
    case "None":
      return `no credential (${credential.where})`
  }
}

/**
 * What the user should know of the credential, in a sentence: what was left out of a token because it was only copied along with it.
 *
 * @since 0.1.0
 * @category rendering
 */
export const notice = (credential: Credential): Option.Option<string> =>
  credential._tag === "Bearer"
    ? Option.map(
      PastedToken.describeLeftOut(credential.leftOut ?? []),
      (what) => `The token from ${credential.where} ${what}.`
    )
    : Option.none()

/**
 * The chain's failure, when it found nothing, with all that was looked for before the chain: a person looks for a token as well.
 *
 * @since 0.1.0
 * @category rendering
 */
export const nothingFound = (considered: ReadonlyArray<Considered>) => (error: AuthError): AuthError => {
  if (error.reason !== "NoCredentials" || error.steps === undefined) return error
  const tokens = considered
    .filter(({ source }) => source !== "aws-chain")
    .map(({ outcome, where }) => ({ step: where, outcome }))
  const steps = [...tokens, ...error.steps]
  return new AuthError({
    ...error,
    message: [
      "No credential was found. Looked for, in this order:",
      ...steps.map(({ outcome, step }, index) => `  ${index + 1}. ${step}: ${outcome}`)
    ].join("\n"),
    steps
  })
}
