import * as Sandbox from "@altimate-code/sandbox/Sandbox"
import * as NodeContext from "@effect/platform-node/NodeContext"
import { assert, layer } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as Redacted from "effect/Redacted"
import { existsSync, readdirSync, readFileSync, statSync, writeFileSync } from "node:fs"
import { join } from "node:path"
import { guideConfig, makeHome } from "../../BuiltCli.ts"
import { keys, open } from "../../Terminal.ts"

const canary = "command-canary-77ad"

/** A gateway that lets one token in, and a command that gives `…-1`, `…-2`, … and says so on stderr. */
const start = (accepted: number, options: Record<string, unknown> = {}) =>
  Effect.gen(function*() {
    const sandbox = yield* Sandbox.make({ auth: { bearer: [Redacted.make(`${canary}-${accepted}`)] } })
    const home = yield* makeHome
    const script = join(home.home, "get-token.sh")
    writeFileSync(
      script,
      `printf x >> ${home.home}/runs
n=$(wc -c < ${home.home}/runs | tr -d ' ')
echo "Log in at https://login.example/$n" >&2
sleep 0.3
echo "${canary}-$n"
`
    )
    yield* home.writeGlobalConfig(guideConfig(sandbox.url, { tokenCommand: ["sh", script], ...options }))
    const runs = () => existsSync(`${home.home}/runs`) ? readFileSync(`${home.home}/runs`, "utf8").length : 0
    const cache = join(home.home, ".local/share/altimate-code/token-cache.json")
    /** Everything that was written, except the cache, which contains tokens like auth.json. */
    const written = Effect.map(home.logs, (logs) => {
      const sessions = join(home.home, ".local/share/altimate-code/session")
      const files = existsSync(sessions) ? readdirSync(sessions).filter((name) => name.endsWith(".jsonl")) : []
      return logs + files.map((name) => readFileSync(join(sessions, name), "utf8")).join("")
    })
    return { sandbox, home, script, runs, cache, written, run: home.run(["run", "--no-tools", "hello"]) }
  })

layer(NodeContext.layer)("options.tokenCommand", (it) => {
  it.scoped("prints the token, shows its messages, and runs once for several starts", () =>
    Effect.gen(function*() {
      const { cache, run, runs, sandbox, written } = yield* start(1)
      const first = yield* run
      assert.strictEqual(first.code, 0, first.stderr)
      assert.include(first.stderr, "Log in at https://login.example/1\n")
      const second = yield* run
      assert.strictEqual(second.code, 0, second.stderr)
      assert.notInclude(second.stderr, "Log in")
      assert.strictEqual(runs(), 1)
      assert.strictEqual(statSync(cache).mode & 0o777, 0o600)
      assert.strictEqual((yield* sandbox.requests).length, 2)
      assert.notInclude(first.stdout + first.stderr + second.stdout + second.stderr + (yield* written), canary)
    }))

  it.scoped("runs once for two concurrent starts", () =>
    Effect.gen(function*() {
      const { run, runs } = yield* start(1)
      const results = yield* Effect.all([run, run, run], { concurrency: "unbounded" })
      assert.deepStrictEqual(results.map(({ code }) => code), [0, 0, 0], results.map(({ stderr }) => stderr).join())
      assert.strictEqual(runs(), 1)
    }))

  it.scoped("runs once more if its token is refused", () =>
    Effect.gen(function*() {
      const { run, runs, sandbox, written } = yield* start(2)
      const result = yield* run
      assert.strictEqual(result.code, 0, result.stderr)
      assert.strictEqual(runs(), 2)
      assert.lengthOf(yield* sandbox.requests, 2)
      assert.notInclude(result.stdout + result.stderr + (yield* written), canary)
    }))

  it.scoped("does not run forever if all its tokens are refused", () =>
    Effect.gen(function*() {
      const { run, runs, sandbox } = yield* start(9)
      const { code, stderr } = yield* run
      assert.strictEqual(code, 1)
      assert.match(stderr, /The bearer token from tokenCommand, .*altimate-code.json:\d+:\d+.* was refused/)
      assert.include(stderr, "Check that tokenCommand prints a token for this gateway.")
      assert.strictEqual(runs(), 2)
      assert.lengthOf(yield* sandbox.requests, 2)
    }))

  it.scoped("can be a shell command line, and does not run if another token takes precedence", () =>
    Effect.gen(function*() {
      const { home, run, runs, script } = yield* start(1, {})
      const other = yield* start(1, { tokenCommand: `sh ${script} | tr a a` })
      const result = yield* other.run
      assert.strictEqual(result.code, 0, result.stderr)
      const before = runs()
      yield* home.run(["run", "hello"], { env: { AWS_BEARER_TOKEN_BEDROCK: "mine" } })
      assert.strictEqual(runs(), before)
      const list = yield* home.run(["providers", "list"])
      assert.match(list.stdout, /uses: bearer token from tokenCommand, .*altimate-code.json:\d+:\d+/)
      assert.strictEqual(runs(), before)
      assert.isObject(run)
    }))

  it.scoped("that fails is reported with its place and the end of its output, and nothing is sent", () =>
    Effect.gen(function*() {
      const { run, sandbox } = yield* start(1, {
        tokenCommand: `echo ${canary}; echo 'no session: log in' >&2; exit 4`
      })
      const { code, stderr } = yield* run
      assert.strictEqual(code, 1)
      assert.match(stderr, /error: tokenCommand, .*altimate-code.json:\d+:\d+ .*: exit code 4: no session: log in/)
      assert.notInclude(stderr, canary)
      assert.lengthOf(yield* sandbox.requests, 0)
    }))

  it.scoped("shows on the screen where to log in, without corrupting the screen", () =>
    Effect.gen(function*() {
      const { home } = yield* start(1)
      const terminal = yield* open([], { home: home.home, env: { CI: "true" } })
      yield* terminal.see(/Log in at https:\/\/login.example\/1[^]*ready/)
      yield* terminal.write("hello")
      yield* terminal.see("hello")
      yield* terminal.write(keys.enter)
      yield* terminal.see(/Bedrock sandbox[^]*ready/)
      assert.notInclude(terminal.everything(), canary)
    }))
})
