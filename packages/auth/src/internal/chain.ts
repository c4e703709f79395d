import * as Environment from "@altimate-code/config/Environment"
import { describe, type Setting } from "@altimate-code/config/Origin"
import { printable } from "@altimate-code/log/Printable"
import * as Effect from "effect/Effect"
import * as Option from "effect/Option"
import { AuthError } from "../AuthError.ts"
import * as Sdk from "./sdk.ts"

/** The outcome of a step. */
export type Outcome =
  | {
    readonly _tag: "Found"
    readonly identity: Sdk.Identity
    readonly source: string
    readonly profile?: string | undefined
    readonly refreshable: boolean
  }
  | { readonly _tag: "None"; readonly words: string }
  | { readonly _tag: "Failed"; readonly words: string; readonly error: ChainFailure }

type ChainFailure = Pick<AuthError, "cause" | "message" | "profile" | "reason" | "renewal">

/** One possible source of AWS credentials. */
export interface Step {
  readonly name: string
  readonly take: Effect.Effect<Outcome, AuthError>
}

/** The steps in order. A configured profile is the only step. */
export const steps = (options: {
  readonly profile: Option.Option<Setting<string>>
  readonly awsProfile: Option.Option<Setting<string>>
  readonly region: string
  /** For the steps that call AWS. */
  readonly http: Sdk.Http
  /** Is called when a profile has started its `credential_process`. */
  readonly onProcess: (profile: string) => void
}): ReadonlyArray<Step> => {
  const { awsProfile, http, onProcess, profile, region } = options
  if (Option.isSome(profile)) {
    return [{
      name: `profile ${printable(profile.value.value)}`,
      take: chosenProfile(http, profile.value, region, onProcess)
    }]
  }
  return [
    { name: "key variables", take: keyVariables },
    {
      name: "AWS_PROFILE",
      take: Option.isSome(awsProfile) ? chosenProfile(http, awsProfile.value, region, onProcess) : notSet
    },
    { name: "default profile", take: defaultProfile(http, region, onProcess) },
    { name: "web identity token", take: webIdentity(http, region) },
    { name: "container credentials", take: container },
    { name: "EC2 instance metadata", take: instance }
  ]
}

const noneBecause = (words: string): Effect.Effect<Outcome> => Effect.succeed({ _tag: "None", words })

const notSet = noneBecause("not set")

const keyVariables = Effect.gen(function*() {
  const id = yield* Environment.variable("AWS_ACCESS_KEY_ID")
  const secret = yield* Environment.variable("AWS_SECRET_ACCESS_KEY")
  const token = yield* Environment.variable("AWS_SESSION_TOKEN")
  if (Option.isNone(id)) return yield* Option.isNone(secret) ? notSet : noneBecause("AWS_ACCESS_KEY_ID is not set")
  if (Option.isNone(secret)) return yield* noneBecause("AWS_SECRET_ACCESS_KEY is not set")
  const identity = {
    accessKeyId: id.value,
    secretAccessKey: secret.value,
    sessionToken: Option.getOrUndefined(token)
  }
  return { _tag: "Found", identity, source: "AWS_ACCESS_KEY_ID", refreshable: false } satisfies Outcome
})

/** A profile that was chosen by name: if it fails, no other step is tried. */
const chosenProfile = (
  http: Sdk.Http,
  { origin, value }: Setting<string>,
  region: string,
  onProcess: (profile: string) => void
) => {
  const name = printable(value)
  return takeStep(
    Sdk.fromProfile(http, value, region, () => onProcess(value)),
    `AWS profile ${name}`,
    failedProfile(`AWS profile ${name}, chosen by ${describe(origin)},`, value),
    value
  )
}

const defaultProfile = (http: Sdk.Http, region: string, onProcess: (profile: string) => void) =>
  takeStep(
    Sdk.fromProfile(http, "default", region, () => onProcess("default")),
    "the default AWS profile",
    (refusal) =>
      refusal.next && refusal.renewal === undefined
        ? { _tag: "None", words: refusal.words }
        : failedProfile("The default AWS profile", undefined)(refusal),
    "default"
  )

const failedProfile =
  (subject: string, profile: string | undefined) => ({ cause, renewal, words }: Sdk.Refusal): Outcome => ({
    _tag: "Failed",
    words,
    error: {
      reason: renewal === undefined ? "Profile" : "Expired",
      message: `${subject} has no usable credentials: ${words}`,
      profile,
      renewal,
      cause
    }
  })

const webIdentity = Effect.fn("chain.webIdentity")(function*(http: Sdk.Http, region: string) {
  const tokenFile = yield* Environment.variable("AWS_WEB_IDENTITY_TOKEN_FILE")
  if (Option.isNone(tokenFile)) return yield* notSet
  if (Option.isNone(yield* Environment.variable("AWS_ROLE_ARN"))) return yield* noneBecause("AWS_ROLE_ARN is not set")
  return yield* takeStep(
    Sdk.fromWebIdentity(http, region, tokenFile.value),
    "the web identity token",
    ({ cause, next, words }) =>
      next ? { _tag: "None", words } : {
        _tag: "Failed",
        words,
        error: {
          reason: "NoCredentials",
          message: `The web identity token has no usable credentials: ${words}`,
          cause
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
  return yield* takeStep(Sdk.fromContainer, "the container credentials", ({ words }) => ({ _tag: "None", words }))
})

const instance = Effect.gen(function*() {
  const disabled = yield* Environment.variable("AWS_EC2_METADATA_DISABLED")
  if (Option.isSome(disabled) && disabled.value.toLowerCase() !== "false") {
    return yield* noneBecause("disabled by AWS_EC2_METADATA_DISABLED")
  }
  // The identity of the host is not that of the container.
  if (yield* inContainer) return yield* noneBecause("not used in a container")
  return yield* takeStep(Sdk.fromInstance, "the EC2 instance metadata", ({ words }) => ({ _tag: "None", words }))
})

const takeStep = (
  request: Effect.Effect<Sdk.Identity, Sdk.Refusal | AuthError>,
  source: string,
  onRefusal: (refusal: Sdk.Refusal) => Outcome,
  profile?: string
): Effect.Effect<Outcome, AuthError> =>
  request.pipe(
    Effect.map((identity): Outcome => ({ _tag: "Found", identity, source, profile, refreshable: true })),
    Effect.catchAll((problem) =>
      problem instanceof AuthError ? Effect.fail(problem) : Effect.succeed(onRefusal(problem))
    )
  )
