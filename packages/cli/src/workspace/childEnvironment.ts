/** What the programs that this one starts find in their environment. */
import * as CredentialStore from "@altimate-code/auth/CredentialStore"
import * as Config from "@altimate-code/config/Environment"
import { isSecretName } from "@altimate-code/config/SecretName"
import { Settings } from "@altimate-code/config/Settings"
import { isHeldBy, Secrets } from "@altimate-code/log/Secrets"
import * as PastedToken from "@altimate-code/system/PastedToken"
import * as ConfigProvider from "effect/ConfigProvider"
import * as Effect from "effect/Effect"
import * as Option from "effect/Option"
import * as Redacted from "effect/Redacted"

type Variables = Readonly<Record<string, string | undefined>>

/** This program's own: no program that it starts gets them, under whatever name. */
const own = ["AWS_BEARER_TOKEN_BEDROCK", "ALTIMATE_CLI_CONFIG_CONTENT"]

/**
 * Of AWS's variables those that hold no credential and do not say where one is.
 * Source: AWS SDKs and Tools Reference Guide, "Environment variables".
 */
const harmless =
  /^AWS_((DEFAULT_)?(REGION|PROFILE|OUTPUT)|PAGER|CA_BUNDLE|SDK_LOAD_CONFIG|SDK_UA_APP_ID|DEFAULTS_MODE|RETRY_MODE|MAX_ATTEMPTS|USE_(FIPS|DUALSTACK)_ENDPOINT|EC2_METADATA_DISABLED|STS_REGIONAL_ENDPOINTS|IGNORE_CONFIGURED_ENDPOINT_URLS)$/

/** Of AWS's variables those whose values are secrets. */
const awsSecrets = [
  "AWS_ACCESS_KEY_ID",
  "AWS_SECRET_ACCESS_KEY",
  "AWS_SESSION_TOKEN",
  "AWS_SECURITY_TOKEN",
  "AWS_CONTAINER_AUTHORIZATION_TOKEN"
]

/** Whatever is shorter may be an everyday word, such as the `testing` of a local AWS. */
const shortestKey = 16

const isLong = (value: string) => value.length >= shortestKey

/** The variables that are set, without those that have one of these names or hold one of these secrets, plain or encoded. */
const without = (
  variables: Variables,
  isTaken: (name: string) => boolean,
  secrets: ReadonlyArray<string>
): Record<string, string> => {
  const isIn = secrets.map((secret) => isHeldBy(Redacted.make(secret)))
  const rest: Record<string, string> = {}
  for (const [name, value] of Object.entries(variables)) {
    if (value === undefined || isTaken(name) || isIn.some((isIn) => isIn(value))) continue
    rest[name] = value
  }
  return rest
}

/** A token as it is written, and as it is sent. */
const written = (token: string): ReadonlyArray<string> => [token.trim(), PastedToken.unwrap(token).value]

const withoutOwn = (variables: Variables) => {
  const secrets = written(variables[own[0]!] ?? "").filter(isLong)
  return without(variables, (name) => own.includes(name), secrets)
}

/**
 * The environment for this program's own settings. What no program that it starts may inherit is removed from `process.env`, from
 * which also the AWS SDK starts a `credential_process`.
 */
export const takeEnvironment = (): ConfigProvider.ConfigProvider => {
  const all = without(process.env, () => false, [])
  const inherited = withoutOwn(process.env)
  for (const name of Object.keys(all)) if (!Object.hasOwn(inherited, name)) delete process.env[name]
  return ConfigProvider.fromMap(new Map(Object.entries(all)))
}

/** Registers the credentials of the environment, whether a request uses them or not: a command may print them. */
export const registerCredentials = Effect.gen(function*() {
  const { register } = yield* Secrets
  for (const name of [own[0]!, ...awsSecrets]) {
    const value = Option.filter(yield* Config.variable(name), isLong)
    if (Option.isSome(value)) yield* register(Redacted.make(value.value))
  }
})

/**
 * `commandEnvironment` is for the commands of the model and the user: AWS credentials are in it, since they may have to work with AWS.
 * `programEnvironment` is for all else. Neither has what the gateway's headers and `apiKey` are filled in with as its credential.
 */
export const childEnvironments = Effect.gen(function*() {
  const { gateway } = yield* Settings
  const apiKey = Option.toArray(gateway.apiKey)
  const configured = [
    ...apiKey,
    ...Object.entries(gateway.headers).flatMap(([name, header]) => isSecretName(name) ? [header] : [])
  ].map(({ value }) => Redacted.value(value))
  // When it can't be read, there is no token from there that a program could get.
  const stored = yield* CredentialStore.CredentialStore.pipe(
    Effect.flatMap(({ get }) => get("amazon-bedrock")),
    Effect.map(Option.map(Redacted.value)),
    Effect.orElseSucceed(Option.none<string>),
    Effect.provide(CredentialStore.layer)
  )
  const tokens = [...Option.toArray(stored), ...apiKey.map(({ value }) => Redacted.value(value))]
    .flatMap(written).filter(isLong)
  const inherited = without(withoutOwn(process.env), () => false, tokens)
  const isFilledIn = (name: string) =>
    written(inherited[name]!).some((value) => isLong(value) && configured.some((secret) => secret.includes(value)))
  const commandEnvironment = without(inherited, isFilledIn, [])
  const keys = awsSecrets.flatMap((name) => inherited[name] ?? []).map((key) => key.trim()).filter(isLong)
  const programEnvironment = without(
    commandEnvironment,
    (name) => name.toUpperCase().startsWith("AWS_") && !harmless.test(name.toUpperCase()),
    keys
  )
  return { commandEnvironment, programEnvironment }
})
