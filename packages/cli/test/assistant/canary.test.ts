/** Which program sees which secret, and where no secret is ever written. */
import * as Sandbox from "@altimate-code/sandbox/Sandbox"
import type { Block, Script } from "@altimate-code/sandbox/Script"
import * as NodeContext from "@effect/platform-node/NodeContext"
import { assert, layer } from "@effect/vitest"
import * as Effect from "effect/Effect"
import { chmodSync, existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs"
import { join } from "node:path"
import { mcpServer } from "../../../../test/mcp/programs.ts"
import { guideConfig, makeHome } from "../BuiltCli.ts"
import { keys, open } from "../Terminal.ts"

const bearer = "canary-bearer-5f0c1d77"
const gatewayKey = "canary-gateway-key-91ab"
const awsKey = "canary/aws+secret/key/0123456789abcdef"
const session = "canary-aws-session-token-00112233"

const environment = {
  AWS_BEARER_TOKEN_BEDROCK: bearer,
  COPY_OF_THE_TOKEN: `Bearer ${bearer}`,
  BASIC_TOKEN: `Basic ${Buffer.from(`user:${bearer}`).toString("base64")}`,
  GATEWAY_KEY: gatewayKey,
  AWS_ACCESS_KEY_ID: "CANARYKEYID000000000",
  AWS_SECRET_ACCESS_KEY: awsKey,
  AWS_SESSION_TOKEN: session,
  AWS_WEB_IDENTITY_TOKEN_FILE: "/canary/web/identity",
  AWS_CONTAINER_CREDENTIALS_FULL_URI: "http://127.0.0.1:1/canary",
  S3_SECRET: awsKey,
  S3_URL: `s3://key:${encodeURIComponent(awsKey)}@bucket`,
  AWS_REGION: "us-east-1",
  PLAIN: "plain"
}

const call = (name: string, input: Record<string, unknown>): Block => ({ type: "toolUse", name, input })

const says = (text: string | ReadonlyArray<string>) => ({ blocks: [{ type: "text", text }] }) as const

/** A home with a gateway, and programs that write down the environment in which they are started. */
const makeScene = (script: Script, config: Record<string, unknown> = {}, options: Record<string, unknown> = {}) =>
  Effect.gen(function*() {
    const sandbox = yield* Sandbox.make({ script })
    const home = yield* makeHome
    yield* home.writeGlobalConfig({ ...guideConfig(sandbox.url, options), ...config })
    const programs = join(home.home, "programs")
    mkdirSync(programs)
    const dumping = (name: string, then = "") => {
      const file = join(programs, name)
      writeFileSync(file, `#!/bin/sh\nenv -0 > '${file}.env'\n${then}\n`)
      chmodSync(file, 0o755)
      return file
    }
    const seen = (name: string): Record<string, string> =>
      Object.fromEntries(
        readFileSync(join(programs, `${name}.env`), "utf8").split("\0").filter((line) => line !== "")
          .map((line) => [line.slice(0, line.indexOf("=")), line.slice(line.indexOf("=") + 1)])
      )
    const env = { ...environment, PATH: `${programs}:${process.env["PATH"]}` }
    /** Every file that the program has written, as one text. */
    const written = () => {
      const data = join(home.home, ".local/share/altimate-code")
      return readdirSync(data, { recursive: true, withFileTypes: true })
        .filter((entry) => entry.isFile())
        .map((entry) => readFileSync(join(entry.parentPath, entry.name), "utf8"))
        .join("\n")
    }
    return { sandbox, home, programs, dumping, seen, env, written }
  })

const own = ["AWS_BEARER_TOKEN_BEDROCK", "COPY_OF_THE_TOKEN", "BASIC_TOKEN"]
const credentials = [
  "AWS_ACCESS_KEY_ID",
  "AWS_SECRET_ACCESS_KEY",
  "AWS_SESSION_TOKEN",
  "AWS_WEB_IDENTITY_TOKEN_FILE",
  "AWS_CONTAINER_CREDENTIALS_FULL_URI",
  "S3_SECRET",
  "S3_URL"
]

const assertSees = (
  seen: Record<string, string>,
  expected: { readonly credentials: boolean; readonly gatewayKey: boolean }
) => {
  assert.strictEqual(seen["PLAIN"], "plain")
  assert.strictEqual(seen["AWS_REGION"], "us-east-1")
  for (const name of [...own, "ALTIMATE_CLI_CONFIG_CONTENT"]) assert.isFalse(name in seen, name)
  for (const name of credentials) assert.strictEqual(name in seen, expected.credentials, name)
  assert.strictEqual("GATEWAY_KEY" in seen, expected.gatewayKey)
  const text = JSON.stringify(seen)
  assert.notInclude(text, bearer)
  if (!expected.credentials) assert.notInclude(text, awsKey)
}

layer(NodeContext.layer)("a program that is started", (it) => {
  it.scoped("gets AWS credentials if it is a command, none if it is an MCP server or rg, and never the token", () =>
    Effect.gen(function*() {
      const scene = yield* makeScene(
        [
          { blocks: [call("bash", { command: "sh programs/command" }), call("grep", { pattern: "needle" })] },
          says("Done.")
        ],
        {},
        { headers: { "x-api-key": "{env:GATEWAY_KEY}", "x-team": "{env:PLAIN}" } }
      )
      const run = [scene.dumping("server"), scene.dumping("own", `exec '${process.execPath}' '${mcpServer}'`)]
      scene.dumping("command")
      scene.dumping("rg", "exit 1")
      const { code, stderr } = yield* scene.home.spawn(["run", "--yolo", "go"], {
        env: {
          ...scene.env,
          ALTIMATE_CLI_CONFIG_CONTENT: JSON.stringify({
            mcp: {
              bare: { type: "local", command: [run[0]] },
              given: {
                type: "local",
                command: [run[1]],
                environment: { AWS_SECRET_ACCESS_KEY: "{env:AWS_SECRET_ACCESS_KEY}", GATEWAY_KEY: "its own" }
              }
            }
          })
        }
      })
      assert.strictEqual(code, 0, stderr)
      const { headers } = (yield* scene.sandbox.requests)[0]!
      assert.strictEqual(headers["authorization"], `Bearer ${bearer}`)
      assert.strictEqual(headers["x-api-key"], gatewayKey)
      assertSees(scene.seen("command"), { credentials: true, gatewayKey: false })
      assertSees(scene.seen("server"), { credentials: false, gatewayKey: false })
      assertSees(scene.seen("rg"), { credentials: false, gatewayKey: false })
      const given = scene.seen("own")
      assert.strictEqual(given["AWS_SECRET_ACCESS_KEY"], awsKey)
      assert.strictEqual(given["GATEWAY_KEY"], "its own")
      assert.isFalse("AWS_SESSION_TOKEN" in given)
      for (const secret of [bearer, gatewayKey, awsKey]) assert.notInclude(stderr + scene.written(), secret)
    }))

  it.scoped("gets AWS credentials but not the token if it is a credential_process", () =>
    Effect.gen(function*() {
      const scene = yield* makeScene([says("Hello.")], {}, { auth: "sigv4", profile: "corp" })
      const credentialProcess = scene.dumping(
        "process",
        `echo '{"Version":1,"AccessKeyId":"AKIAFROMPROCESS00000","SecretAccessKey":"from-the-process-0123456789"}'`
      )
      mkdirSync(join(scene.home.home, ".aws"))
      writeFileSync(join(scene.home.home, ".aws/config"), `[profile corp]\ncredential_process = ${credentialProcess}\n`)
      const { code, stderr } = yield* scene.home.run(["run", "--no-tools", "go"], { env: scene.env })
      assert.strictEqual(code, 0, stderr)
      const { headers } = (yield* scene.sandbox.requests)[0]!
      assert.include(headers["authorization"], "AKIAFROMPROCESS00000")
      assertSees(scene.seen("process"), { credentials: true, gatewayKey: true })
    }))

  it.scoped("gets AWS credentials if it is the tokenCommand", () =>
    Effect.gen(function*() {
      const scene = yield* makeScene([says("Hello.")])
      const tokenCommand = scene.dumping("token", "echo token-of-the-command")
      yield* scene.home.writeGlobalConfig(guideConfig(scene.sandbox.url, { tokenCommand }))
      const { AWS_BEARER_TOKEN_BEDROCK: _, BASIC_TOKEN: __, COPY_OF_THE_TOKEN: ___, ...env } = scene.env
      const { code, stderr } = yield* scene.home.run(["run", "--no-tools", "go"], { env })
      assert.strictEqual(code, 0, stderr)
      const { headers } = (yield* scene.sandbox.requests)[0]!
      assert.strictEqual(headers["authorization"], "Bearer token-of-the-command")
      assertSees(scene.seen("token"), { credentials: true, gatewayKey: true })
    }))

  it.scoped("gets no copy of the stored token", () =>
    Effect.gen(function*() {
      const scene = yield* makeScene([{ blocks: [call("bash", { command: "sh programs/command" })] }, says("Done.")])
      scene.dumping("command")
      const stored = "canary-stored-token-5566"
      const login = yield* scene.home.run(["auth", "login"], { stdin: stored })
      assert.strictEqual(login.code, 0, login.stderr)
      const env = { PATH: scene.env.PATH, SOURCE_OF_THE_TOKEN: stored, PLAIN: "plain" }
      const { code, stderr } = yield* scene.home.run(["run", "--yolo", "go"], { env })
      assert.strictEqual(code, 0, stderr)
      assert.strictEqual((yield* scene.sandbox.requests)[0]!.headers["authorization"], `Bearer ${stored}`)
      assert.strictEqual(scene.seen("command")["PLAIN"], "plain")
      assert.notInclude(JSON.stringify(scene.seen("command")), stored)
    }))

  it.scoped("gets neither if it is the editor", () =>
    Effect.gen(function*() {
      const scene = yield* makeScene([says("Hello.")])
      const editor = scene.dumping("editor", "echo edited > \"$1\"")
      const terminal = yield* open([], { home: scene.home.home, env: { ...scene.env, VISUAL: editor } })
      yield* terminal.see(/Amazon Bedrock[^]*ready/)
      yield* terminal.write(keys.ctrl("g"))
      yield* terminal.see("edited")
      assertSees(scene.seen("editor"), { credentials: false, gatewayKey: true })
    }))
})

const encodings = [
  (secret: string) => secret,
  encodeURIComponent,
  (secret: string) => Buffer.from(`user:${secret}`).toString("base64"),
  (secret: string) => JSON.stringify(JSON.stringify(secret))
]

layer(NodeContext.layer)("a secret", (it) => {
  it.scoped("that a command prints is masked for the model, in stored output, and everywhere else", () =>
    Effect.gen(function*() {
      const command = "seq 1 4000; echo $AWS_SECRET_ACCESS_KEY; echo $AWS_SECRET_ACCESS_KEY | base64; seq 4000 8000"
      const scene = yield* makeScene([
        { blocks: [call("bash", { command })] },
        {
          blocks: [call("bash", { command: "printf \"$AWS_SESSION_TOKEN\"; cat .local/share/altimate-code/outputs/*" })]
        },
        says("Done.")
      ])
      const { code, stderr, stdout } = yield* scene.home.run(["run", "--yolo", "--format", "json", "go"], {
        env: scene.env
      })
      assert.strictEqual(code, 0, stderr)
      assert.isTrue(existsSync(join(scene.home.home, ".local/share/altimate-code/outputs")))
      const told = JSON.stringify((yield* scene.sandbox.requests).map(({ body }) => body))
      for (const text of [stdout, stderr, scene.written(), told]) {
        for (const secret of [awsKey, session, Buffer.from(awsKey).toString("base64").slice(0, 40)]) {
          assert.notInclude(text, secret)
        }
      }
      assert.include(scene.written(), "4000\n<redacted>\n<redacted>")
      for (const line of stdout.trimEnd().split("\n")) JSON.parse(line)
    }))

  it.scoped(
    "that the gateway echoes in pieces is masked in text, in JSON and in the session",
    () =>
      Effect.gen(function*() {
        for (const encode of encodings) {
          const text = `Your token: ${encode(bearer)}. Bye.`
          const pieces = text.match(/[^]{1,5}/g)!
          const scene = yield* makeScene([
            { blocks: [{ type: "reasoning", text: pieces }, { type: "text", text: pieces }] },
            says(pieces),
            says([...`It ends with ${encode(bearer)}`])
          ])
          const json = yield* scene.home.run(["run", "--no-tools", "--format", "json", "go"], { env: scene.env })
          const events = json.stdout.trimEnd().split("\n").map((line) => JSON.parse(line) as Record<string, string>)
          for (const type of ["text", "reasoning"]) {
            const whole = events.filter((event) => event["type"] === type).map(({ text }) => text).join("")
            assert.match(whole, /^Your token: [^]*<redacted>[^]*\. Bye\.$/)
            assert.notInclude(whole, encode(bearer))
          }
          for (const end of [/^Your token: [^]*<redacted>[^]*\. Bye\.\n$/, /^It ends with [^]*<redacted>/]) {
            const { stdout } = yield* scene.home.run(["run", "--no-tools", "go"], { env: scene.env })
            assert.match(stdout, end)
            assert.notInclude(stdout, encode(bearer))
          }
          for (const written of [json.stdout, scene.written()]) assert.notInclude(written, bearer)
        }
      })
  )

  it.scoped("is masked in errors and on the screen", () =>
    Effect.gen(function*() {
      const refused = { type: "error", status: 400, name: "ValidationException", message: `Bad: ${bearer}` } as const
      const pieces = `Your token: ${bearer}. Bye.`.match(/[^]{1,5}/g)!
      const scene = yield* makeScene([
        { faults: [refused, refused, refused], blocks: [{ type: "text", text: pieces }] }
      ])
      const { code, stderr } = yield* scene.home.run(["run", "--no-tools", "go"], { env: scene.env })
      assert.strictEqual(code, 1)
      assert.include(stderr, "Bad: <redacted>")
      const json = yield* scene.home.run(["run", "--no-tools", "--format", "json", "go"], { env: scene.env })
      assert.include(json.stdout, "Bad: <redacted>")
      const terminal = yield* open([], { home: scene.home.home, env: scene.env })
      yield* terminal.see(/Amazon Bedrock[^]*ready/)
      yield* terminal.write(`one${keys.enter}`)
      yield* terminal.see(/Bad: <redacted>[^]*back in the input[^]*ready/)
      // Clears the input.
      yield* terminal.write(keys.ctrl("c"))
      yield* terminal.see(/^› *$/m)
      yield* terminal.write(`two${keys.enter}`)
      yield* terminal.see(/Your token: \w{0,3}<redacted>\. Bye\./)
      yield* terminal.write("!echo $AWS_SECRET_ACCESS_KEY is it")
      yield* terminal.write(keys.enter)
      yield* terminal.see(/<redacted> is it[^]*ready/)
      // So that no file disappears while it is read.
      yield* terminal.write(keys.ctrl("d"))
      yield* terminal.exited
      for (const secret of [bearer, awsKey]) {
        assert.notInclude(terminal.raw() + stderr + json.stdout + scene.written(), secret)
      }
    }))
})

layer(NodeContext.layer)("JSON", (it) => {
  // C1's CSI, a bidirectional override, a line separator, a zero-width space, a tag character outside of the first plane.
  const odd = "a\u009b2Jb\u202ec\u2028d\u200be\u{e0041}f"

  it.scoped("is escaped for a terminal without changing its value, and unchanged in a pipe", () =>
    Effect.gen(function*() {
      const scene = yield* makeScene([says([odd]), says([odd])])
      const args = ["run", "--no-tools", "--format", "json", "go"]
      const terminal = yield* open(args, { home: scene.home.home, env: scene.env, columns: 400 })
      assert.strictEqual(yield* terminal.exited, 0)
      const raw = terminal.raw()
      assert.include(raw, "a\\u009b2Jb\\u202ec\\u2028d\\u200be\\udb40\\udc41f")
      assert.notMatch(raw, /[\u0080-\u009f\u200b\u2028\u202e]|\u{e0041}/u)
      const texts = (output: string) =>
        output.trim().split(/\r?\n/).map((line) => JSON.parse(line) as { type: string; text: string })
          .filter(({ type }) => type === "text").map(({ text }) => text).join("")
      assert.strictEqual(texts(raw), odd)
      const piped = yield* scene.home.run(args, { env: scene.env })
      assert.include(piped.stdout, odd)
      assert.strictEqual(texts(piped.stdout), odd)

      const { stdout } = yield* scene.home.run(["session", "list", "--format", "json"])
      const [{ id }] = JSON.parse(stdout) as [{ id: string }]
      const exported = yield* open(["session", "export", id, "--format", "json"], {
        home: scene.home.home,
        columns: 1000
      })
      assert.strictEqual(yield* exported.exited, 0)
      assert.notMatch(exported.raw(), /[\u0080-\u009f\u200b\u2028\u202e]|\u{e0041}/u)
      assert.include(JSON.stringify(JSON.parse(exported.raw())), JSON.stringify(odd).slice(1, -1))
    }))
})
