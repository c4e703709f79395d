/**
 * Short-lived bearer tokens from a command of the user's.
 *
 * @since 0.1.0
 */
import { Directories } from "@altimate-code/config/Directories"
import { describe, type Setting } from "@altimate-code/config/Origin"
import { Secrets } from "@altimate-code/log/Secrets"
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
 * A line for the shell, or a program and its arguments.
 *
 * @since 0.1.0
 * @category models
 */
export type Line = string | ReadonlyArray<string>

/**
 * A token that a request can carry.
 *
 * @since 0.1.0
 * @category models
 */
export interface Token {
  readonly token: Redacted.Redacted<string>
  /** What was around it. */
  readonly leftOut: ReadonlyArray<Wrapping>
}

/**
 * Asks the command for a token.
 *
 * @since 0.1.0
 * @category models
 */
export interface Service {
  /**
   * A token that is not about to expire and is not the one that was `refused`. The command is run only when neither this process
   * nor another one has such a token; whoever asks meanwhile waits for the same answer. Fails with `TokenCommand` when the command
   * fails, takes too long or prints something else, with `Malformed` when no request can carry what it prints; with `StoreIO` or `Locked` when the token can't be kept.
   */
  readonly token: (
    command: Setting<Line>,
    refused?: Redacted.Redacted<string>
  ) => Effect.Effect<Token, AuthError>
}

/**
 * Asks the command for a token.
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
  /** Gets what the command says on stderr, line by line as it comes: a command that logs in says there where to. */
  readonly say?: (line: string) => Effect.Effect<void>
  /** 3 minutes unless given: a person may have to log in in a browser. */
  readonly timeLimit?: Duration.DurationInput
}

/** Of what the command says when it fails, in characters. */
const mostWords = 400

/**
 * Runs the command in a process group of its own and without an input. Its output is the token, or JSON such as
 * `{"token": "…", "expiresAt": "2026-11-23T12:00:00Z"}`. A token lives until `expiresAt`, else as long as a JWT says (`exp`), else
 * five minutes; it is replaced a little before. It is kept in `token-cache.json` in the data directory (0600), for other processes of
 * the same user, and registered with `Secrets`.
 *
 * @since 0.1.0
 * @category layers
 */
export const layer = (
  options: Options = {}
): Layer.Layer<TokenCommand, never, FileSystem.FileSystem | Path.Path | Directories | Secrets> =>
  Layer.effect(
    TokenCommand,
    Effect.gen(function*() {
      const context = yield* Effect.context<FileSystem.FileSystem | Path.Path>()
      const path = yield* Path.Path
      const { data } = yield* Directories
      const secrets = yield* Secrets
      const file = path.join(data, "token-cache.json")
      const timeLimit = Duration.decode(options.timeLimit ?? "3 minutes")
      const known = new Map<string, TokenCache.Entry>()
      const oneAtATime = yield* Effect.makeSemaphore(1)

      /** A cache that can't be read is as good as none. */
      const cached = privateFile.read(file).pipe(
        Effect.map((text): TokenCache.TokenCache => Option.isNone(text) ? {} : TokenCache.parse(text.value)),
        Effect.orElseSucceed((): TokenCache.TokenCache => ({}))
      )

      const obtained = (command: Setting<Line>) =>
        Effect.gen(function*() {
          const failed = (message: string, hint: string, reason: AuthError["reason"] = "TokenCommand") =>
            new AuthError({
              reason,
              message: `tokenCommand, ${describe(command.origin)}: ${secrets.mask(message).slice(0, mostWords)}`,
              hint
            })
          yield* Effect.logInfo("running tokenCommand")
          const output = yield* runCommand(command.value, {
            timeLimit,
            say: (line) => options.say?.(secrets.mask(line)) ?? Effect.void
          }).pipe(Effect.mapError((what) => failed(what, "Run the command by hand to see why, or correct it.")))
          const now = yield* Clock.currentTimeMillis
          const entry = yield* Effect.mapError(parseToken(output, now), ({ isMalformed, what }) =>
            failed(
              what,
              "It has to print the token alone, or {\"token\": \"…\", \"expiresAt\": \"2026-11-23T12:00:00Z\"}.",
              isMalformed ? "Malformed" : "TokenCommand"
            ))
          yield* secrets.register(entry.token)
          return entry
        })

      const token = Effect.fn("TokenCommand.token")(
        function*(command: Setting<Line>, refused?: Redacted.Redacted<string>) {
          const key = createHash("sha256").update(JSON.stringify(command.value)).digest("hex")
          const usable = (entry: TokenCache.Entry | undefined) =>
            Effect.map(Clock.currentTimeMillis, (now) =>
              Option.fromNullable(entry).pipe(
                Option.filter(({ renewAt, token }) =>
                  now < renewAt && (refused === undefined || Redacted.value(token) !== Redacted.value(refused))
                ),
                Option.map(({ leftOut, token }): Token => ({ token, leftOut }))
              ))
          const remembered = yield* usable(known.get(key))
          if (Option.isSome(remembered)) return remembered.value

          const { replace } = yield* privateFile.lock(file, Duration.sum(timeLimit, privateFile.lockWait))
          const entries = yield* cached
          const others = entries[key]
          const fresh = yield* usable(others)
          if (others !== undefined && Option.isSome(fresh)) {
            yield* secrets.register(others.token)
            known.set(key, others)
            return fresh.value
          }
          const entry = yield* obtained(command)
          known.set(key, entry)
          const now = yield* Clock.currentTimeMillis
          yield* replace(TokenCache.encode({ ...TokenCache.living(entries, now), [key]: entry }))
          return { token: entry.token, leftOut: entry.leftOut }
        },
        Effect.scoped,
        Effect.annotateLogs("service", "auth"),
        oneAtATime.withPermits(1),
        Effect.provide(context)
      )

      return { token }
    })
  )
