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
  | { readonly _tag: "None"; readonly message: string }
  | { readonly _tag: "Failed"; readonly message: string; readonly error: ChainFailure }

type ChainFailure = Pick<AuthError, "cause" | "message" | "profile" | "reason" | "renewal">

/** One possible source of AWS credentials. */
export interface Step {
  readonly name: string
  readonly resolve: Effect.Effect<Outcome, AuthError>
}

/** The steps in order. A configured profile is the only step. */
export const steps = (options: {
  readonly profile: Option.Option<Setting<string>>
  readonly awsProfile: Option.Option<Setting<string>>
  readonly region: string
  /** Used by the steps that call AWS. */
  readonly http: Sdk.Http
  /** Called when a profile has started its `credential_process`. */
  readonly onProcess: (profile: string) => void
}): ReadonlyArray<Step> => {
  const { awsProfile, http, onProcess, profile, region } = options
  if (Option.isSome(profile)) {
    return [{
      name: `profile ${printable(profile.value.value)}`,
      resolve: resolveChosenProfile(http, profile.value, region, onProcess)
    }]
  }
  return [
    { name: "key variables", resolve: keyVariables },
    {
      name: "AWS_PROFILE",
      resolve: Option.isSome(awsProfile) ? resolveChosenProfile(http, awsProfile.value, region, onProcess) : notSet
    },
    { name: "default profile", resolve: resolveDefaultProfile(http, region, onProcess) },
    { name: "web identity token", resolve: resolveWebIdentity(http, region) },
    { name: "container credentials", resolve: containerCredentials },
    { name: "EC2 instance metadata", resolve: instanceCredentials }
  ]
}

const noneBecause = (message: string): Effect.Effect<Outcome> => Effect.succeed({ _tag: "None", message })

const notSet = noneBecause("not set")

const keyVariables = Effect.gen(function*() {
  const id = yield* Environment.readVariable("AWS_ACCESS_KEY_ID")
  const secret = yield* Environment.readVariable("AWS_SECRET_ACCESS_KEY")
  const token = yield* Environment.readVariable("AWS_SESSION_TOKEN")
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
const resolveChosenProfile = (
  http: Sdk.Http,
  { origin, value }: Setting<string>,
  region: string,
  onProcess: (profile: string) => void
) => {
  const name = printable(value)
  return resolveStep(
    Sdk.fromProfile(http, value, region, () => onProcess(value)),
    `AWS profile ${name}`,
    toFailedProfile(`AWS profile ${name}, chosen by ${describe(origin)},`, value),
    value
  )
}

const resolveDefaultProfile = (http: Sdk.Http, region: string, onProcess: (profile: string) => void) =>
  resolveStep(
    Sdk.fromProfile(http, "default", region, () => onProcess("default")),
    "the default AWS profile",
    (refusal) =>
      refusal.canTryNext && refusal.renewal === undefined
        ? { _tag: "None", message: refusal.message }
        : toFailedProfile("The default AWS profile", undefined)(refusal),
    "default"
  )

const toFailedProfile =
  (subject: string, profile: string | undefined) => ({ cause, message, renewal }: Sdk.Refusal): Outcome => ({
    _tag: "Failed",
    message,
    error: {
      reason: renewal === undefined ? "Profile" : "Expired",
      message: `${subject} has no usable credentials: ${message}`,
      profile,
      renewal,
      cause
    }
  })

const resolveWebIdentity = Effect.fn("chain.resolveWebIdentity")(function*(http: Sdk.Http, region: string) {
  const tokenFile = yield* Environment.readVariable("AWS_WEB_IDENTITY_TOKEN_FILE")
  if (Option.isNone(tokenFile)) return yield* notSet
  if (Option.isNone(yield* Environment.readVariable("AWS_ROLE_ARN"))) {
    return yield* noneBecause("AWS_ROLE_ARN is not set")
  }
  return yield* resolveStep(
    Sdk.fromWebIdentity(http, region, tokenFile.value),
    "the web identity token",
    ({ canTryNext, cause, message }) =>
      canTryNext ? { _tag: "None", message } : {
        _tag: "Failed",
        message,
        error: {
          reason: "NoCredentials",
          message: `The web identity token provides no usable credentials: ${message}`,
          cause
        }
      }
  )
})

const isInContainer = Effect.map(
  Effect.zip(
    Environment.readVariable("AWS_CONTAINER_CREDENTIALS_RELATIVE_URI"),
    Environment.readVariable("AWS_CONTAINER_CREDENTIALS_FULL_URI")
  ),
  ([relative, full]) => Option.isSome(relative) || Option.isSome(full)
)

const containerCredentials = Effect.gen(function*() {
  if (!(yield* isInContainer)) return yield* notSet
  return yield* resolveStep(
    Sdk.fromContainer,
    "the container credentials",
    ({ message }) => ({ _tag: "None", message })
  )
})

const instanceCredentials = Effect.gen(function*() {
  const disabled = yield* Environment.readVariable("AWS_EC2_METADATA_DISABLED")
  if (Option.isSome(disabled) && disabled.value.toLowerCase() !== "false") {
    return yield* noneBecause("disabled by AWS_EC2_METADATA_DISABLED")
  }
  // The host's identity must not be used for the container.
  if (yield* isInContainer) return yield* noneBecause("not used in a container")
  return yield* resolveStep(Sdk.fromInstance, "the EC2 instance metadata", ({ message }) => ({ _tag: "None", message }))
})

const resolveStep = (
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
