import type { Setting } from "@altimate-code/config/Origin"
import * as Secrets from "@altimate-code/log/Secrets"
import * as NodeContext from "@effect/platform-node/NodeContext"
import * as FileSystem from "@effect/platform/FileSystem"
import { assert, describe, it, layer } from "@effect/vitest"
import type * as Clock from "effect/Clock"
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as Either from "effect/Either"
import * as fc from "effect/FastCheck"
import * as Fiber from "effect/Fiber"
import * as Layer from "effect/Layer"
import * as Logger from "effect/Logger"
import * as Redacted from "effect/Redacted"
import { existsSync, readFileSync, statSync, writeFileSync } from "node:fs"
import * as TokenCache from "../src/internal/tokenCache.ts"
import { parseToken } from "../src/internal/tokenOutput.ts"
import * as TokenCommand from "../src/TokenCommand.ts"
import { directories } from "./directories.ts"
import { temporary } from "./fixture.ts"

const now = Date.parse("2026-11-23T12:00:00Z")
const jwt = (payload: object) => `h.${Buffer.from(JSON.stringify(payload)).toString("base64url")}.s`

/** The token, and the number of seconds until it is replaced. */
const read = (output: string) =>
  Either.map(
    parseToken(Buffer.from(output), now),
    ({ renewAt, token }) => [Redacted.value(token), (renewAt - now) / 1000]
  )

describe("the output of a token command", () => {
  const good: ReadonlyArray<readonly [output: string, token: string, seconds: number]> = [
    ["abc\n", "abc", 270],
    [jwt({ exp: now / 1000 + 3600 }), jwt({ exp: now / 1000 + 3600 }), 3540],
    [jwt({ exp: "soon" }), jwt({ exp: "soon" }), 270],
    ["a.%%%.c", "a.%%%.c", 270],
    ["{\"token\":\"t\"}", "t", 270],
    ["{\"token\":\"t\",\"expiresAt\":\"2026-11-23T12:01:40Z\"}", "t", 90],
    [`{"token":"t","expiresAt":${now / 1000 + 100}}`, "t", 90],
    [`{"token":"t","expiresAt":${now + 100_000}}`, "t", 90],
    [`{"token":"${jwt({ exp: now / 1000 + 3600 })}","expiresAt":null}`, jwt({ exp: now / 1000 + 3600 }), 3540]
  ]
  for (const [output, token, seconds] of good) {
    it(`is a token for ${seconds} seconds: ${output.slice(0, 60).trim()}`, () =>
      assert.deepStrictEqual(Either.getOrThrow(read(output)), [token, seconds]))
  }

  it("may contain quotation marks or a scheme, which are removed and recorded", () => {
    for (const [output, leftOut] of [["\"abc\"\n", "quotes"], ["{\"token\":\"Bearer abc\"}", "scheme"]] as const) {
      const entry = Either.getOrThrow(parseToken(Buffer.from(output), now))
      assert.deepStrictEqual([Redacted.value(entry.token), entry.leftOut], ["abc", [leftOut]])
      const cached = TokenCache.parse(TokenCache.encode({ key: entry }))["key"]!
      assert.deepStrictEqual([Redacted.value(cached.token), cached.leftOut], ["abc", [leftOut]])
    }
  })

  const bad: ReadonlyArray<readonly [output: string, words: string]> = [
    ["", "nothing"],
    ["  \n", "nothing"],
    ["two words", "has a space at position 4"],
    ["two\nlines", "has a line break at position 4"],
    ["<html><body>Log in</body></html>", "has a space at position 16"],
    ["t\u001b[31mk", "has a control character (U+001B) at position 2"],
    ["\"\"", "is empty apart from quotation marks"],
    ["{\"token\"", "invalid JSON"],
    ["{\"tok\":\"t\"}", "without a string \"token\""],
    ["{\"token\":\"\"}", "is empty"],
    ["{\"token\":\"to\\u200bken\"}", "has a zero-width space (U+200B) at position 3"],
    ["t\0o\0k\0", "UTF-16"],
    ["{\"token\":\"t\",\"expiresAt\":\"soon\"}", "not a time"],
    ["{\"token\":\"t\",\"expiresAt\":\"2026-11-23T11:00:00Z\"}", "expired at 2026-11-23T1"],
    [jwt({ exp: now / 1000 - 1 }), "expired at 2026-11-23T1"]
  ]
  for (const [output, words] of bad) {
    it(`is not a token: ${JSON.stringify(output.slice(0, 50))}`, () => {
      const { message } = Either.getOrThrow(Either.flip(parseToken(Buffer.from(output), now)))
      assert.include(message, words)
    })
  }

  it("is always parsed to a valid token or an error", () => {
    fc.assert(fc.property(fc.oneof(fc.string(), fc.json(), fc.json().map((json) => `{"token":${json}}`)), (output) => {
      const parsed = parseToken(Buffer.from(output), now)
      if (Either.isRight(parsed)) {
        assert.match(Redacted.value(parsed.right.token), /^[\x21-\x7e]+$/)
        assert.isAbove(parsed.right.renewAt, now)
      } else assert.isString(parsed.left.message)
    }))
  })

  it("is cached in a file whose content may be invalid", () => {
    fc.assert(fc.property(fc.oneof(fc.string(), fc.json()), (text) => {
      for (const { renewAt, token } of Object.values(TokenCache.parse(text))) {
        assert.isNumber(renewAt)
        assert.isString(Redacted.value(token))
      }
    }))
  })
})

const line = (value: TokenCommand.CommandLine): Setting<TokenCommand.CommandLine> => ({
  value,
  origin: { _tag: "Inline", variable: "ALTIMATE_CLI_CONFIG_CONTENT", line: 3, column: 7, key: "" }
})

/** Processes of one user, which share only files. */
const make = Effect.gen(function*() {
  const home = yield* temporary
  const stderr: Array<string> = []
  const process = (options: Partial<TokenCommand.Options> = {}) =>
    Effect.map(
      Layer.build(
        TokenCommand.layer({
          environment: globalThis.process.env,
          onStderr: (line) => Effect.sync(() => void stderr.push(line)),
          ...options
        }).pipe(
          Layer.provideMerge(Secrets.layer),
          Layer.provide(directories(home))
        )
      ),
      (context) => ({
        token: (value: TokenCommand.CommandLine, refused?: string) =>
          Effect.flatMap(TokenCommand.TokenCommand, ({ token }) =>
            token(line(value), refused === undefined ? undefined : Redacted.make(refused))).pipe(
              Effect.map(({ token }) =>
                Redacted.value(token)
              ),
              Effect.provide(context)
            ),
        mask: (text: string) => Effect.map(Secrets.Secrets, ({ mask }) => mask(text)).pipe(Effect.provide(context))
      })
    )
  const runs = () => existsSync(`${home}/runs`) ? readFileSync(`${home}/runs`, "utf8").length : 0
  /** Prints `token-1`, `token-2`, …. */
  const counting = `printf x >> ${home}/runs; echo token-$(wc -c < ${home}/runs | tr -d ' ')`
  return { home, stderr, process, runs, counting, cache: `${home}/.local/share/altimate-code/token-cache.json` }
})

/** Runs the effect as if this time had passed. Commands and their time limits still use real time. */
const after = (time: Duration.DurationInput) => <A, E, R>(effect: Effect.Effect<A, E, R>) =>
  Effect.clockWith((clock) =>
    Effect.withClock(
      effect,
      Object.assign(Object.create(clock) as Clock.Clock, {
        currentTimeMillis: Effect.map(clock.currentTimeMillis, (now) => now + Duration.toMillis(time))
      })
    )
  )

const isAlive = (pid: number) => {
  try {
    return process.kill(pid, 0)
  } catch {
    return false
  }
}

layer(Layer.merge(NodeContext.layer, Logger.remove(Logger.defaultLogger)), { excludeTestServices: true })(
  "a token command",
  (it) => {
    it.scoped("is run once for concurrent callers in this process and others", () =>
      Effect.gen(function*() {
        const { cache, counting, process, runs } = yield* make
        const one = yield* process()
        const other = yield* process()
        const tokens = yield* Effect.all([one, one, other, other].map(({ token }) => token(counting)), {
          concurrency: "unbounded"
        })
        assert.deepStrictEqual(tokens, ["token-1", "token-1", "token-1", "token-1"])
        assert.strictEqual(runs(), 1)
        assert.strictEqual(yield* (yield* process()).token(counting), "token-1")
        assert.strictEqual(statSync(cache).mode & 0o777, 0o600)
        assert.strictEqual(yield* one.mask("Bearer token-1"), "Bearer <redacted>")
        assert.strictEqual(yield* other.mask("Bearer token-1"), "Bearer <redacted>")
      }))

    it.scoped("does not get the program's own token in its environment, and a secret that it prints is never shown, not even partly", () =>
      Effect.gen(function*() {
        const { home, process: start } = yield* make
        yield* Effect.acquireRelease(
          Effect.sync(() => void (process.env["AWS_BEARER_TOKEN_BEDROCK"] = "canary")),
          () => Effect.sync(() => void delete process.env["AWS_BEARER_TOKEN_BEDROCK"])
        )
        const { token } = yield* start()
        yield* token(`env > ${home}/env; echo a-first-token`)
        assert.notInclude(readFileSync(`${home}/env`, "utf8"), "canary")
        // The message is cut after 400 characters.
        const { message } = yield* Effect.flip(token(`printf '%0390d' 0 >&2; echo a-first-token >&2; exit 1`))
        assert.notMatch(message, /a-fir/)
      }))

    it.scoped("is run again after a refusal, unless another process already has", () =>
      Effect.gen(function*() {
        const { counting, process, runs } = yield* make
        const one = yield* process()
        const other = yield* process()
        yield* one.token(counting)
        yield* other.token(counting)
        assert.strictEqual(yield* one.token(counting, "token-1"), "token-2")
        assert.strictEqual(yield* other.token(counting, "token-1"), "token-2")
        assert.strictEqual(runs(), 2)
        assert.strictEqual(yield* other.token(counting), "token-2")
      }))

    it.scoped("is run again one minute before the token expires", () =>
      Effect.gen(function*() {
        const { home, process } = yield* make
        const { token } = yield* process()
        const expiresAt = new Date(Date.now() + 60 * 60_000).toISOString()
        const script = `${home}/script.sh`
        writeFileSync(
          script,
          `printf x >> ${home}/runs\nn=$(wc -c < ${home}/runs | tr -d ' ')\nprintf '{"token":"t%s","expiresAt":"${expiresAt}"}' $n\n`
        )
        assert.strictEqual(yield* token(["sh", script]), "t1")
        assert.strictEqual(yield* token(["sh", script]).pipe(after("58 minutes")), "t1")
        assert.strictEqual(yield* token(["sh", script]).pipe(after("59.5 minutes")), "t2")
        assert.strictEqual(readFileSync(`${home}/runs`, "utf8"), "xx")
      }))

    it.scoped("receives its arguments unchanged; a command line is run by the shell", () =>
      Effect.gen(function*() {
        const { process } = yield* make
        const { token } = yield* process()
        assert.strictEqual(yield* token(["echo", "$HOME;x"]), "$HOME;x")
        assert.strictEqual(yield* token("printf '%s' a | tr a b"), "b")
      }))

    it.scoped("has its stderr reported as it arrives, without secrets", () =>
      Effect.gen(function*() {
        const { home, process, stderr } = yield* make
        const { token } = yield* process()
        const fiber = yield* Effect.fork(
          token(
            `echo 'Log in at https://login.example' >&2; while [ ! -e ${home}/go ]; do sleep 0.02; done; printf 'do' >&2; printf 'ne' >&2; echo tok`
          )
        )
        yield* Effect.repeat(Effect.sleep("20 millis"), { until: () => stderr.length > 0, times: 5000 })
        assert.deepStrictEqual(stderr, ["Log in at https://login.example"])
        writeFileSync(`${home}/go`, "")
        assert.strictEqual(yield* Fiber.join(fiber), "tok")
        assert.deepStrictEqual(stderr, ["Log in at https://login.example", "done"])
      }))

    it.scoped("fails with its last line of stderr and its origin, but without its output", () =>
      Effect.gen(function*() {
        const { cache, process } = yield* make
        const { token } = yield* process()
        const failures = [
          ["echo secret-output; echo first >&2; echo 'no session' >&2; exit 3", "exit code 3: no session"],
          ["kill -9 $$", "ended by SIGKILL"],
          ["head -c 100000 /dev/zero | tr '\\0' a", "far more than a token"],
          ["no-such-program-here", "exit code 127"]
        ] as const
        for (const [command, words] of failures) {
          const error = yield* Effect.flip(token(command))
          assert.strictEqual(error.reason, "TokenCommand")
          assert.include(error.message, words)
          assert.include(error.message, "tokenCommand, ALTIMATE_CLI_CONFIG_CONTENT:3:7: ")
          assert.notInclude(JSON.stringify(error), "secret-output")
        }
        const malformed = yield* Effect.flip(token("printf 'secret-output\\nmore'"))
        assert.strictEqual(malformed.reason, "Malformed")
        assert.include(malformed.message, "the printed token has a line break at position 14")
        assert.notInclude(JSON.stringify(malformed), "secret-output")
        assert.include((yield* Effect.flip(token(["/no/such/program"]))).message, "can't be started")
        assert.isFalse(existsSync(cache))
      }))

    it.scoped("is killed with its child processes after the time limit or an interruption", () =>
      Effect.gen(function*() {
        const fs = yield* FileSystem.FileSystem
        const { home, process } = yield* make
        const hanging = `sleep 60 & echo $! > ${home}/pid; sleep 60`
        const pid = Effect.map(
          Effect.retry(
            Effect.filterOrFail(fs.readFileString(`${home}/pid`), (text) => text.endsWith("\n")),
            { times: 5000, while: () => Effect.as(Effect.sleep("10 millis"), true) }
          ),
          Number
        )
        const slow = yield* process({ timeLimit: "1 second" })
        const error = yield* Effect.flip(slow.token(hanging))
        assert.include(error.message, "no token within 1s")
        assert.isFalse(isAlive(yield* pid))

        yield* fs.remove(`${home}/pid`)
        const interrupted = yield* process()
        const fiber = yield* Effect.fork(interrupted.token(hanging))
        const started = yield* pid
        yield* Fiber.interrupt(fiber)
        assert.isFalse(isAlive(started))
        // The lock has been released.
        assert.strictEqual(yield* interrupted.token("echo next"), "next")
      }))

    it.scoped("is not waited for after it has exited, even if its children still run", () =>
      Effect.gen(function*() {
        const { process } = yield* make
        const { token } = yield* process({ timeLimit: "1 minute" })
        assert.strictEqual(yield* token("sleep 90 & echo tok"), "tok")
      }))

    it.scoped("is run despite a broken cache, which is replaced", () =>
      Effect.gen(function*() {
        const fs = yield* FileSystem.FileSystem
        const { cache, home, process } = yield* make
        yield* fs.makeDirectory(`${home}/.local/share/altimate-code`, { recursive: true })
        for (const broken of ["{", "[]", "{\"x\":1}", "\u0000"]) {
          writeFileSync(cache, broken)
          const { token } = yield* process()
          assert.strictEqual(yield* token("echo tok"), "tok")
          assert.lengthOf(Object.keys(JSON.parse(readFileSync(cache, "utf8")) as object), 1)
        }
      }))
  }
)
