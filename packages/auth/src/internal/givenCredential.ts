/** Credentials that a program gives in code. `Auth` exports these layers. */
import * as Environment from "@altimate-code/config/Environment"
import type { Setting } from "@altimate-code/config/Origin"
import { Secrets } from "@altimate-code/log/Secrets"
import type { Network } from "@altimate-code/network/Network"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Option from "effect/Option"
import * as Redacted from "effect/Redacted"
import { AuthError } from "../AuthError.ts"
import * as AwsCredentials from "../AwsCredentials.ts"
import type { Credential } from "../Credential.ts"
import { Auth } from "./authService.ts"
import { chainName, chainPlace } from "./credentialPlace.ts"
import { readToken } from "./readToken.ts"

/**
 * A token, or how to get one. An effect or a function runs for every attempt, so cache the token. After a refusal, a function is given the refused token
 * and must return a new one.
 *
 * @since 0.1.0
 * @category models
 */
export type Token =
  | Redacted.Redacted<string>
  | Effect.Effect<Redacted.Redacted<string>, unknown>
  | ((refused: Option.Option<Redacted.Redacted<string>>) => Effect.Effect<Redacted.Redacted<string>, unknown>)

/**
 * Sends this bearer token, and nothing else. Fails with `Malformed` if HTTP headers can't contain the token, and with `GivenToken` if the effect or
 * function fails.
 *
 * @since 0.1.0
 * @category layers
 */
export const bearer = (token: Token): Layer.Layer<Auth | AwsCredentials.AwsCredentials> => {
  const where = "the parameter token"
  const isFixed = Redacted.isRedacted(token)
  const getToken = (refused: Option.Option<Redacted.Redacted<string>>) =>
    isFixed
      ? Effect.succeed(token)
      : Effect.mapError(Effect.isEffect(token) ? token : Effect.suspend(() => token(refused)), toAuthError)
  const resolve = Effect.fnUntraced(function*(refused: Option.Option<Redacted.Redacted<string>>) {
    const { registerShortLived } = yield* Secrets
    const written = yield* getToken(refused)
    const { leftOut, token: value } = yield* readToken(written, {
      source: "given",
      where,
      register: registerShortLived
    })
    return {
      _tag: "Bearer",
      token: value,
      ...(leftOut.length > 0 && { leftOut }),
      source: "given",
      isRenewable: !isFixed,
      where,
      considered: []
    } satisfies Credential
  })
  return given("Bearer", resolve, withoutChain())
}

const toAuthError = (cause: unknown): AuthError =>
  cause instanceof AuthError ? cause : new AuthError({
    reason: "GivenToken",
    message: "The program could not get the token.",
    source: "given",
    cause
  })

/**
 * Signs requests with these AWS keys, and nothing else.
 *
 * @since 0.1.0
 * @category layers
 */
export const keys = (keys: AwsCredentials.Keys): Layer.Layer<Auth | AwsCredentials.AwsCredentials> =>
  given(
    "AwsChain",
    () => Effect.succeed({ _tag: "AwsChain", profile: Option.none(), where: "the given AWS keys", considered: [] }),
    AwsCredentials.layerKeys(keys)
  )

/**
 * Signs requests with the keys that the AWS credential chain finds, or with those of `profile` only. The AWS SDK's credential providers are loaded with
 * the first request; they read the environment and the files in `~/.aws`.
 *
 * @since 0.1.0
 * @category layers
 */
export const chain = (
  { profile }: { readonly profile?: string | undefined } = {}
): Layer.Layer<Auth | AwsCredentials.AwsCredentials, never, Network> => {
  const chosen = Option.map(
    Option.fromNullable(profile),
    (value): Setting<string> => ({ value, origin: { _tag: "Given", parameter: "profile" } })
  )
  const credential: Credential = {
    _tag: "AwsChain",
    profile: chosen,
    where: chainPlace(chosen, chainName),
    considered: []
  }
  return given(
    "AwsChain",
    () => Effect.succeed(credential),
    Layer.scoped(
      AwsCredentials.AwsCredentials,
      Effect.flatMap(Environment.readSetting("AWS_PROFILE"), AwsCredentials.make)
    )
  )
}

/**
 * Adds no credential. Use it if the gateway adds one, or if `headers` contains it.
 *
 * @since 0.1.0
 * @category layers
 */
export const none = (): Layer.Layer<Auth | AwsCredentials.AwsCredentials> =>
  given("None", () => Effect.succeed({ _tag: "None", where: "the program", considered: [] }), withoutChain())

const given = <R>(
  kind: Credential["_tag"],
  credential: (refused: Option.Option<Redacted.Redacted<string>>) => Effect.Effect<Credential, AuthError>,
  chain: Layer.Layer<AwsCredentials.AwsCredentials, never, R>
): Layer.Layer<Auth | AwsCredentials.AwsCredentials, never, R> =>
  Layer.merge(
    chain,
    Layer.effect(
      Auth,
      Effect.map(Secrets, (secrets) => {
        const resolve = (refused: Option.Option<Redacted.Redacted<string>>) =>
          Effect.provideService(Effect.suspend(() => credential(refused)), Secrets, secrets)
        return { kind, credential: resolve(Option.none()), renew: (refused) => resolve(Option.some(refused)) }
      })
    )
  )

/** The client asks it for keys only if the credential is the chain. */
const withoutChain = () =>
  Layer.succeed(AwsCredentials.AwsCredentials, {
    resolve: () =>
      new AuthError({
        reason: "NoCredentials",
        message: "The AWS credential chain is not used by this program.",
        steps: []
      })
  })
