import * as Sandbox from "@altimate-code/sandbox/Sandbox"
import * as NodeContext from "@effect/platform-node/NodeContext"
import * as FileSystem from "@effect/platform/FileSystem"
import { assert, layer } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as Redacted from "effect/Redacted"
import { guideConfig, makeHome } from "../BuiltCli.ts"
import { rawGateway } from "./RawGateway.ts"

const token = { AWS_BEARER_TOKEN_BEDROCK: "canary-bearer-5101" }
const wire = "us.anthropic.claude-sonnet-4-6-v1"

layer(NodeContext.layer)("a URL", (it) => {
  for (
    const [what, end, query] of [
      ["without a slash at its end", "", ""],
      ["with a slash at its end", "/", ""],
      ["with two", "//", ""],
      ["that ends with /model", "/model", ""],
      ["that ends with /model and slashes", "/model//", ""],
      ["with a query", "?api-version=2024-10-21&plan=a%20b", "?api-version=2024-10-21&plan=a%20b"],
      ["with all of it", "/model/?api-version=2024-10-21", "?api-version=2024-10-21"]
    ] as const
  ) {
    it.scoped(`(${what}) leads to the same endpoint`, () =>
      Effect.gen(function*() {
        const sandbox = yield* Sandbox.make({
          prefix: "/team/bedrock/v1",
          auth: {
            bearer: [Redacted.make(token.AWS_BEARER_TOKEN_BEDROCK)],
            sigv4: [{ accessKeyId: "AKIATEST", secretAccessKey: Redacted.make("canary-key-5102"), region: "us-east-1" }]
          }
        })
        const home = yield* makeHome
        yield* home.writeGlobalConfig(guideConfig(`${sandbox.url}${end}`))
        const keys = { AWS_ACCESS_KEY_ID: "AKIATEST", AWS_SECRET_ACCESS_KEY: "canary-key-5102" }
        for (const env of end === "" || query !== "" ? [token, keys] : [token]) {
          const result = yield* home.run(["run", "--no-tools", "hello"], { env })
          assert.strictEqual(result.code, 0, result.stderr)
        }
        for (const { authorized, rawPath } of yield* sandbox.requests) {
          assert.isTrue(authorized)
          assert.strictEqual(rawPath, `/team/bedrock/v1/model/${wire}/converse-stream${query}`)
        }
      }))
  }

  it.scoped("with a wrong path is reported, with its likely problem", () =>
    Effect.gen(function*() {
      const home = yield* makeHome
      const sandbox = yield* Sandbox.make({ prefix: "/bedrock/v1" })
      const page = yield* rawGateway((response) =>
        response.writeHead(404, { "content-type": "text/html" }).end("<html><title>Not Found</title></html>")
      )
      for (const origin of [sandbox.url.replace("/bedrock/v1", ""), page.url]) {
        yield* home.writeGlobalConfig(guideConfig(`${origin}/bedrock/v2?key=canary-query-5103`))
        const result = yield* home.run(["run", "hello"], { env: token })
        assert.strictEqual(result.code, 1, result.stderr)
        assert.include(result.stderr, `Tried POST ${origin}/bedrock/v2/model/${wire}/converse-stream?key=<redacted>.`)
        assert.include(result.stderr, "The path /bedrock/v2 in baseURL is probably wrong")
        assert.notInclude(result.stdout + result.stderr + (yield* home.logs), "canary-")
      }
      assert.strictEqual(page.requests.length, 1, "it is not tried again")
    }))
})

layer(NodeContext.layer)("plain http", (it) => {
  it.scoped("to another machine is rejected before any credential is read, with the option that allows it", () =>
    Effect.gen(function*() {
      const fs = yield* FileSystem.FileSystem
      const home = yield* makeHome
      // Reading it would cause another error.
      yield* fs.makeDirectory(home.authFile, { recursive: true })
      for (
        const url of ["http://gateway.example.test/bedrock", "http://127.0.0.1.example.test", "http://10.1.2.3:8080"]
      ) {
        yield* home.writeGlobalConfig(guideConfig(url))
        const result = yield* home.run(["run", "hello"])
        assert.strictEqual(result.code, 2, result.stderr)
        assert.match(result.stderr, /altimate-code\.json:\d+:\d+.*begins with http:\/\//)
        assert.include(result.stderr, "options.allowInsecure")
        assert.notInclude(result.stderr, "auth.json")
      }
    }))

  it.scoped("to another machine is used if that is allowed", () =>
    Effect.gen(function*() {
      const sandbox = yield* Sandbox.make({})
      const home = yield* makeHome
      // Another name for this machine that is not a loopback one.
      const url = sandbox.url.replace("127.0.0.1", "0.0.0.0")
      yield* home.writeGlobalConfig(guideConfig(url))
      assert.strictEqual((yield* home.run(["run", "--no-tools", "hello"], { env: token })).code, 2)
      assert.isEmpty(yield* sandbox.requests)
      yield* home.writeGlobalConfig(guideConfig(url, { allowInsecure: true }))
      const result = yield* home.run(["run", "--no-tools", "hello"], { env: token })
      assert.strictEqual(result.code, 0, result.stderr)
    }))

  it.scoped("to this machine is always allowed", () =>
    Effect.gen(function*() {
      const sandbox = yield* Sandbox.make({})
      const home = yield* makeHome
      yield* home.writeGlobalConfig(guideConfig(sandbox.url.replace("127.0.0.1", "localhost")))
      const result = yield* home.run(["run", "--no-tools", "hello"], { env: token })
      assert.strictEqual(result.code, 0, result.stderr)
    }))
})

layer(NodeContext.layer)("a redirect", (it) => {
  for (const status of [301, 302, 307, 308]) {
    it.scoped(`(${status}) is never followed, so that the credential stays with the gateway`, () =>
      Effect.gen(function*() {
        const other = yield* rawGateway((response) => response.writeHead(200).end())
        const home = yield* makeHome
        for (const streaming of ["on", "off"]) {
          const location = `${other.url}/login?next=canary-next-5104`
          const sandbox = yield* Sandbox.make({
            script: [{ faults: [{ type: "redirect", status, location, times: "always" }], blocks: [] }]
          })
          yield* home.writeGlobalConfig(
            guideConfig(sandbox.url, { streaming, headers: { "x-api-key": "canary-header-5105" } })
          )
          const result = yield* home.run(["run", "hello"], { env: token })
          assert.strictEqual(result.code, 1, result.stdout)
          assert.include(result.stderr, `returned a redirect (HTTP ${status}) to ${other.url}/login`)
          assert.strictEqual((yield* sandbox.requests).length, 1)
          assert.notInclude(result.stdout + result.stderr + (yield* home.logs), "canary-")
        }
        assert.isEmpty(other.requests)
      }))
  }
})
