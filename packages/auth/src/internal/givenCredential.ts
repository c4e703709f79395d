/** Credentials that a program gives in code. `Auth` exports these layers. */
import * as Environment from "@altimate-code/config/Environment"
import type { Setting } from "@altimate-code/config/Origin"
import { Secrets } from "@altimate-code/log/Secrets"
import type { Network } from "@altimate-code/network/Network"
import * as PastedToken from "@altimate-code/system/PastedToken"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Option from "effect/Option"
import * as Redacted from "effect/Redacted"
import { AuthError } from "../AuthError.ts"
import * as AwsCredentials from "../AwsCredentials.ts"
import type { Credential } from "../Credential.ts"
import { Auth } from "./authService.ts"
import { chainName, chainPlace, makeMalformed } from "./credentialPlace.ts"

/**
 * Sends this bearer token, and nothing else. An effect is run for every attempt, and once more if the token is refused, for tokens that expire: cache
 * the token in it. Fails with `Malformed` if HTTP headers can't contain the token.
 *
 * @since 0.1.0
 * @category layers
 */
export const bearer = (
  token: Redacted.Redacted<string> | Effect.Effect<Redacted.Redacted<string>, AuthError>
): Layer.Layer<Auth | AwsCredentials.AwsCredentials> => {
  const where = "the parameter token"
  const isFixed = Redacted.isRedacted(token)
  const resolve = Effect.gen(function*() {
    const { register } = yield* Secrets
    const written = isFixed ? token : yield* token
    const value = Redacted.make(PastedToken.unwrap(Redacted.value(written)).value)
    if (Redacted.value(value) !== "") yield* Effect.forEach([written, value], register, { discard: true })
    const { leftOut } = yield* Effect.mapError(
      PastedToken.read(Redacted.value(written)),
      (problem) => makeMalformed("given", `The token from ${where} ${problem}.`)
    )
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

/**
 * Signs requests with these AWS keys, and nothing else.
 *
 * @since 0.1.0
 * @category layers
 */
export const keys = (keys: AwsCredentials.Keys): Layer.Layer<Auth | AwsCredentials.AwsCredentials> =>
  given(
    "AwsChain",
    Effect.succeed({ _tag: "AwsChain", profile: Option.none(), where: "the given AWS keys", considered: [] }),
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
    Effect.succeed(credential),
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
  given("None", Effect.succeed({ _tag: "None", where: "the program", considered: [] }), withoutChain())

const given = <R>(
  kind: Credential["_tag"],
  credential: Effect.Effect<Credential, AuthError>,
  chain: Layer.Layer<AwsCredentials.AwsCredentials, never, R>
): Layer.Layer<Auth | AwsCredentials.AwsCredentials, never, R> =>
  Layer.merge(
    chain,
    Layer.effect(
      Auth,
      Effect.map(Secrets, (secrets) => {
        const resolve = Effect.provideService(credential, Secrets, secrets)
        return { kind, credential: resolve, renew: () => resolve }
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
