import * as Environment from "@altimate-code/config/Environment"
import { describe, type Setting } from "@altimate-code/config/Origin"
import { printable } from "@altimate-code/log/Printable"
import * as Effect from "effect/Effect"
import * as Option from "effect/Option"
import { AuthError } from "../AuthError.ts"
import * as Sdk from "./sdk.ts"

/** What became of a step. */
export type Outcome =
  | {
    readonly _tag: "Found"
    readonly identity: Sdk.Identity
    readonly source: string
    readonly profile?: string | undefined
    readonly refreshable: boolean
  }
  | { readonly _tag: "None"; readonly words: string }
  | { readonly _tag: "Failed"; readonly words: string; readonly error: Pick<AuthError, "reason" | "message" | "hint"> }

/** One place where credentials may be. */
export interface Step {
  readonly name: string
  readonly take: Effect.Effect<Outcome, AuthError>
}

/** The guide's order; a profile that the configuration names is the whole chain. */
export const steps = (options: {
  readonly profile: Option.Option<Setting<string>>
  readonly awsProfile: Option.Option<Setting<string>>
  readonly region: string
  /** For the steps that ask AWS. */
  readonly http: Sdk.Http
  /** Learns that a profile has started its `credential_process`. */
  readonly onProcess: (profile: string) => void
}): ReadonlyArray<Step> => {
  const { awsProfile, http, onProcess, profile, region } = options
  if (Option.isSome(profile)) {
    return [{ name: `profile ${printable(profile.value.value)}`, take: named(http, profile.value, region, onProcess) }]
  }
  return [
    { name: "key variables", take: keyVariables },
    {
      name: "AWS_PROFILE",
      take: Option.isSome(awsProfile) ? named(http, awsProfile.value, region, onProcess) : notSet
    },
    { name: "default profile", take: defaultProfile(http, region, onProcess) },
    { name: "web identity token", take: webIdentity(http, region) },
    { name: "container credentials", take: container },
    { name: "EC2 instance metadata", take: instance }
  ]
}

const none = (words: string): Effect.Effect<Outcome> => Effect.succeed({ _tag: "None", words })

const notSet = none("not set")

const keyVariables = Effect.gen(function*() {
  const id = yield* Environment.variable("AWS_ACCESS_KEY_ID")
  const secret = yield* Environment.variable("AWS_SECRET_ACCESS_KEY")
  const token = yield* Environment.variable("AWS_SESSION_TOKEN")
  if (Option.isNone(id)) return yield* Option.isNone(secret) ? notSet : none("AWS_ACCESS_KEY_ID is not set")
  if (Option.isNone(secret)) return yield* none("AWS_SECRET_ACCESS_KEY is not set")
  const identity = {
    accessKeyId: id.value,
    secretAccessKey: secret.value,
    sessionToken: Option.getOrUndefined(token)
  }
  return { _tag: "Found", identity, source: "AWS_ACCESS_KEY_ID", refreshable: false } satisfies Outcome
})

/** A profile that somebody chose: if it fails, nothing else is what they want. */
const named = (
  http: Sdk.Http,
  { origin, value }: Setting<string>,
  region: string,
  onProcess: (profile: string) => void
) => {
  const name = printable(value)
  return taken(
    Sdk.fromProfile(http, value, region, () => onProcess(value)),
    `AWS profile ${name}`,
    broken(`AWS profile ${name}, chosen by ${describe(origin)},`, ` --profile ${name}`),
    value
  )
}

const defaultProfile = (http: Sdk.Http, region: string, onProcess: (profile: string) => void) =>
  taken(
    Sdk.fromProfile(http, "default", region, () => onProcess("default")),
    "the default AWS profile",
    (refusal) =>
      refusal.next && refusal.renew === undefined
        ? { _tag: "None", words: refusal.words }
        : broken("The default AWS profile", "")(refusal),
    "default"
  )

const broken = (which: string, flag: string) => ({ hint, renew, words }: Sdk.Refusal): Outcome => ({
  _tag: "Failed",
  words,
  error: {
    reason: renew === undefined ? "Profile" : "Expired",
    message: `${which} yields no credentials: ${words}`,
    hint: renew === undefined
      ? hint ?? `Correct the profile in the AWS config file, or try it: aws sts get-caller-identity${flag}`
      : `Renew the session: ${renew}${flag}`
  }
})

const webIdentity = Effect.fn("chain.webIdentity")(function*(http: Sdk.Http, region: string) {
  const tokenFile = yield* Environment.variable("AWS_WEB_IDENTITY_TOKEN_FILE")
  if (Option.isNone(tokenFile)) return yield* notSet
  if (Option.isNone(yield* Environment.variable("AWS_ROLE_ARN"))) return yield* none("AWS_ROLE_ARN is not set")
  return yield* taken(
    Sdk.fromWebIdentity(http, region, tokenFile.value),
    "the web identity token",
    ({ hint, next, words }) =>
      next ? { _tag: "None", words } : {
        _tag: "Failed",
        words,
        error: {
          reason: "NoCredentials",
          message: `The web identity token yields no credentials: ${words}`,
          hint: hint ??
            "Check AWS_WEB_IDENTITY_TOKEN_FILE and AWS_ROLE_ARN, and that the role trusts the token's issuer."
        }
      }
  )
})

const inContainer = Effect.map(
  Effect.zip(
    Environment.variable("AWS_CONTAINER_CREDENTIALS_RELATIVE_URI"),
    Environment.variable("AWS_CONTAINER_CREDENTIALS_FULL_URI")
  ),
  ([relative, full]) => Option.isSome(relative) || Option.isSome(full)
)

const container = Effect.gen(function*() {
  if (!(yield* inContainer)) return yield* notSet
  return yield* taken(Sdk.fromContainer, "the container credentials", ({ words }) => ({ _tag: "None", words }))
})

const instance = Effect.gen(function*() {
  const disabled = yield* Environment.variable("AWS_EC2_METADATA_DISABLED")
  if (Option.isSome(disabled) && disabled.value.toLowerCase() !== "false") {
    return yield* none("disabled by AWS_EC2_METADATA_DISABLED")
  }
  // A container's host has an identity too, which is not the container's.
  if (yield* inContainer) return yield* none("not asked in a container")
  return yield* taken(Sdk.fromInstance, "the EC2 instance metadata", ({ words }) => ({ _tag: "None", words }))
})

const taken = (
  asked: Effect.Effect<Sdk.Identity, Sdk.Refusal | AuthError>,
  source: string,
  refused: (refusal: Sdk.Refusal) => Outcome,
  profile?: string
): Effect.Effect<Outcome, AuthError> =>
  asked.pipe(
    Effect.map((identity): Outcome => ({ _tag: "Found", identity, source, profile, refreshable: true })),
    Effect.catchAll((problem) => problem instanceof AuthError ? Effect.fail(problem) : Effect.succeed(refused(problem)))
  )
