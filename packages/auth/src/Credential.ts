/**
 * The credential for requests, and why it was chosen.
 *
 * @since 0.1.0
 */
import type { Setting } from "@altimate-code/config/Origin"
import * as PastedToken from "@altimate-code/system/PastedToken"
import * as Option from "effect/Option"
import type * as Redacted from "effect/Redacted"
import { AuthError } from "./AuthError.ts"
import { listSteps } from "./internal/listSteps.ts"

/**
 * A source of bearer tokens: the environment, `auth.json`, `options.apiKey`, or the configured `tokenCommand`.
 *
 * @since 0.1.0
 * @category models
 */
export type TokenSource = "environment" | "stored" | "configured" | "command"

/**
 * A source of credentials.
 *
 * @since 0.1.0
 * @category models
 */
export type Source = TokenSource | "aws-chain"

/**
 * A source, its location (`AWS_BEARER_TOKEN_BEDROCK`, the path of `auth.json`, `options.apiKey`, `tokenCommand`, `AWS credential chain`), and
 * its outcome as text: `used`, `not set`, `blank`, `set, but … takes precedence`, or `skipped: … takes precedence`.
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
 * The credential for requests: a bearer token, the AWS credential chain, the configured headers, or none. `considered` lists all sources in the
 * order of `TokenPrecedence`.
 *
 * @since 0.1.0
 * @category models
 */
export type Credential =
  | {
    readonly _tag: "Bearer"
    readonly token: Redacted.Redacted<string>
    /** What was removed around the token; never empty. */
    readonly leftOut?: ReadonlyArray<PastedToken.Wrapping>
    /** `given`: by the program, in code. */
    readonly source: TokenSource | "given"
    /** Whether resolving it again can return another token. */
    readonly isRenewable?: boolean
    readonly where: string
    readonly considered: ReadonlyArray<Considered>
  }
  | {
    readonly _tag: "AwsChain"
    /** The configured profile. It is an explicit choice, so no other step is tried. */
    readonly profile: Option.Option<Setting<string>>
    readonly where: string
    readonly considered: ReadonlyArray<Considered>
  }
  | {
    /** As set by `options.headers` or `options.auth`. */
    readonly _tag: "Headers" | "None"
    readonly where: string
    readonly considered: ReadonlyArray<Considered>
  }

/**
 * The names of the kinds of credentials in messages and logs.
 *
 * @since 0.1.0
 * @category rendering
 */
export const kinds: Readonly<Record<Credential["_tag"], string>> = {
  Bearer: "bearer token",
  AwsChain: "AWS credentials",
  Headers: "custom headers",
  None: "no credential"
}

/**
 * Describes the credential and its source, for example `bearer token from AWS_BEARER_TOKEN_BEDROCK` or `AWS credential chain`.
 *
 * @since 0.1.0
 * @category rendering
 */
export const describe = ({ _tag, where }: Credential): string => {
  switch (_tag) {
    case "Bearer":
      return `${kinds[_tag]} from ${where}`
    case "AwsChain":
      return where
    default:
      return `${kinds[_tag]} (${where})`
  }
}

/**
 * Tells the user what was removed around a token, such as quotation marks; none if nothing was.
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
 * If the AWS credential chain found no credentials, adds the token sources to the steps of its error.
 *
 * @since 0.1.0
 * @category rendering
 */
export const addTokenSources = (considered: ReadonlyArray<Considered>) => (error: AuthError): AuthError => {
  if (error.reason !== "NoCredentials" || error.steps === undefined) return error
  const tokens = considered
    .filter(({ source }) => source !== "aws-chain")
    .map(({ outcome, where }) => ({ step: where, outcome }))
  const steps = [...tokens, ...error.steps]
  return new AuthError({
    ...error,
    cause: error.cause,
    message: `No credential was found. ${listSteps(steps)}`,
    steps
  })
}
