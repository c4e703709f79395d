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
import { AuthError } from "./AuthError.ts"
import * as Chain from "./internal/chain.ts"

/**
 * Credentials to sign with.
 *
 * @since 0.1.0
 * @category models
 */
export interface ResolvedAwsCredentials {
  readonly accessKeyId: string
  readonly secretAccessKey: Redacted.Redacted<string>
  readonly sessionToken: Option.Option<Redacted.Redacted<string>>
  readonly expiration: Option.Option<Date>
  /** The step that had them, for people: `AWS_ACCESS_KEY_ID`, `AWS profile dev`, `the container credentials`. */
  readonly source: string
  /** The AWS profile that had them. */
  readonly profile?: string | undefined
  /** Whether resolving again can yield others. Only the key variables can't change. */
  readonly refreshable: boolean
}

/**
 * What to resolve.
 *
 * @since 0.1.0
 * @category models
 */
export interface Options {
  /** The profile that the configuration names. It is then the only step. */
  readonly profile: Option.Option<Setting<string>>
  /** Where roles are assumed, unless the profile has a region of its own. */
  readonly region: string
  /** Resolve again, even when the known credentials have not expired. */
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
   * The credentials of the first step that has some. They are kept until five minutes before they expire, and whoever
   * asks while they are being resolved waits for the same answer. Fails with `NoCredentials`; with `Profile` or
   * `Expired` when a profile is broken that was chosen, or `default`; with `Malformed` when a key or a session token has a character that it
   * can't have; with `Timeout` after 30 seconds; and with `Chain`.
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

/** A `credential_process` that asks a slow server is done by then. */
const timeLimit = Duration.seconds(30)

/** As in the AWS SDKs. */
const expiryWindow = Duration.minutes(5)

/**
 * A configured profile alone; otherwise the key variables, `AWS_PROFILE`, the default profile (role, SSO,
 * `credential_process` or keys), the web identity token, the container credentials and the EC2 instance metadata, in
 * this order. (The AWS SDK's own chain skips the key variables when `AWS_PROFILE` is set.) Each step is logged at DEBUG
 * with what it said. The AWS SDK is loaded when a step first needs it; it reads the files and `AWS_…` variables that
 * it documents itself. Every secret is registered with `Secrets`.
 *
 * @since 0.1.0
 * @category layers
 */
export const layer: Layer.Layer<AwsCredentials, never, Settings | Secrets | Network> = Layer.scoped(
  AwsCredentials,
  Effect.gen(function*() {
    const { awsProfile } = yield* Settings
    const secrets = yield* Secrets
    const scope = yield* Effect.scope
    const http = (yield* Network).handler()
    yield* Effect.addFinalizer(() => Effect.sync(() => http.destroy()))
    const known = new Map<string, ResolvedAwsCredentials>()
    const running = new Map<string, Deferred.Deferred<ResolvedAwsCredentials, AuthError>>()

    /** In a fiber of its own: it goes on when the one who asked first is interrupted and others wait. */
    const join = (key: string, { profile, region }: Options) =>
      Effect.suspend(() => {
        const before = running.get(key)
        if (before !== undefined) return Effect.succeed(before)
        // At once with the look above, so that nobody comes between.
        const result = Deferred.unsafeMake<ResolvedAwsCredentials, AuthError>(FiberId.none)
        running.set(key, result)
        let process: string | undefined
        const steps = Chain.steps({ profile, awsProfile, region, http, onProcess: (name) => process = name })
        return walk(steps, secrets, () => process).pipe(
          Effect.interruptible,
          Effect.tap((credentials) => Effect.sync(() => known.set(key, credentials))),
          Effect.ensuring(Effect.sync(() => running.delete(key))),
          Effect.intoDeferred(result),
          Effect.forkIn(scope),
          Effect.as(result)
        )
      }).pipe(Effect.uninterruptible)

    const resolve = Effect.fn("AwsCredentials.resolve")(function*(options: Options) {
      const key = JSON.stringify([options.region, Option.getOrNull(Option.map(options.profile, ({ value }) => value))])
      const credentials = known.get(key)
      if (options.refresh !== true && credentials !== undefined && (yield* isFresh(credentials))) return credentials
      return yield* Deferred.await(yield* join(key, options))
    }, Effect.annotateLogs("service", "auth"))

    return { resolve }
  })
)

const isFresh = ({ expiration }: ResolvedAwsCredentials) =>
  Effect.map(
    Clock.currentTimeMillis,
    (now) =>
      Option.match(expiration, {
        onNone: () => true,
        onSome: (at) => at.getTime() - now > Duration.toMillis(expiryWindow)
      })
  )

/** Takes the steps until one has credentials. */
const walk = (
  steps: ReadonlyArray<Chain.Step>,
  secrets: Context.Tag.Service<Secrets>,
  process: () => string | undefined
) =>
  Effect.suspend(() => {
    const said: Array<{ readonly step: string; readonly outcome: string }> = []
    const say = (step: string, words: string) => {
      const outcome = secrets.mask(words)
      said.push({ step, outcome })
      return Effect.logDebug(`credential chain: ${step}: ${outcome}`)
    }

    const taken = Effect.gen(function*() {
      for (const { name, take } of steps) {
        const outcome = yield* take
        switch (outcome._tag) {
          case "Found": {
            const credentials = yield* guarded(outcome, secrets)
            yield* say(name, "used")
            return credentials
          }
          case "None":
            yield* say(name, outcome.words)
            break
          case "Failed": {
            yield* say(name, outcome.words)
            const message = secrets.mask(outcome.error.message)
            return yield* new AuthError({ ...outcome.error, message, steps: said })
          }
        }
      }
      return yield* new AuthError({
        reason: "NoCredentials",
        message: ["No AWS credentials were found:", ...said.map(({ outcome, step }) => `  ${step}: ${outcome}`)].join(
          "\n"
        ),
        steps: said,
        hint: "Store a bearer token (altimate-code auth login), set AWS_BEARER_TOKEN_BEDROCK, or set up one of these."
      })
    })

    const tooSlow = Effect.suspend(() => {
      const step = steps[said.length]?.name ?? "the last step"
      const profile = process()
      const running = profile === undefined ? "" : ` from the credential_process of AWS profile ${printable(profile)}`
      const words = `no answer${running}; the time limit of ${Duration.format(timeLimit)} is over`
      return Effect.zipRight(
        say(step, words),
        new AuthError({
          reason: "Timeout",
          message: `AWS credential chain: ${step}: ${words}`,
          steps: said,
          hint: profile !== undefined
            ? "It was stopped. Run the command by hand to see what it waits for; a bearer token needs no AWS profile."
            : "A credential_process that waits for something, or a network that swallows requests, can be the cause."
        })
      )
    })

    return taken.pipe(
      Effect.timeoutTo({
        duration: timeLimit,
        onSuccess: (credentials): Effect.Effect<ResolvedAwsCredentials, AuthError> => Effect.succeed(credentials),
        onTimeout: () => tooSlow
      }),
      Effect.flatten
    )
  })

const guarded = Effect.fn("AwsCredentials.guarded")(
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
    // The ID is no secret, but nothing that a log needs either.
    yield* secrets.register(Redacted.make(accessKeyId))
    yield* secrets.register(credentials.secretAccessKey)
    if (Option.isSome(credentials.sessionToken)) yield* secrets.register(credentials.sessionToken.value)
    yield* acceptKeys(found)
    return credentials
  }
)

/** No signature is right with a key that has more to it than was issued, and no header carries such a session token. */
const acceptKeys = ({ identity, source }: Extract<Chain.Outcome, { readonly _tag: "Found" }>) => {
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
      hint: "Nothing was sent. Copy the value again, whole, in one line and without anything around it."
    })
  }, { discard: true })
}
