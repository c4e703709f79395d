import * as Sandbox from "@altimate-code/sandbox/Sandbox"
import * as NodeContext from "@effect/platform-node/NodeContext"
import * as FileSystem from "@effect/platform/FileSystem"
import { assert, layer } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as Redacted from "effect/Redacted"
import { statSync } from "node:fs"
import { join } from "node:path"
import { guideConfig, makeHome } from "../BuiltCli.ts"

const gateway = Sandbox.make({ prefix: "/bedrock/v1", auth: { bearer: [Redacted.make("guide-token-123")] } })
const token = { AWS_BEARER_TOKEN_BEDROCK: "guide-token-123" }

layer(NodeContext.layer)("the guide, on the built command", (it) => {
  it.scoped("a bearer token in the environment reaches the gateway, which answers", () =>
    Effect.gen(function*() {
      const sandbox = yield* gateway
      const home = yield* makeHome
      yield* home.writeGlobalConfig(guideConfig(sandbox.url, { profile: "my-aws-profile" }))

      const result = yield* home.spawn(["run", "hello there"], { env: token })

      assert.strictEqual(result.code, 0, result.stderr)
      assert.strictEqual(result.stderr, "")
      assert.include(result.stdout, "hello there")
      assert.isTrue(result.stdout.endsWith("\n"))
      const [request] = yield* sandbox.requests
      assert.strictEqual(request!.rawPath, "/bedrock/v1/model/us.anthropic.claude-sonnet-4-6-v1/converse-stream")
      assert.strictEqual(request!.headers["authorization"], "Bearer guide-token-123")
      assert.strictEqual(request!.httpVersion, "1.1")
    }))

  it.scoped("a stored token works; the file has the format and mode that the guide names", () =>
    Effect.gen(function*() {
      const fs = yield* FileSystem.FileSystem
      const sandbox = yield* gateway
      const home = yield* makeHome
      yield* home.writeGlobalConfig(guideConfig(sandbox.url))

      const login = yield* home.spawn(["auth", "login", "--provider", "amazon-bedrock"], { stdin: "guide-token-123\n" })
      assert.strictEqual(login.code, 0, login.stderr)
      assert.include(login.stdout, home.authFile)
      assert.deepStrictEqual(JSON.parse(yield* fs.readFileString(home.authFile)), {
        "amazon-bedrock": { type: "api", key: "guide-token-123" }
      })
      assert.strictEqual(statSync(home.authFile).mode & 0o777, 0o600)
      assert.strictEqual(statSync(join(home.authFile, "..")).mode & 0o777, 0o700)

      const result = yield* home.spawn(["run", "hello"])
      assert.strictEqual(result.code, 0, result.stderr)

      const logout = yield* home.spawn(["auth", "logout"])
      assert.strictEqual(logout.code, 0, logout.stderr)
      assert.deepStrictEqual(JSON.parse(yield* fs.readFileString(home.authFile)), {})
    }))

  it.scoped("the environment's token wins over the stored one", () =>
    Effect.gen(function*() {
      const sandbox = yield* gateway
      const home = yield* makeHome
      yield* home.writeGlobalConfig(guideConfig(sandbox.url))
      yield* home.spawn(["auth", "login"], { stdin: "another-token" })

      const result = yield* home.spawn(["run", "hello"], { env: token })
      assert.strictEqual(result.code, 0, result.stderr)

      const list = yield* home.spawn(["providers", "list"], { env: token })
      assert.strictEqual(list.code, 0, list.stderr)
      assert.match(list.stdout, /Amazon Bedrock uses: bearer token from AWS_BEARER_TOKEN_BEDROCK/)
      assert.include(list.stdout, home.authFile)
      assert.notMatch(list.stdout, /guide-token|another-token/)
    }))

  it.scoped("with a token, a broken AWS configuration is not read", () =>
    Effect.gen(function*() {
      const fs = yield* FileSystem.FileSystem
      const sandbox = yield* gateway
      const home = yield* makeHome
      yield* home.writeGlobalConfig(guideConfig(sandbox.url))
      yield* fs.makeDirectory(join(home.home, ".aws"))
      yield* fs.writeFileString(
        join(home.home, ".aws/config"),
        "[profile dev\ncredential_process = /bin/false\n]]garbage"
      )
      yield* fs.writeFileString(join(home.home, ".aws/credentials"), "\u0000\u0001")

      const result = yield* home.spawn(["run", "hello"], { env: { ...token, AWS_PROFILE: "does-not-exist" } })
      assert.strictEqual(result.code, 0, result.stderr)
    }))

  it.scoped("without a token, the key variables sign the request", () =>
    Effect.gen(function*() {
      const sandbox = yield* Sandbox.make({
        prefix: "/bedrock/v1",
        auth: {
          sigv4: [{
            accessKeyId: "AKIAGUIDE0000000000X",
            secretAccessKey: Redacted.make("guide-secret-key"),
            region: "us-east-1"
          }]
        }
      })
      const home = yield* makeHome
      yield* home.writeGlobalConfig(guideConfig(sandbox.url))
      const result = yield* home.spawn(["run", "hello"], {
        env: {
          AWS_ACCESS_KEY_ID: "AKIAGUIDE0000000000X",
          AWS_SECRET_ACCESS_KEY: "guide-secret-key",
          AWS_BEARER_TOKEN_BEDROCK: "  "
        }
      })
      assert.strictEqual(result.code, 0, result.stderr)
      assert.match((yield* sandbox.requests)[0]!.headers["authorization"]!, /^AWS4-HMAC-SHA256 /)
    }))

  it.scoped("a project's file overrides the global one, setting by setting", () =>
    Effect.gen(function*() {
      const fs = yield* FileSystem.FileSystem
      const sandbox = yield* gateway
      const home = yield* makeHome
      yield* home.writeGlobalConfig(guideConfig(sandbox.url))
      const project = join(home.home, "project")
      yield* fs.makeDirectory(join(project, ".git"), { recursive: true })
      yield* fs.makeDirectory(join(project, "src"))
      yield* fs.writeFileString(
        join(project, "altimate-code.json"),
        `{ "provider": { "amazon-bedrock": { "options": { "region": "eu-west-1" } } } }`
      )
      const result = yield* home.spawn(["run", "hello"], { env: token, cwd: join(project, "src") })
      assert.strictEqual(result.code, 0, result.stderr)
      const [request] = yield* sandbox.requests
      assert.strictEqual(request!.modelId, "eu.anthropic.claude-sonnet-4-6-v1")
    }))

  it.scoped("endpoint takes precedence over baseURL", () =>
    Effect.gen(function*() {
      const sandbox = yield* gateway
      const home = yield* makeHome
      yield* home.writeGlobalConfig(guideConfig("http://127.0.0.1:9/nobody", { endpoint: sandbox.url }))
      const result = yield* home.spawn(["run", "hello"], { env: token })
      assert.strictEqual(result.code, 0, result.stderr)
    }))

  it.scoped("the region falls back to AWS_REGION, then to us-east-1", () =>
    Effect.gen(function*() {
      const sandbox = yield* gateway
      const home = yield* makeHome
      yield* home.writeGlobalConfig(guideConfig(sandbox.url, { region: undefined }))
      yield* home.spawn(["run", "hello"], { env: { ...token, AWS_REGION: "ap-northeast-1" } })
      yield* home.spawn(["run", "hello"], { env: token })
      assert.deepStrictEqual((yield* sandbox.requests).map(({ modelId }) => modelId), [
        "jp.anthropic.claude-sonnet-4-6-v1",
        "us.anthropic.claude-sonnet-4-6-v1"
      ])
    }))

  it.scoped("the log has the guide's lines; XDG variables move both directories", () =>
    Effect.gen(function*() {
      const fs = yield* FileSystem.FileSystem
      const sandbox = yield* gateway
      const home = yield* makeHome
      const config = join(home.home, "xdg-config/altimate-code/altimate-code.json")
      yield* fs.makeDirectory(join(config, ".."), { recursive: true })
      yield* fs.writeFileString(config, JSON.stringify(guideConfig(sandbox.url)))
      const xdg = { XDG_CONFIG_HOME: join(home.home, "xdg-config"), XDG_DATA_HOME: join(home.home, "xdg-data") }

      const good = yield* home.spawn(["run", "hello", "--print-logs"], { env: { ...token, ...xdg } })
      assert.strictEqual(good.code, 0, good.stderr)
      const bad = yield* home.spawn(["run", "hello"], { env: { ...xdg, AWS_BEARER_TOKEN_BEDROCK: "wrong-token" } })
      assert.strictEqual(bad.code, 1)

      const directory = join(home.home, "xdg-data/altimate-code/log")
      const [first, second] = (yield* fs.readDirectory(directory)).toSorted()
      const log = yield* fs.readFileString(join(directory, first!))
      assert.include(log, `service=config loading config from ${config}\n`)
      assert.match(log, /service=provider providerID=amazon-bedrock found\n/)
      assert.strictEqual(good.stderr, log)
      for (const line of log.trimEnd().split("\n")) {
        assert.match(line, /^(DEBUG|INFO|WARN|ERROR) \d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z \+\d+ms service=/)
      }
      assert.match(
        yield* fs.readFileString(join(directory, second!)),
        /^ERROR .* service=provider providerID=amazon-bedrock .*error=/m
      )
      assert.strictEqual(statSync(join(directory, first!)).mode & 0o777, 0o600)
    }))

  it.scoped("--log-level DEBUG logs the request, the response and the steps of the credential chain", () =>
    Effect.gen(function*() {
      const sandbox = yield* Sandbox.make({ prefix: "/bedrock/v1" })
      const home = yield* makeHome
      yield* home.writeGlobalConfig(guideConfig(sandbox.url))
      const result = yield* home.spawn(["--log-level", "DEBUG", "run", "hello"], {
        env: { AWS_ACCESS_KEY_ID: "AKIADEBUG0000000000X", AWS_SECRET_ACCESS_KEY: "debug-secret-key" }
      })
      assert.strictEqual(result.code, 0, result.stderr)
      const log = yield* home.logs
      assert.match(log, /DEBUG .* service=auth .*credential chain/)
      assert.match(log, /DEBUG .* service=provider .*POST .*\/converse-stream/)
      assert.match(log, /DEBUG .* service=provider .*200/)
    }))
})
