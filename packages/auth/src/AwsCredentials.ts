/**
 * The AWS credential chain.
 *
 * @since 0.1.0
 */
import type { Setting } from "@altimate-code/config/Origin"
import { Settings } from "@altimate-code/config/Settings"
import { printable } from "@altimate-code/log/Printable"
import { Secrets } from "@altimate-code/log/Secrets"
import { Network } from "@altimate-code/network/Network"
import * as PastedToken from "@altimate-code/system/PastedToken"
import * as StrayCharacter from "@altimate-code/system/StrayCharacter"
import * as Clock from "effect/Clock"
import * as Context from "effect/Context"
import * as Deferred from "effect/Deferred"
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as FiberId from "effect/FiberId"
import * as Layer from "effect/Layer"
import * as Option from "effect/Option"
import * as Redacted from "effect/Redacted"
import type * as Scope from "effect/Scope"
import { AuthError } from "./AuthError.ts"
import * as Chain from "./internal/chain.ts"
import { listSteps } from "./internal/listSteps.ts"

/**
 * Credentials for signing.
 *
 * @since 0.1.0
 * @category models
 */
export interface ResolvedAwsCredentials {
  readonly accessKeyId: string
  readonly secretAccessKey: Redacted.Redacted<string>
  readonly sessionToken: Option.Option<Redacted.Redacted<string>>
  readonly expiration: Option.Option<Date>
  /** The step that provided them, for messages: `AWS_ACCESS_KEY_ID`, `AWS profile dev`, `the container credentials`. */
  readonly source: string
  /** The AWS profile that the credentials come from. */
  readonly profile?: string | undefined
  /** Whether resolving again can return new credentials; false only for the key variables. */
  readonly refreshable: boolean
}

/**
 * Which credentials to resolve.
 *
 * @since 0.1.0
 * @category models
 */
export interface Options {
  /** The configured profile. If set, it is the only step. */
  readonly profile: Option.Option<Setting<string>>
  /** The region in which roles are assumed, unless the profile sets one. */
  readonly region: string
  /** Resolve again, even if the cached credentials have not expired. */
  readonly refresh?: boolean
}

/**
 * Walks the AWS credential chain.
 *
 * @since 0.1.0
 * @category models
 */
export interface Service {
  /**
   * Returns the credentials of the first step that has some. They are cached until five minutes before they expire, and concurrent callers share
   * one resolution. Fails with `NoCredentials`; with `Profile` or `Expired` if a chosen profile or `default` is broken; with `Malformed` if a key or
   * session token contains an invalid character; with `Timeout` after 30 seconds; and with `Chain`.
   */
  readonly resolve: (options: Options) => Effect.Effect<ResolvedAwsCredentials, AuthError>
}

/**
 * The AWS credential chain.
 *
 * @since 0.1.0
 * @category services
 */
export class AwsCredentials extends Context.Tag("@altimate-code/auth/AwsCredentials")<AwsCredentials, Service>() {}

/** Long enough for a `credential_process` that calls a slow server. */
const timeLimit = Duration.seconds(30)

/** How long before they expire credentials are resolved again; the same as in the AWS SDKs. */
const expiryMargin = Duration.minutes(5)

/**
 * Uses only the configured profile, if there is one. Otherwise tries, in this order: the key variables, `AWS_PROFILE`, the default profile (role,
 * SSO, `credential_process` or keys), the web identity token, the container credentials and the EC2 instance metadata. (The AWS SDK's own
 * chain skips the key variables if `AWS_PROFILE` is set.) Logs each step at DEBUG with its outcome. The AWS SDK is loaded when a step first
 * needs it, and reads its documented files and `AWS_…` variables. Every secret is registered with `Secrets`.
 *
 * @since 0.1.0
 * @category layers
 */
export const layer: Layer.Layer<AwsCredentials, never, Settings | Network> = Layer.scoped(
  AwsCredentials,
  Effect.flatMap(Settings, ({ awsProfile }) => make(awsProfile))
)

/**
 * The chain as in `layer`. `awsProfile` is the value of `AWS_PROFILE`.
 *
 * @since 0.1.0
 * @category constructors
 */
export const make = (
  awsProfile: Option.Option<Setting<string>>
): Effect.Effect<Service, never, Network | Scope.Scope> =>
  Effect.gen(function*() {
    const secrets = yield* Secrets
    const scope = yield* Effect.scope
    const http = yield* (yield* Network).handler()
    const cached = new Map<string, ResolvedAwsCredentials>()
    const running = new Map<string, Deferred.Deferred<ResolvedAwsCredentials, AuthError>>()

    /** Runs in a separate fiber, so that it continues for the other callers if the first one is interrupted. */
    const startOrJoin = (key: string, { profile, region }: Options) =>
      Effect.suspend(() => {
        const before = running.get(key)
        if (before !== undefined) return Effect.succeed(before)
        // Synchronous with the check above, so that no caller starts a second resolution.
        const result = Deferred.unsafeMake<ResolvedAwsCredentials, AuthError>(FiberId.none)
        running.set(key, result)
        let process: string | undefined
        const steps = Chain.steps({ profile, awsProfile, region, http, onProcess: (name) => process = name })
        return walk(steps, secrets, () => process).pipe(
          Effect.interruptible,
          Effect.tap((credentials) => Effect.sync(() => cached.set(key, credentials))),
          Effect.ensuring(Effect.sync(() => running.delete(key))),
          Effect.intoDeferred(result),
          Effect.forkIn(scope),
          Effect.as(result)
        )
      }).pipe(Effect.uninterruptible)

    const resolve = Effect.fn("AwsCredentials.resolve")(function*(options: Options) {
      const key = JSON.stringify([options.region, Option.getOrNull(Option.map(options.profile, ({ value }) => value))])
      const credentials = cached.get(key)
      if (options.refresh !== true && credentials !== undefined && (yield* isFresh(credentials))) return credentials
      return yield* Deferred.await(yield* startOrJoin(key, options))
    }, Effect.annotateLogs("service", "auth"))

    return { resolve }
  })

/**
 * AWS keys that a program gives in code.
 *
 * @since 0.1.0
 * @category models
 */
export interface Keys {
  readonly accessKeyId: string
  readonly secretAccessKey: Redacted.Redacted<string>
  /** If absent, the keys are permanent. */
  readonly sessionToken?: Redacted.Redacted<string> | undefined
}

/**
 * Always these keys, instead of a chain. They are registered with `Secrets`. `resolve` fails with `Malformed` if one has an invalid character.
 *
 * @since 0.1.0
 * @category layers
 */
export const layerKeys = ({ accessKeyId, secretAccessKey, sessionToken }: Keys): Layer.Layer<AwsCredentials> =>
  Layer.effect(
    AwsCredentials,
    Effect.map(Secrets, (secrets) => ({
      resolve: () =>
        toCredentials({
          _tag: "Found",
          identity: {
            accessKeyId,
            secretAccessKey: Redacted.value(secretAccessKey),
            ...(sessionToken === undefined ? {} : { sessionToken: Redacted.value(sessionToken) })
          },
          source: "the given AWS keys",
          refreshable: false
        }, secrets)
    }))
  )

const isFresh = ({ expiration }: ResolvedAwsCredentials) =>
  Effect.map(
    Clock.currentTimeMillis,
    (now) =>
      Option.match(expiration, {
        onNone: () => true,
        onSome: (at) => at.getTime() - now > Duration.toMillis(expiryMargin)
      })
  )

/** Tries the steps in order until one has credentials. */
const walk = (
  steps: ReadonlyArray<Chain.Step>,
  secrets: Context.Tag.Service<Secrets>,
  process: () => string | undefined
) =>
  Effect.suspend(() => {
    const outcomes: Array<{ readonly step: string; readonly outcome: string }> = []
    const record = (step: string, message: string) => {
      const outcome = secrets.mask(message)
      outcomes.push({ step, outcome })
      return Effect.logDebug(`credential chain: ${step}: ${outcome}`)
    }

    const trySteps = Effect.gen(function*() {
      for (const { name, resolve } of steps) {
        const outcome = yield* resolve
        switch (outcome._tag) {
          case "Found": {
            const credentials = yield* toCredentials(outcome, secrets)
            yield* record(name, "used")
            return credentials
          }
          case "None":
            yield* record(name, outcome.message)
            break
          case "Failed": {
            yield* record(name, outcome.message)
            const message = secrets.mask(outcome.error.message)
            return yield* new AuthError({ ...outcome.error, message, step: name, steps: outcomes })
          }
        }
      }
      return yield* new AuthError({
        reason: "NoCredentials",
        message: `No AWS credentials were found. ${listSteps(outcomes)}`,
        steps: outcomes
      })
    })

    const failWithTimeout = Effect.suspend(() => {
      const step = steps[outcomes.length]?.name ?? "the last step"
      const profile = process()
      const running = profile === undefined ? "" : ` from the credential_process of AWS profile ${printable(profile)}`
      const outcome = `no response${running} within ${Duration.format(timeLimit)}`
      return Effect.zipRight(
        record(step, outcome),
        new AuthError({
          reason: "Timeout",
          message: `AWS credential chain: ${step}: ${outcome}`,
          steps: outcomes,
          step,
          profile
        })
      )
    })

    return trySteps.pipe(
      Effect.timeoutTo({
        duration: timeLimit,
        onSuccess: (credentials): Effect.Effect<ResolvedAwsCredentials, AuthError> => Effect.succeed(credentials),
        onTimeout: () => failWithTimeout
      }),
      Effect.flatten
    )
  })

const toCredentials = Effect.fn("AwsCredentials.toCredentials")(
  function*(found: Extract<Chain.Outcome, { readonly _tag: "Found" }>, secrets: Context.Tag.Service<Secrets>) {
    const { identity: { accessKeyId, expiration, secretAccessKey, sessionToken }, profile, refreshable, source } = found
    const credentials: ResolvedAwsCredentials = {
      accessKeyId,
      secretAccessKey: Redacted.make(secretAccessKey),
      sessionToken: Option.map(Option.fromNullable(sessionToken), Redacted.make),
      expiration: Option.fromNullable(expiration),
      source,
      ...(profile === undefined ? {} : { profile }),
      refreshable
    }
    // The access key ID is not a secret, but it does not belong in a log.
    yield* secrets.register(Redacted.make(accessKeyId))
    yield* secrets.register(credentials.secretAccessKey)
    if (Option.isSome(credentials.sessionToken)) yield* secrets.register(credentials.sessionToken.value)
    yield* checkKeys(found)
    return credentials
  }
)

/** Extra characters in a key make every signature invalid, and HTTP headers can't contain them in a session token. */
const checkKeys = ({ identity, source }: Extract<Chain.Outcome, { readonly _tag: "Found" }>) => {
  const keys = [
    ["AWS_ACCESS_KEY_ID", "access key ID", identity.accessKeyId],
    ["AWS_SECRET_ACCESS_KEY", "secret access key", identity.secretAccessKey],
    ["AWS_SESSION_TOKEN", "session token", identity.sessionToken ?? ""]
  ] as const
  return Effect.forEach(keys, ([variable, name, value]) => {
    const stray = StrayCharacter.find(value, StrayCharacter.isTokenCharacter)
    const isQuoted = PastedToken.unwrap(value, ["quotes"]).leftOut.length > 0
    if (Option.isNone(stray) && !isQuoted) return Effect.void
    const where = source === keys[0][0] ? variable : `The ${name} from ${source}`
    return new AuthError({
      reason: "Malformed",
      message: `${where} ${
        Option.match(stray, {
          onNone: () => "is in quotation marks, which are not part of it.",
          onSome: (stray) => `has ${StrayCharacter.describe(stray)}, which is never part of an AWS key.`
        })
      }`,
      source: "aws-chain"
    })
  }, { discard: true })
}
