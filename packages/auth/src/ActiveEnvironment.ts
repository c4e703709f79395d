/**
 * The AWS environment variables that are set.
 *
 * @since 0.1.0
 */
import * as Environment from "@altimate-code/config/Environment"
import { printable } from "@altimate-code/log/Printable"
import { publicUrl } from "@altimate-code/log/PublicUrl"
import * as Array from "effect/Array"
import * as Effect from "effect/Effect"
import * as Option from "effect/Option"

/**
 * A variable that is set.
 *
 * @since 0.1.0
 * @category models
 */
export interface ActiveVariable {
  readonly variable: string
  /** A short description, with the value if it is not a secret, for example `named profile: dev`. */
  readonly note: string
}

type Note = string | ((value: string) => string)

const withValue = (what: string): Note => (value) => `${what}: ${printable(value)}`

const withUrl = (what: string): Note => (value) => `${what}: ${printable(publicUrl(value))}`

/** [SDKs and Tools Reference Guide, "Environment variables"](https://docs.aws.amazon.com/sdkref/latest/guide/settings-reference.html). */
const notes: ReadonlyArray<readonly [variable: string, note: Note]> = [
  ["AWS_BEARER_TOKEN_BEDROCK", "bearer token"],
  ["AWS_ACCESS_KEY_ID", "access key"],
  ["AWS_SECRET_ACCESS_KEY", "secret access key"],
  ["AWS_SESSION_TOKEN", "session token"],
  ["AWS_PROFILE", withValue("named profile")],
  ["AWS_REGION", withValue("region")],
  ["AWS_CONFIG_FILE", withValue("config file")],
  ["AWS_SHARED_CREDENTIALS_FILE", withValue("credentials file")],
  ["AWS_WEB_IDENTITY_TOKEN_FILE", withValue("web identity token file")],
  ["AWS_ROLE_ARN", withValue("role")],
  ["AWS_CONTAINER_CREDENTIALS_RELATIVE_URI", "container credentials"],
  ["AWS_CONTAINER_CREDENTIALS_FULL_URI", "container credentials"],
  ["AWS_EC2_METADATA_DISABLED", withValue("EC2 instance metadata disabled")],
  ["AWS_ENDPOINT_URL_BEDROCK_RUNTIME", withUrl("Bedrock endpoint")],
  ["AWS_ENDPOINT_URL", withUrl("endpoint of every AWS service")],
  ["AWS_IGNORE_CONFIGURED_ENDPOINT_URLS", withValue("endpoint variables ignored")],
  ["AWS_USE_FIPS_ENDPOINT", withValue("FIPS endpoint")]
]

/**
 * The AWS variables that are set and not blank, in order of precedence. No note contains a secret.
 *
 * @since 0.1.0
 * @category constructors
 */
export const activeEnvironment: Effect.Effect<ReadonlyArray<ActiveVariable>> = Effect.forEach(
  notes,
  ([variable, note]) =>
    Effect.map(
      Environment.readVariable(variable),
      Option.map((value): ActiveVariable => ({ variable, note: typeof note === "string" ? note : note(value) }))
    )
).pipe(Effect.map(Array.getSomes))
