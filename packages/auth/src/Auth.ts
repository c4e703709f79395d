/**
 * Which credential requests are sent with.
 *
 * @since 0.1.0
 */
import * as Environment from "@altimate-code/config/Environment"
import { describe, type Setting } from "@altimate-code/config/Origin"
import { Settings } from "@altimate-code/config/Settings"
import { printable } from "@altimate-code/log/Printable"
import { Secrets } from "@altimate-code/log/Secrets"
import * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Option from "effect/Option"
import * as Redacted from "effect/Redacted"
import { AuthError } from "./AuthError.ts"
import type { Considered, Credential, Source, TokenSource } from "./Credential.ts"
import { CredentialStore } from "./CredentialStore.ts"
import { TokenPrecedence } from "./TokenPrecedence.ts"

/**
 * Decides which credential applies.
 *
 * @since 0.1.0
 * @category models
 */
export interface Service {
  /**
   * The credential of the first source that has one, decided anew each time. The AWS credential chain is never walked
   * for it, and `auth.json` is read only when no source before it has a token. Fails with `NoCredentials` when the
   * policy leaves out the chain and no source has a token, and as `CredentialStore` does.
   */
  readonly credential: Effect.Effect<Credential, AuthError>
}

/**
 * Decides which credential applies.
 *
 * @since 0.1.0
 * @category services
 */
export class Auth extends Context.Tag("@altimate-code/auth/Auth")<Auth, Service>() {}

const tokenVariable = "AWS_BEARER_TOKEN_BEDROCK"

/**
 * By the order of `TokenPrecedence`: the token in `AWS_BEARER_TOKEN_BEDROCK`, the one stored for `amazon-bedrock`, the
 * AWS credential chain. Blank counts as unset. The token of the environment is registered with `Secrets`.
 *
 * @since 0.1.0
 * @category layers
 */
export const layer: Layer.Layer<Auth, never, TokenPrecedence | CredentialStore | Settings | Secrets> = Layer.effect(
  Auth,
  Effect.gen(function*() {
    const precedence = yield* TokenPrecedence
    const store = yield* CredentialStore
    const { profile } = yield* Settings
    const secrets = yield* Secrets

    const place = (source: Source) =>
      ({ environment: tokenVariable, stored: store.path, "aws-chain": "AWS credential chain" })[source]

    const token = (source: TokenSource, value: Effect.Effect<Option.Option<Redacted.Redacted<string>>, AuthError>) =>
      Effect.map(value, Option.map((token): Found => ({ _tag: "Bearer", token, source, where: place(source) })))

    const find = (source: Source): Effect.Effect<Option.Option<Found>, AuthError> => {
      switch (source) {
        case "environment":
          return token(source, environmentToken(secrets))
        case "stored":
          return token(source, store.get("amazon-bedrock"))
        case "aws-chain":
          return Effect.succeedSome({ _tag: "AwsChain", profile, where: chainPlace(profile, place(source)) })
      }
    }

    const credential = Effect.gen(function*() {
      const considered: Array<Considered> = []
      let winner: { readonly source: Source; readonly found: Found } | undefined
      for (const source of precedence) {
        const found = winner === undefined ? yield* find(source) : Option.none()
        if (Option.isSome(found)) winner = { source, found: found.value }
        const outcome = Option.isSome(found) ? "used" : yield* otherwise(source, winner?.source)
        considered.push({ source, where: place(source), outcome })
      }
      return winner === undefined ? yield* noToken(considered) : { ...winner.found, considered }
    })

    return { credential }
  })
)

/** A credential before it is known what became of the sources behind it. */
type Found =
  | Omit<Extract<Credential, { readonly _tag: "Bearer" }>, "considered">
  | Omit<Extract<Credential, { readonly _tag: "AwsChain" }>, "considered">

const environmentToken = Effect.fn("Auth.environmentToken")(function*({ register }: Context.Tag.Service<Secrets>) {
  const token = Option.map(yield* Environment.variable(tokenVariable), Redacted.make)
  if (Option.isSome(token)) yield* register(token.value)
  return token
})

const chainPlace = (profile: Option.Option<Setting<string>>, chain: string) =>
  Option.match(profile, {
    onNone: () => chain,
    onSome: ({ origin, value }) => `AWS profile ${printable(value)}, chosen by ${describe(origin)}`
  })

/** What became of a source that is not used. Behind the winner, only the environment is looked at: it costs nothing. */
const otherwise = Effect.fn("Auth.otherwise")(function*(source: Source, winner: Source | undefined) {
  const value = source === "environment" ? yield* Environment.raw(tokenVariable) : Option.none()
  if (Option.isSome(value) && value.value.trim() === "") return "blank"
  if (winner === undefined || (source === "environment" && Option.isNone(value))) return "not set"
  return `${source === "environment" ? "set, but" : "not looked at:"} ${names[winner]} wins`
})

/** The sources as a sentence names them. */
const names: Record<Source, string> = {
  environment: tokenVariable,
  stored: "the stored token",
  "aws-chain": "the AWS credential chain"
}

const noToken = (considered: ReadonlyArray<Considered>) =>
  new AuthError({
    reason: "NoCredentials",
    message: "There is no bearer token.",
    steps: considered.map(({ outcome, where }) => ({ step: where, outcome })),
    hint: `Looked for ${
      considered.map(({ outcome, where }) => `${where} (${outcome})`).join(", then ") || "nothing: no source is allowed"
    }. Set AWS_BEARER_TOKEN_BEDROCK, or store a token: altimate-code auth login --provider amazon-bedrock`
  })
