/**
 * Which credential requests are sent with.
 *
 * @since 0.1.0
 */
import * as Environment from "@altimate-code/config/Environment"
import type { Gateway } from "@altimate-code/config/Gateway"
import * as Origin from "@altimate-code/config/Origin"
import type { Setting } from "@altimate-code/config/Origin"
import { Settings } from "@altimate-code/config/Settings"
import { printable } from "@altimate-code/log/Printable"
import { Secrets } from "@altimate-code/log/Secrets"
import * as PastedToken from "@altimate-code/system/PastedToken"
import * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Option from "effect/Option"
import * as Redacted from "effect/Redacted"
import { AuthError } from "./AuthError.ts"
import type { Considered, Credential, Source, TokenSource } from "./Credential.ts"
import { CredentialStore } from "./CredentialStore.ts"
import { type Token, TokenCommand } from "./TokenCommand.ts"
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
   * for it, `auth.json` is read and `tokenCommand` is run only when no source before it has a token. Fails with `NoCredentials` when
   * no source may have one, with `Malformed` when that source has no token that a request can carry, with `Conflict` when `options.auth`
   * contradicts the headers, and as `CredentialStore` and `TokenCommand` do.
   */
  readonly credential: Effect.Effect<Credential, AuthError>
  /** The same after a bearer token was refused: a source that can give another one gives another one. */
  readonly renewed: (refused: Redacted.Redacted<string>) => Effect.Effect<Credential, AuthError>
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
 * As `options.auth` says. `auto`: by the order of `TokenPrecedence`, the token in `AWS_BEARER_TOKEN_BEDROCK`, the one stored for
 * `amazon-bedrock`, `options.apiKey`, that of `tokenCommand`, the AWS credential chain; but a configured `Authorization` header is the credential.
 * `bearer`, `sigv4`: of these sources only the tokens, or only the chain. Blank counts as unset. Each token is read by `PastedToken`, and
 * registered with `Secrets`.
 *
 * @since 0.1.0
 * @category layers
 */
export const layer: Layer.Layer<Auth, never, TokenPrecedence | CredentialStore | TokenCommand | Settings | Secrets> =
  Layer
    .effect(
      Auth,
      Effect.gen(function*() {
        const precedence = yield* TokenPrecedence
        const store = yield* CredentialStore
        const commands = yield* TokenCommand
        const { gateway, profile } = yield* Settings
        const secrets = yield* Secrets
        const { apiKey, auth: scheme, headers, tokenCommand } = gateway
        const { register } = secrets

        const place = (source: Source) =>
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
            "aws-chain": "AWS credential chain"
          })[source]

        const found = (source: TokenSource, { leftOut, token }: Token): Found => ({
          _tag: "Bearer",
          token,
          ...(leftOut.length > 0 && { leftOut }),
          source,
          where: place(source)
        })

        /** What the source has, as a token. */
        const read = Effect.fn("Auth.read")(function*(source: TokenSource, written: Redacted.Redacted<string>) {
          const token = Redacted.make(PastedToken.unwrap(Redacted.value(written)).value)
          // The word Bearer alone is no secret. What no request can carry may be one all the same.
          if (Redacted.value(token) !== "") yield* Effect.forEach([written, token], register, { discard: true })
          const { leftOut } = yield* Effect.mapError(
            PastedToken.read(Redacted.value(written)),
            (what) => malformed(`The token from ${place(source)} ${what}.`)
          )
          return found(source, { token, leftOut })
        })

        const find = (
          source: Source,
          refused?: Redacted.Redacted<string>
        ): Effect.Effect<Option.Option<Found>, AuthError> => {
          switch (source) {
            case "environment":
              return Effect.flatMap(environmentToken, Effect.transposeMapOption((written) => read(source, written)))
            case "stored":
              return Effect.flatMap(
                store.get("amazon-bedrock"),
                Effect.transposeMapOption((written) => read(source, written))
              )
            case "configured":
              return Effect.transposeMapOption(apiKey, ({ value }) => read(source, value))
            case "command":
              return Effect.transposeMapOption(
                tokenCommand,
                (command) => Effect.map(commands.token(command, refused), (token) => found(source, token))
              )
            case "aws-chain":
              return Effect.succeedSome({ _tag: "AwsChain", profile, where: chainPlace(profile, place(source)) })
          }
        }

        /** Of the policy's sources those that the scheme has. */
        const isAllowed = (source: Source): boolean =>
          scheme.value === "bearer" ? source !== "aws-chain" : scheme.value !== "sigv4" || source === "aws-chain"

        const decide = (refused?: Redacted.Redacted<string>) =>
          Effect.gen(function*() {
            const authorization = Object.keys(headers).find((name) => name.toLowerCase() === "authorization")
            if (authorization !== undefined && (scheme.value === "bearer" || scheme.value === "sigv4")) {
              return yield* twoSchemes(scheme, authorization)
            }
            if (scheme.value === "header" && Object.keys(headers).length === 0) return yield* noHeader(scheme)
            const isByHeader = scheme.value === "header" || authorization !== undefined
            const because = scheme.value === "auto"
              ? `the header ${authorization} wins`
              : `options.auth is ${scheme.value}`

            const considered: Array<Considered> = []
            let winner: { readonly source: Source; readonly found: Found } | undefined
            for (const source of precedence) {
              const isOut = isByHeader || scheme.value === "none" || !isAllowed(source)
              const found = winner === undefined && !isOut ? yield* find(source, refused) : Option.none()
              if (Option.isSome(found)) winner = { source, found: found.value }
              const outcome = Option.isSome(found)
                ? "used"
                : yield* otherwise(
                  source,
                  apiKey,
                  isOut ? because : winner === undefined ? undefined : `${names[winner.source]} wins`
                )
              considered.push({ source, where: place(source), outcome })
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
            return winner === undefined ? yield* noToken(considered) : { ...winner.found, considered }
          })

        return { credential: Effect.suspend(() => decide()), renewed: decide }
      })
    )

/** A credential before it is known what became of the sources behind it. */
type Found =
  | Omit<Extract<Credential, { readonly _tag: "Bearer" }>, "considered">
  | Omit<Extract<Credential, { readonly _tag: "AwsChain" }>, "considered">

/** To the letter, since characters are counted in it; none when it is blank. */
const environmentToken = Effect.map(
  Environment.raw(tokenVariable),
  (text) => text.pipe(Option.filter((text) => text.trim() !== ""), Option.map(Redacted.make))
)

const malformed = (message: string) =>
  new AuthError({
    reason: "Malformed",
    message,
    hint: "Nothing was sent. Copy the token again, whole, in one line and without anything around it."
  })

const chainPlace = (profile: Option.Option<Setting<string>>, chain: string) =>
  Option.match(profile, {
    onNone: () => chain,
    onSome: ({ origin, value }) => `AWS profile ${printable(value)}, chosen by ${Origin.describe(origin)}`
  })

/**
 * What became of a source that is not used, for this reason if there is one. Of those only the environment and the settings are looked
 * at: it costs nothing.
 */
const otherwise = Effect.fn("Auth.otherwise")(
  function*(source: Source, apiKey: Gateway["apiKey"], because: string | undefined) {
    const isKnown = source === "environment" || source === "configured"
    const value = source === "environment"
      ? yield* Environment.raw(tokenVariable)
      : Option.map(source === "configured" ? apiKey : Option.none(), ({ value }) => Redacted.value(value))
    if (Option.isSome(value) && value.value.trim() === "") return "blank"
    if (because === undefined || (isKnown && Option.isNone(value))) return "not set"
    return `${isKnown ? "set, but" : "not looked at:"} ${because}`
  }
)

/** The sources as a sentence names them. */
const names: Record<Source, string> = {
  environment: tokenVariable,
  stored: "the stored token",
  configured: "options.apiKey",
  command: "the token of tokenCommand",
  "aws-chain": "the AWS credential chain"
}

const twoSchemes = (scheme: Setting<string>, header: string) =>
  new AuthError({
    reason: "Conflict",
    message: `options.auth is ${scheme.value} (${
      Origin.describe(scheme.origin)
    }), but options.headers has ${header} too.`,
    hint: "A request carries one authorization: remove that header, or set \"auth\" to \"header\"."
  })

const noHeader = (scheme: Setting<string>) =>
  new AuthError({
    reason: "Conflict",
    message: `options.auth is header (${Origin.describe(scheme.origin)}), but options.headers has none.`,
    hint: "Write the header that the gateway wants, for example \"headers\": { \"x-api-key\": \"{env:GATEWAY_KEY}\" }."
  })

const noToken = (considered: ReadonlyArray<Considered>) =>
  new AuthError({
    reason: "NoCredentials",
    message: "There is no bearer token.",
    steps: considered.map(({ outcome, where }) => ({ step: where, outcome })),
    hint: `Looked for ${
      considered.map(({ outcome, where }) => `${where} (${outcome})`).join(", then ") || "nothing: no source is allowed"
    }. Set AWS_BEARER_TOKEN_BEDROCK, or store a token: altimate-code auth login --provider amazon-bedrock`
  })
