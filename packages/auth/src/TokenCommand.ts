/**
 * Gets short-lived bearer tokens from a configured command.
 *
 * @since 0.1.0
 */
import { Directories } from "@altimate-code/config/Directories"
import { describe, type Setting } from "@altimate-code/config/Origin"
import { Secrets } from "@altimate-code/log/Secrets"
import { logDecision } from "@altimate-code/system/logging/DecisionLevel"
import type { Wrapping } from "@altimate-code/system/PastedToken"
import type * as FileSystem from "@effect/platform/FileSystem"
import * as Path from "@effect/platform/Path"
import * as Clock from "effect/Clock"
import * as Context from "effect/Context"
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Option from "effect/Option"
import * as Redacted from "effect/Redacted"
import { createHash } from "node:crypto"
import { AuthError } from "./AuthError.ts"
import * as privateFile from "./internal/privateFile.ts"
import { runCommand } from "./internal/runCommand.ts"
import * as TokenCache from "./internal/tokenCache.ts"
import { parseToken } from "./internal/tokenOutput.ts"

/**
 * A shell command, or a program and its arguments.
 *
 * @since 0.1.0
 * @category models
 */
export type CommandLine = string | ReadonlyArray<string>

/**
 * A valid token.
 *
 * @since 0.1.0
 * @category models
 */
export interface Token {
  readonly token: Redacted.Redacted<string>
  /** What was removed around the token. */
  readonly leftOut: ReadonlyArray<Wrapping>
}

/**
 * Gets tokens from the command.
 *
 * @since 0.1.0
 * @category models
 */
export interface Service {
  /**
   * Returns a token that is not about to expire and is not the `refused` one. The command is run only if no such token is cached, by this or another
   * process; concurrent callers share one run. Fails with `TokenCommand` if the command fails, takes too long or does not print a token; with
   * `Malformed` if HTTP headers can't contain the token; and with `StoreIO` or `Locked` if the token can't be cached.
   */
  readonly token: (
    command: Setting<CommandLine>,
    refused?: Redacted.Redacted<string>
  ) => Effect.Effect<Token, AuthError>
}

/**
 * Gets tokens from the command.
 *
 * @since 0.1.0
 * @category services
 */
export class TokenCommand extends Context.Tag("@altimate-code/auth/TokenCommand")<TokenCommand, Service>() {}

/**
 * How the command is run.
 *
 * @since 0.1.0
 * @category models
 */
export interface Options {
  /** The command's environment. `AWS_BEARER_TOKEN_BEDROCK` is removed from it. */
  readonly environment: Readonly<Record<string, string | undefined>>
  /** Receives the command's stderr line by line, as it arrives. It may contain the URL of a login page. */
  readonly onStderr?: (line: string) => Effect.Effect<void>
  /** 3 minutes by default, because the user may have to sign in with a browser. */
  readonly timeLimit?: Duration.DurationInput
}

/** In characters. A message can contain a line of the command's stderr. */
const maxMessageLength = 400

/**
 * Runs the command in its own process group and without input. The output is the token, or JSON such as
 * `{"token": "…", "expiresAt": "2026-11-23T12:00:00Z"}`. A token expires at `expiresAt`, at the `exp` of a JWT, or after five minutes, and is
 * replaced shortly before. It is cached in `token-cache.json` in the data directory (mode 0600), which all processes of the user share, and
 * registered with `Secrets`.
 *
 * @since 0.1.0
 * @category constructors
 */
export const make = (
  options: Options
): Effect.Effect<Service, never, FileSystem.FileSystem | Path.Path | Directories> =>
  Effect.gen(function*() {
    const context = yield* Effect.context<FileSystem.FileSystem | Path.Path>()
    const path = yield* Path.Path
    const { data } = yield* Directories
    const secrets = yield* Secrets
    const file = path.join(data, "token-cache.json")
    const timeLimit = Duration.decode(options.timeLimit ?? "3 minutes")
    const inMemory = new Map<string, TokenCache.Entry>()
    const runExclusively = yield* Effect.makeSemaphore(1)

    /** A cache that can't be read is ignored. */
    const readCache = privateFile.read(file).pipe(
      Effect.map((text): TokenCache.TokenCache => Option.isNone(text) ? {} : TokenCache.parse(text.value)),
      Effect.orElseSucceed((): TokenCache.TokenCache => ({}))
    )

    const runAndParse = (command: Setting<CommandLine>) =>
      Effect.gen(function*() {
        const toAuthError = (reason: "Malformed" | "TokenCommand", message: string) =>
          new AuthError({
            reason,
            message: `tokenCommand, ${describe(command.origin)}: ${secrets.mask(message).slice(0, maxMessageLength)}`,
            source: "command"
          })
        yield* logDecision("running tokenCommand")
        const output = yield* runCommand(command.value, {
          timeLimit,
          environment: options.environment,
          onStderr: (line) => options.onStderr?.(secrets.mask(line)) ?? Effect.void
        }).pipe(Effect.mapError(({ message }) => toAuthError("TokenCommand", message)))
        const now = yield* Clock.currentTimeMillis
        const entry = yield* Effect.mapError(
          parseToken(output, now),
          ({ isMalformed, message }) => toAuthError(isMalformed ? "Malformed" : "TokenCommand", message)
        )
        yield* secrets.register(entry.token)
        return entry
      })

    const token = Effect.fn("TokenCommand.token")(
      function*(command: Setting<CommandLine>, refused?: Redacted.Redacted<string>) {
        const key = createHash("sha256").update(JSON.stringify(command.value)).digest("hex")
        const findUsable = (entry: TokenCache.Entry | undefined) =>
          Effect.map(Clock.currentTimeMillis, (now) =>
            Option.fromNullable(entry).pipe(
              Option.filter(({ renewAt, token }) =>
                now < renewAt && (refused === undefined || Redacted.value(token) !== Redacted.value(refused))
              ),
              Option.map(({ leftOut, token }): Token => ({ token, leftOut }))
            ))
        const own = yield* findUsable(inMemory.get(key))
        if (Option.isSome(own)) return own.value

        const { replace } = yield* privateFile.lock(file, Duration.sum(timeLimit, privateFile.lockWait))
        const entries = yield* readCache
        const stored = entries[key]
        const shared = yield* findUsable(stored)
        if (stored !== undefined && Option.isSome(shared)) {
          yield* secrets.register(stored.token)
          inMemory.set(key, stored)
          return shared.value
        }
        const entry = yield* runAndParse(command)
        inMemory.set(key, entry)
        const now = yield* Clock.currentTimeMillis
        yield* replace(TokenCache.encode({ ...TokenCache.removeExpired(entries, now), [key]: entry }))
        return { token: entry.token, leftOut: entry.leftOut }
      },
      Effect.scoped,
      Effect.annotateLogs("service", "auth"),
      runExclusively.withPermits(1),
      Effect.provide(context)
    )

    return { token }
  })

/**
 * See {@link make}.
 *
 * @since 0.1.0
 * @category layers
 */
export const layer = (
  options: Options
): Layer.Layer<TokenCommand, never, FileSystem.FileSystem | Path.Path | Directories> =>
  Layer.effect(TokenCommand, make(options))
