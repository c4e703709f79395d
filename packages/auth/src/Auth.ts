/**
 * Resolves the credential for requests.
 *
 * @since 0.1.0
 */
import * as Environment from "@altimate-code/config/Environment"
import type { Gateway } from "@altimate-code/config/Gateway"
import * as Origin from "@altimate-code/config/Origin"
import type { Setting } from "@altimate-code/config/Origin"
import { Settings } from "@altimate-code/config/Settings"
import { Secrets } from "@altimate-code/log/Secrets"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Option from "effect/Option"
import * as Redacted from "effect/Redacted"
import { AuthError } from "./AuthError.ts"
import type { Considered, Credential, Source, TokenSource } from "./Credential.ts"
import { CredentialStore } from "./CredentialStore.ts"
import { Auth, type Service } from "./internal/authService.ts"
import { chainName, chainPlace } from "./internal/credentialPlace.ts"
import { listSteps } from "./internal/listSteps.ts"
import { readToken } from "./internal/readToken.ts"
import { type Token, TokenCommand } from "./TokenCommand.ts"
import { TokenPrecedence } from "./TokenPrecedence.ts"

export { Auth, type Service } from "./internal/authService.ts"
export { bearer, chain, keys, none, type Token } from "./internal/givenCredential.ts"

const tokenVariable = "AWS_BEARER_TOKEN_BEDROCK"

/**
 * Follows `options.auth`. With `auto`, a configured `Authorization` header takes precedence; otherwise the sources are tried in the order of
 * `TokenPrecedence`: `AWS_BEARER_TOKEN_BEDROCK`, the token stored for `amazon-bedrock`, `options.apiKey`, `tokenCommand`, the AWS credential
 * chain. `bearer` allows only tokens, `sigv4` only the chain. Blank values are ignored. Each token is parsed with `PastedToken` and registered
 * with `Secrets`.
 *
 * @since 0.1.0
 * @category constructors
 */
export const make: Effect.Effect<Service, never, CredentialStore | TokenCommand | Settings> = Effect.gen(function*() {
  const precedence = yield* TokenPrecedence
  const store = yield* CredentialStore
  const commands = yield* TokenCommand
  const { gateway, profile } = yield* Settings
  const secrets = yield* Secrets
  const { apiKey, auth: scheme, headers, tokenCommand } = gateway
  const { register } = secrets

  const placeOf = (source: Source) =>
    ({
      environment: tokenVariable,
      stored: store.path,
      configured: Option.match(apiKey, {
        onNone: () => "options.apiKey",
        onSome: ({ origin }) => `options.apiKey, ${Origin.describe(origin)}`
      }),
      command: Option.match(tokenCommand, {
        onNone: () => "tokenCommand",
        onSome: ({ origin }) => `tokenCommand, ${Origin.describe(origin)}`
      }),
      "aws-chain": chainName
    })[source]

  const toFound = (source: TokenSource, { leftOut, token }: Token): Found => ({
    _tag: "Bearer",
    token,
    ...(leftOut.length > 0 && { leftOut }),
    source,
    where: placeOf(source)
  })

  const readTokenOf = (source: TokenSource, written: Redacted.Redacted<string>) =>
    Effect.map(readToken(written, { source, where: placeOf(source), register }), (token) => toFound(source, token))

  const find = (
    source: Source,
    refused?: Redacted.Redacted<string>
  ): Effect.Effect<Option.Option<Found>, AuthError> => {
    switch (source) {
      case "environment":
        return Effect.flatMap(
          environmentToken,
          Effect.transposeMapOption((written) => readTokenOf(source, written))
        )
      case "stored":
        return Effect.flatMap(
          store.get("amazon-bedrock"),
          Effect.transposeMapOption((written) => readTokenOf(source, written))
        )
      case "configured":
        return Effect.transposeMapOption(apiKey, ({ value }) => readTokenOf(source, value))
      case "command":
        return Effect.transposeMapOption(
          tokenCommand,
          (command) => Effect.map(commands.token(command, refused), (token) => toFound(source, token))
        )
      case "aws-chain":
        return Effect.succeedSome({ _tag: "AwsChain", profile, where: chainPlace(profile, placeOf(source)) })
    }
  }

  const isAllowed = (source: Source): boolean =>
    scheme.value === "bearer" ? source !== "aws-chain" : scheme.value !== "sigv4" || source === "aws-chain"

  const resolve = (refused?: Redacted.Redacted<string>) =>
    Effect.gen(function*() {
      const authorization = Object.keys(headers).find((name) => name.toLowerCase() === "authorization")
      if (authorization !== undefined && (scheme.value === "bearer" || scheme.value === "sigv4")) {
        return yield* makeSchemeConflict(scheme, authorization)
      }
      if (scheme.value === "header" && Object.keys(headers).length === 0) return yield* makeMissingHeader(scheme)
      const isByHeader = scheme.value === "header" || authorization !== undefined
      const because = scheme.value === "auto"
        ? `the header ${authorization} takes precedence`
        : `options.auth is ${scheme.value}`

      const considered: Array<Considered> = []
      let winner: { readonly source: Source; readonly found: Found } | undefined
      for (const source of precedence) {
        const isExcluded = isByHeader || scheme.value === "none" || !isAllowed(source)
        const found = winner === undefined && !isExcluded ? yield* find(source, refused) : Option.none()
        if (Option.isSome(found)) winner = { source, found: found.value }
        const outcome = Option.isSome(found)
          ? "used"
          : yield* outcomeOfUnused(
            source,
            apiKey,
            isExcluded ? because : winner === undefined ? undefined : `${names[winner.source]} takes precedence`
          )
        considered.push({ source, where: placeOf(source), outcome })
      }
      if (isByHeader) {
        const where = Object.entries(headers).map(([name, { origin }]) => `${name}, ${Origin.describe(origin)}`)
          .join("; ")
        return { _tag: "Headers", where, considered } as const
      }
      if (scheme.value === "none") {
        return {
          _tag: "None",
          where: `options.auth is none, ${Origin.describe(scheme.origin)}`,
          considered
        } as const
      }
      return winner === undefined ? yield* makeNoCredentials(considered) : { ...winner.found, considered }
    })

  return { credential: Effect.suspend(() => resolve()), renew: resolve }
})

/**
 * See {@link make}.
 *
 * @since 0.1.0
 * @category layers
 */
export const layer: Layer.Layer<Auth, never, CredentialStore | TokenCommand | Settings> = Layer.effect(Auth, make)

/** A credential without `considered`. */
type Found =
  | Omit<Extract<Credential, { readonly _tag: "Bearer" }>, "considered">
  | Omit<Extract<Credential, { readonly _tag: "AwsChain" }>, "considered">

/** Not trimmed, because errors report positions in it; none if it is blank. */
const environmentToken = Effect.map(
  Environment.readRaw(tokenVariable),
  (text) => text.pipe(Option.filter((text) => text.trim() !== ""), Option.map(Redacted.make))
)

/**
 * The outcome of a source that is not used, with the reason if there is one. Only the environment and the settings are checked for a value, which
 * is cheap.
 */
const outcomeOfUnused = Effect.fn("Auth.outcomeOfUnused")(
  function*(source: Source, apiKey: Gateway["apiKey"], because: string | undefined) {
    const isKnown = source === "environment" || source === "configured"
    const value = source === "environment"
      ? yield* Environment.readRaw(tokenVariable)
      : Option.map(source === "configured" ? apiKey : Option.none(), ({ value }) => Redacted.value(value))
    if (Option.isSome(value) && value.value.trim() === "") return "blank"
    if (because === undefined || (isKnown && Option.isNone(value))) return "not set"
    return `${isKnown ? "set, but" : "skipped:"} ${because}`
  }
)

/** What the sources are called in a sentence. */
const names: Record<Source, string> = {
  environment: tokenVariable,
  stored: "the stored token",
  configured: "options.apiKey",
  command: "the token of tokenCommand",
  "aws-chain": "the AWS credential chain"
}

const makeSchemeConflict = (scheme: Setting<string>, header: string) =>
  new AuthError({
    reason: "Conflict",
    message: `options.auth is ${scheme.value} (${
      Origin.describe(scheme.origin)
    }), but options.headers also has ${header}.`,
    header
  })

const makeMissingHeader = (scheme: Setting<string>) =>
  new AuthError({
    reason: "Conflict",
    message: `options.auth is header (${Origin.describe(scheme.origin)}), but options.headers is empty.`
  })

const makeNoCredentials = (considered: ReadonlyArray<Considered>) => {
  const steps = considered.map(({ outcome, where }) => ({ step: where, outcome }))
  const message = steps.length === 0
    ? "No bearer token was found: no token source is enabled."
    : `No bearer token was found. ${listSteps(steps)}`
  return new AuthError({ reason: "NoCredentials", message, steps })
}
