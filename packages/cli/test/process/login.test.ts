import * as NodeContext from "@effect/platform-node/NodeContext"
import * as FileSystem from "@effect/platform/FileSystem"
import { assert, layer } from "@effect/vitest"
import { type IPty, spawn } from "@lydell/node-pty"
import * as Effect from "effect/Effect"
import { bin, codeCache, makeHome, node } from "../BuiltCli.ts"

/** `auth login` in a real terminal; `answer` is called once the question is on the screen. */
const loginInTerminal = (home: string, answer: (terminal: IPty) => void) =>
  Effect.async<{ screen: string; code: number }>((resume) => {
    const terminal = spawn(node, [bin, "auth", "login"], {
      cols: 100,
      rows: 30,
      cwd: home,
      env: { PATH: process.env["PATH"]!, HOME: home, XDG_CACHE_HOME: codeCache, TERM: "xterm-256color" }
    })
    let screen = ""
    let answered = false
    terminal.onData((data) => {
      screen += data
      if (!answered && screen.includes("bearer token")) {
        answered = true
        answer(terminal)
      }
    })
    terminal.onExit(({ exitCode }) => resume(Effect.succeed({ screen, code: exitCode })))
    return Effect.sync(() => terminal.kill("SIGKILL"))
  })

layer(NodeContext.layer)("auth login", (it) => {
  it.scoped("prompts in a terminal without showing typed or pasted text", () =>
    Effect.gen(function*() {
      const fs = yield* FileSystem.FileSystem
      const home = yield* makeHome
      const token = `typed-token-${"0123456789abcdef".repeat(20)}`
      const { code, screen } = yield* loginInTerminal(home.home, (terminal) => terminal.write(`${token}\r`))
      assert.strictEqual(code, 0, screen)
      assert.include(screen, home.authFile)
      for (const piece of token.match(/.{8}/g)!) assert.notInclude(screen, piece)
      assert.include(yield* fs.readFileString(home.authFile), JSON.stringify(token))
    }))

  it.scoped("stores nothing if the prompt is ended with Ctrl-C", () =>
    Effect.gen(function*() {
      const fs = yield* FileSystem.FileSystem
      const home = yield* makeHome
      const { code, screen } = yield* loginInTerminal(home.home, (terminal) => terminal.write("half\u0003"))
      assert.strictEqual(code, 130, screen)
      assert.notInclude(screen, "error")
      assert.isFalse(yield* fs.exists(home.authFile))
    }))

  it.scoped("explains that it needs a pipe or a terminal", () =>
    Effect.gen(function*() {
      const home = yield* makeHome
      const result = yield* home.spawn(["auth", "login"])
      assert.strictEqual(result.code, 2)
      assert.match(result.stderr, /no token.*\n.*terminal.*pipe/)
    }))

  it.scoped("rejects text that can't be a token, and explains why", () =>
    Effect.gen(function*() {
      const fs = yield* FileSystem.FileSystem
      const home = yield* makeHome
      for (
        const [stdin, words] of [
          [" \n", "no token"],
          ["two\u00a0words", "a no-break space (U+00A0) at position 4"],
          [Buffer.from("\uFEFFtoken", "utf16le"), "UTF-16"]
        ] as const
      ) {
        const result = yield* home.spawn(["auth", "login"], { stdin })
        assert.strictEqual(result.code, 2, words)
        assert.include(result.stderr, words)
      }
      assert.isFalse(yield* fs.exists(home.authFile))
    }))

  it.scoped("stores the token without accidentally copied text", () =>
    Effect.gen(function*() {
      const fs = yield* FileSystem.FileSystem
      const home = yield* makeHome
      const result = yield* home.spawn(["auth", "login"], { stdin: "\"Bearer copied-token\"\r\n" })
      assert.strictEqual(result.code, 0, result.stderr)
      assert.include(
        result.stderr,
        "note: The token begins with \"Bearer\" and is in quotation marks: both are left out."
      )
      assert.deepEqual(JSON.parse(yield* fs.readFileString(home.authFile)), {
        "amazon-bedrock": { type: "api", key: "copied-token" }
      })
    }))

  it.scoped("says whether it replaced a token, and that it did not test it", () =>
    Effect.gen(function*() {
      const home = yield* makeHome
      const place = `the bearer token for Amazon Bedrock in ${home.authFile}.\n`
      const first = yield* home.spawn(["auth", "login"], { stdin: "first-token" })
      assert.strictEqual(first.stdout, `Stored ${place}`)
      assert.include(first.stderr, "altimate-code doctor")
      const second = yield* home.spawn(["auth", "login"], { stdin: "second-token" })
      assert.strictEqual(second.stdout, `Replaced ${place}`)
      const list = yield* home.spawn(["providers", "list"])
      assert.match(list.stdout, /Amazon Bedrock +amazon-bedrock +bearer token\n/)
    }))

  it.scoped("does not change a corrupt file, and reports the place of the error", () =>
    Effect.gen(function*() {
      const fs = yield* FileSystem.FileSystem
      const home = yield* makeHome
      yield* home.spawn(["auth", "login"], { stdin: "first-token" })
      const corrupt = "{\n  \"amazon-bedrock\": {\"type\":\"api\",\"key\":\"first-token\"\n"
      yield* fs.writeFileString(home.authFile, corrupt)
      const result = yield* home.spawn(["auth", "login"], { stdin: "second-token" })
      assert.strictEqual(result.code, 2)
      assert.match(result.stderr, /auth\.json:3:\d+/)
      assert.notInclude(result.stderr, "first-token")
      assert.strictEqual(yield* fs.readFileString(home.authFile), corrupt)
    }))
})
