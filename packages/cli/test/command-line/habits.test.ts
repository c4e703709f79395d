import * as Sandbox from "@altimate-code/sandbox/Sandbox"
import * as NodeContext from "@effect/platform-node/NodeContext"
import { assert, describe, it, layer } from "@effect/vitest"
import * as Effect from "effect/Effect"
import { mkdirSync, mkdtempSync, realpathSync, rmSync, writeFileSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { commands } from "../../src/Cli.ts"
import * as Argv from "../../src/command-line/argv.ts"
import { nameOf } from "../../src/command-line/commandTree.ts"
import { globalOptions } from "../../src/command-line/globalOptions.ts"
import { decode } from "../../src/command-line/parameter.ts"
import * as WorkingDirectory from "../../src/command-line/workingDirectory.ts"
import { guideConfig, makeHome } from "../BuiltCli.ts"
import { keys, open } from "../Terminal.ts"

const enter = (args: ReadonlyArray<string>) =>
  Effect.gen(function*() {
    const argv = yield* Argv.parse(args, commands)
    const globals = yield* decode(globalOptions, { ...argv, words: [] }, nameOf(argv.path))
    yield* WorkingDirectory.enter(argv, globals)
  }).pipe(Effect.provide(NodeContext.layer))

/** The directory that a command line enters, or the error, in a directory that contains `sub/inner` and `file.txt`. */
const entered = (...args: ReadonlyArray<string>) =>
  Effect.acquireUseRelease(
    Effect.sync(() => {
      const before = process.cwd()
      const root = realpathSync(mkdtempSync(join(tmpdir(), "altimate-code-directory-")))
      mkdirSync(join(root, "sub/inner"), { recursive: true })
      mkdirSync(join(root, "run"))
      writeFileSync(join(root, "file.txt"), "")
      process.chdir(root)
      return { before, root }
    }),
    ({ root }) =>
      Effect.match(enter(args), {
        onFailure: ({ hint, message }) => `${message} ${hint}`,
        onSuccess: () => process.cwd().replace(root, "")
      }),
    ({ before, root }) =>
      Effect.sync(() => {
        process.chdir(before)
        rmSync(root, { recursive: true })
      })
  )

describe("The directory of a command line", () => {
  it.effect("is the screen's argument, or --dir of any command", () =>
    Effect.gen(function*() {
      assert.strictEqual(yield* entered(), "")
      assert.strictEqual(yield* entered("sub"), "/sub")
      assert.strictEqual(yield* entered("sub/inner/..", "-c"), "/sub")
      assert.strictEqual(yield* entered("./run"), "/run")
      assert.strictEqual(yield* entered("run"), "")
      assert.strictEqual(yield* entered("--", "run"), "/run")
      assert.strictEqual(yield* entered("run", "--dir", "sub", "inner"), "/sub")
      assert.strictEqual(yield* entered("--dir=sub", "inner"), "/sub/inner")
    }))

  it.effect("must exist", () =>
    Effect.gen(function*() {
      assert.strictEqual(
        yield* entered("./nope"),
        "The directory \"./nope\" does not exist. Correct the path, or create the directory first."
      )
      assert.match(yield* entered("config", "show", "--dir", "nope"), /^The directory "nope" does not exist\./)
      assert.strictEqual(
        yield* entered("file.txt"),
        "The directory \"file.txt\" cannot be entered: it is not a directory. To attach a file: altimate-code run --file \"file.txt\" \"…\""
      )
      assert.match(yield* entered(`./${"x".repeat(300)}`), /its name is too long/)
    }))

  it.effect("is not confused with a mistyped command, another tool's command or a prompt", () =>
    Effect.gen(function*() {
      assert.match(
        yield* entered("rnu"),
        /^altimate-code: unknown command "rnu"\. Did you mean run\?/
      )
      assert.match(yield* entered("serve"), /unknown command "serve".*There is no server/)
      assert.match(yield* entered("why does it fail?"), /For one task: altimate-code run "…"$/)
      assert.match(yield* entered("fix", "the", "tests"), /unknown command "fix".*For one task: altimate-code run "…"$/)
    }))
})

const token = { AWS_BEARER_TOKEN_BEDROCK: "habits-token" }

// A terminal takes real time.
layer(NodeContext.layer, { excludeTestServices: true })("The built command", (it) => {
  it.scoped("works in the given directory and sets the title of a session", () =>
    Effect.gen(function*() {
      const sandbox = yield* Sandbox.make({ prefix: "/bedrock/v1" })
      const { home, run, writeGlobalConfig } = yield* makeHome
      const shop = join(home, "shop")
      mkdirSync(shop)
      writeFileSync(join(shop, "AGENTS.md"), "Prices are in cents.")
      yield* writeGlobalConfig(guideConfig(sandbox.url))

      const first = yield* run(["-p", "first question", "--dir", "shop", "--title", "The cart"], { env: token })
      assert.strictEqual(first.code, 0, first.stderr)
      const [request] = yield* sandbox.requests
      assert.include(request!.rawBody, "Prices are in cents.")

      const screen = yield* open(["shop", "-c"], { home, env: token })
      yield* screen.see("first question")
      yield* screen.write(keys.ctrl("d"))
      assert.strictEqual(yield* screen.exited, 0)

      const renamed = yield* run(["run", "--dir", "shop", "-c", "--title", "The sum", "second question"], {
        env: token
      })
      assert.strictEqual(renamed.code, 0, renamed.stderr)
      const { stdout } = yield* run(["session", "ls", "--format", "json"])
      const sessions = JSON.parse(stdout) as ReadonlyArray<Record<string, unknown>>
      assert.deepStrictEqual(sessions.map(({ directory, title, turns }) => ({ directory, title, turns })), [
        { directory: shop, title: "The sum", turns: 2 }
      ])
    }))
})
