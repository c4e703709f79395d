/** Determines the environments of the programs that this program starts. */
import * as CredentialStore from "@altimate-code/auth/CredentialStore"
import * as Environment from "@altimate-code/config/Environment"
import { Settings } from "@altimate-code/config/Settings"
import { isSecretName } from "@altimate-code/log/SecretName"
import { includesSecret, Secrets } from "@altimate-code/log/Secrets"
import * as PastedToken from "@altimate-code/system/PastedToken"
import * as ConfigProvider from "effect/ConfigProvider"
import * as Effect from "effect/Effect"
import * as Option from "effect/Option"
import * as Redacted from "effect/Redacted"

type Variables = Readonly<Record<string, string | undefined>>

/** Variables for this program only. No other program gets them, nor their values under another name. */
const privateVariables = ["AWS_BEARER_TOKEN_BEDROCK", "ALTIMATE_CLI_CONFIG_CONTENT"]

/**
 * AWS variables that neither contain nor locate a credential.
 * Source: AWS SDKs and Tools Reference Guide, "Environment variables".
 */
const harmless =
  /^AWS_((DEFAULT_)?(REGION|PROFILE|OUTPUT)|PAGER|CA_BUNDLE|SDK_LOAD_CONFIG|SDK_UA_APP_ID|DEFAULTS_MODE|RETRY_MODE|MAX_ATTEMPTS|USE_(FIPS|DUALSTACK)_ENDPOINT|EC2_METADATA_DISABLED|STS_REGIONAL_ENDPOINTS|IGNORE_CONFIGURED_ENDPOINT_URLS)$/

/** AWS variables whose values are secrets. */
const awsSecrets = [
  "AWS_ACCESS_KEY_ID",
  "AWS_SECRET_ACCESS_KEY",
  "AWS_SESSION_TOKEN",
  "AWS_SECURITY_TOKEN",
  "AWS_CONTAINER_AUTHORIZATION_TOKEN"
]

/** Shorter values may be common words, such as `testing` for a local AWS. */
const minKeyLength = 16

const isLong = (value: string) => value.length >= minKeyLength

/** Returns the variables that are set, except those that are private and those that contain one of the secrets, plain or encoded. */
const without = (
  variables: Variables,
  isPrivate: (name: string) => boolean,
  secrets: ReadonlyArray<string>
): Record<string, string> => {
  const isIn = secrets.map((secret) => includesSecret(Redacted.make(secret)))
  const rest: Record<string, string> = {}
  for (const [name, value] of Object.entries(variables)) {
    if (value === undefined || isPrivate(name) || isIn.some((isIn) => isIn(value))) continue
    rest[name] = value
  }
  return rest
}

/** Returns a token as configured and as sent. */
const formsOf = (token: string): ReadonlyArray<string> => [token.trim(), PastedToken.unwrap(token).value]

const withoutPrivate = (variables: Variables) => {
  const secrets = formsOf(variables[privateVariables[0]!] ?? "").filter(isLong)
  return without(variables, (name) => privateVariables.includes(name), secrets)
}

/**
 * The environment for this program's settings. Removes variables that no other program may inherit from `process.env`, because the AWS
 * SDK passes that to a `credential_process`.
 */
export const takeEnvironment = (): ConfigProvider.ConfigProvider => {
  const all = without(process.env, () => false, [])
  const inherited = withoutPrivate(process.env)
  for (const name of Object.keys(all)) if (!Object.hasOwn(inherited, name)) delete process.env[name]
  return ConfigProvider.fromMap(new Map(Object.entries(all)))
}

/** The environment for the `tokenCommand`, which may need AWS credentials. */
export const tokenCommandEnvironment: Effect.Effect<Variables> = Effect.sync(() => ({ ...process.env }))

/** Registers all credentials of the environment for masking, because a command may print them. */
export const registerCredentials = Effect.gen(function*() {
  const { register } = yield* Secrets
  for (const name of [privateVariables[0]!, ...awsSecrets]) {
    const value = Option.filter(yield* Environment.readVariable(name), isLong)
    if (Option.isSome(value)) yield* register(Redacted.make(value.value))
  }
})

/**
 * `commandEnvironment` is for the commands of the model and the user. It includes AWS credentials, because commands may use AWS.
 * `programEnvironment` is for all other programs. Neither includes the variables that supply the gateway's credential.
 */
export const childEnvironments = Effect.gen(function*() {
  const { gateway } = yield* Settings
  const apiKey = Option.toArray(gateway.apiKey)
  const configured = [
    ...apiKey,
    ...Object.entries(gateway.headers).flatMap(([name, header]) => isSecretName(name) ? [header] : [])
  ].map(({ value }) => Redacted.value(value))
  // A store that can't be read has no token to remove.
  const stored = yield* CredentialStore.make.pipe(
    Effect.flatMap(({ get }) => get("amazon-bedrock")),
    Effect.map(Option.map(Redacted.value)),
    Effect.orElseSucceed(Option.none<string>)
  )
  const tokens = [...Option.toArray(stored), ...apiKey.map(({ value }) => Redacted.value(value))]
    .flatMap(formsOf).filter(isLong)
  const inherited = without(withoutPrivate(process.env), () => false, tokens)
  const isFilledIn = (name: string) =>
    formsOf(inherited[name]!).some((value) => isLong(value) && configured.some((secret) => secret.includes(value)))
  const commandEnvironment = without(inherited, isFilledIn, [])
  const keys = awsSecrets.flatMap((name) => inherited[name] ?? []).map((key) => key.trim()).filter(isLong)
  const programEnvironment = without(
    commandEnvironment,
    (name) => name.toUpperCase().startsWith("AWS_") && !harmless.test(name.toUpperCase()),
    keys
  )
  return { commandEnvironment, programEnvironment }
})
