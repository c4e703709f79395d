import * as Sandbox from "@altimate-code/sandbox/Sandbox"
import * as NodeContext from "@effect/platform-node/NodeContext"
import { assert, layer } from "@effect/vitest"
import * as Effect from "effect/Effect"
import { mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs"
import { dirname, join } from "node:path"
import { makeHome } from "../BuiltCli.ts"
import { open } from "../Terminal.ts"

const token = { AWS_BEARER_TOKEN_BEDROCK: "misplaced-canary-token" }

/** A home whose configuration has the gateway's URL in a place that is not read. */
const start = (config: (url: string) => Record<string, unknown>) =>
  Effect.gen(function*() {
    const sandbox = yield* Sandbox.make({})
    const home = yield* makeHome
    const file = join(home.home, ".config/altimate-code/altimate-code.json")
    yield* home.writeGlobalConfig({ model: "amazon-bedrock/claude-prod", ...config(sandbox.url) })
    return { sandbox, home, file }
  })

const bedrock = (baseURL: string) => ({ provider: { bedrock: { options: { baseURL, region: "eu-west-1" } } } })

/** Reading it would be another failure. */
const breakCredentials = (authFile: string) => {
  mkdirSync(dirname(authFile), { recursive: true })
  writeFileSync(authFile, "{")
}

const linesOf = (stderr: string) => JSON.parse(stderr.slice(stderr.indexOf("{"), stderr.lastIndexOf("}") + 1))

layer(NodeContext.layer)("a gateway's URL in a place that is not read", (it) => {
  for (const args of [["run", "hello"], ["doctor"], ["doctor", "--format", "json"]]) {
    it.scoped(`ends altimate-code ${args.join(" ")} before any credential is read, and shows the lines to write`, () =>
      Effect.gen(function*() {
        const { file, home, sandbox } = yield* start(bedrock)
        breakCredentials(home.authFile)
        const { code, stderr, stdout } = yield* home.run(args)
        assert.strictEqual(code, 2, stderr)
        assert.include(
          stderr,
          `error: ${file}:6:9: the gateway's URL is in provider.bedrock.options.baseURL, where it has no effect`
        )
        assert.strictEqual(stderr.match(/where it has no effect/g)!.length, 1)
        assert.notInclude(stderr, "auth.json")
        if (args[0] === "doctor" && args.length === 1) {
          assert.include(stdout, "✗ configuration")
          assert.include(stdout, "provider.bedrock.options.baseURL, where it has no effect")
        }
        assert.deepStrictEqual(yield* sandbox.requests, [])

        // What it says to write works.
        const options = { baseURL: sandbox.url, region: "eu-west-1" }
        assert.deepStrictEqual(linesOf(stderr), { provider: { "amazon-bedrock": { options } } })
        yield* home.writeGlobalConfig({ model: "amazon-bedrock/claude-prod", ...linesOf(stderr) })
        const corrected = yield* home.run(["run", "hello"], { env: token })
        assert.deepStrictEqual([corrected.code, corrected.stderr], [0, ""])
        assert.lengthOf(yield* sandbox.requests, 1)
      }))
  }

  it.scoped("prevents the screen from opening", () =>
    Effect.gen(function*() {
      const { home, sandbox } = yield* start(bedrock)
      breakCredentials(home.authFile)
      const terminal = yield* open([], { home: home.home })
      assert.strictEqual(yield* terminal.exited, 2)
      assert.include(terminal.everything(), "where it has no effect")
      assert.deepStrictEqual(yield* sandbox.requests, [])
    }))

  it.scoped("is only a warning for commands that send nothing", () =>
    Effect.gen(function*() {
      const { home } = yield* start(bedrock)
      for (
        const args of [["config", "show"], ["config", "path"], ["providers", "list"], ["models"], [
          "models",
          "resolve",
          "x"
        ]]
      ) {
        const { code, stderr, stdout } = yield* home.run(args, { env: token })
        assert.strictEqual(code, 0, stderr)
        assert.isNotEmpty(stdout)
        assert.match(stderr, /^warning: .*provider\.bedrock\.options\.baseURL, where it has no effect.*\n/)
        assert.notInclude(stderr, "error:")
      }
    }))

  for (const name of ["AWS_ENDPOINT_URL_BEDROCK_RUNTIME", "AWS_ENDPOINT_URL"]) {
    it.scoped(`does not matter if ${name} applies`, () =>
      Effect.gen(function*() {
        const { home, sandbox } = yield* start(() => bedrock("https://elsewhere.example"))
        const result = yield* home.run(["run", "hello"], { env: { ...token, [name]: sandbox.url } })
        assert.strictEqual(result.code, 0, result.stderr)
        assert.match(
          result.stderr,
          /^warning: provider\.bedrock is not a known setting .*Did you mean amazon-bedrock\?.*\n$/
        )
        assert.lengthOf(yield* sandbox.requests, 1)

        const ignored = yield* home.run(["run", "hello"], {
          env: { ...token, [name]: sandbox.url, AWS_IGNORE_CONFIGURED_ENDPOINT_URLS: "true" }
        })
        assert.strictEqual(ignored.code, 2, ignored.stderr)
        assert.lengthOf(yield* sandbox.requests, 1)
      }))
  }

  it.scoped("is only a warning if another URL applies, and so are other providers' URLs", () =>
    Effect.gen(function*() {
      const { home, sandbox } = yield* start((baseURL) => ({
        provider: {
          "amazon-bedrock": { options: { baseURL } },
          openai: { options: { baseURL: "https://openai.example" } },
          ollama: { npm: "@ai-sdk/openai-compatible", options: { baseURL: "http://127.0.0.1:11434/v1" } }
        }
      }))
      const result = yield* home.run(["run", "hello"], { env: token })
      assert.strictEqual(result.code, 0, result.stderr)
      assert.match(
        result.stderr,
        /^warning: provider\.openai\.options\.baseURL .*provider\.ollama\.options\.baseURL .*: not used\..*\n$/
      )
      assert.lengthOf(yield* sandbox.requests, 1)
    }))

  it.scoped("is reported even in a project's untrusted file", () =>
    Effect.gen(function*() {
      const { home, sandbox } = yield* start(() => ({}))
      const cwd = join(home.home, "project")
      mkdirSync(join(cwd, ".git"), { recursive: true })
      writeFileSync(join(cwd, "altimate-code.json"), JSON.stringify(bedrock(sandbox.url)))
      const { code, stderr } = yield* home.run(["run", "hello"], { cwd, env: token })
      assert.strictEqual(code, 2)
      assert.include(stderr, `${join(cwd, "altimate-code.json")}:1:`)
      assert.deepStrictEqual(yield* sandbox.requests, [])
    }))

  it.scoped("does not reveal its secrets", () =>
    Effect.gen(function*() {
      const { home } = yield* start(() => bedrock("https://user:canary-pass@gw.example/x?key=canary-key"))
      for (const args of [["run", "hello"], ["doctor"], ["doctor", "--format", "json"], ["config", "show"]]) {
        const { stderr, stdout } = yield* home.run(args, { env: token })
        assert.notMatch(stdout + stderr, /canary/)
      }
      assert.notMatch(yield* home.logs, /canary/)
    }))
})

layer(NodeContext.layer)("permission rules", (it) => {
  it.scoped("in ALTIMATE_CLI_PERMISSION override those of the files, and write is a synonym of edit", () =>
    Effect.gen(function*() {
      const sandbox = yield* Sandbox.make({
        script: [
          { blocks: [{ type: "toolUse", toolUseId: "1", name: "write", input: { path: "made.txt", content: "x" } }] },
          { blocks: [{ type: "text", text: "Done." }] }
        ]
      })
      const home = yield* makeHome
      yield* home.writeGlobalConfig({
        model: "amazon-bedrock/claude-prod",
        provider: { "amazon-bedrock": { options: { baseURL: sandbox.url } } },
        permission: { edit: "allow" }
      })
      const env = { ...token, ALTIMATE_CLI_PERMISSION: JSON.stringify({ write: "deny" }) }
      const run = yield* home.run(["run", "--yolo", "hello"], { env })
      assert.strictEqual(run.code, 0, run.stderr)
      assert.notInclude(readdirSync(home.home), "made.txt")
      const show = yield* home.run(["config", "show"], { env })
      assert.match(show.stdout, /permission\.write +"deny" +ALTIMATE_CLI_PERMISSION/)
      const wrong = yield* home.run(["run", "hello"], { env: { ...token, ALTIMATE_CLI_PERMISSION: "canary" } })
      assert.strictEqual(wrong.code, 2)
      assert.match(wrong.stderr, /^error: ALTIMATE_CLI_PERMISSION: /)
      assert.notInclude(wrong.stderr, "canary")
    }))

  it.scoped("that mean something else in other tools or have no effect cause one warning each", () =>
    Effect.gen(function*() {
      const home = yield* makeHome
      yield* home.writeGlobalConfig({
        permission: { bash: { "git push *": "allow", "*": "ask" }, webfetch: "deny", bsh: "ask" }
      })
      const { code, stderr } = yield* home.run(["config", "show"])
      assert.strictEqual(code, 0)
      const lines = stderr.trimEnd().split("\n")
      assert.lengthOf(lines, 2)
      assert.match(lines[0]!, /^warning: permission\.webfetch, permission\.bsh \(did you mean bash\?\)/)
      assert.match(lines[1]!, /^warning: permission\.bash "git push \*": allow .*permission\.bash "\*": ask/)
    }))

  it.scoped("in the documentation cause no warning", () =>
    Effect.gen(function*() {
      const home = yield* makeHome
      for (const page of ["permissions", "configuration", "mcp", "trust"]) {
        const text = readFileSync(new URL(`../../../../docs/${page}.md`, import.meta.url), "utf8")
        for (const [, example] of text.matchAll(/```json\n([^]*?)```/g)) {
          yield* home.writeGlobalConfig(example!)
          const { code, stderr } = yield* home.run(["config", "show"], {
            env: {
              TICKETS_TOKEN: "ticket-token",
              AWS_ACCESS_KEY_ID: "AKIDEXAMPLE",
              AWS_SECRET_ACCESS_KEY: "secret-of-example"
            }
          })
          assert.deepStrictEqual([code, stderr], [0, ""], example)
        }
      }
    }))
})
