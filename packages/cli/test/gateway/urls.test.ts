import * as Sandbox from "@altimate-code/sandbox/Sandbox"
import * as NodeContext from "@effect/platform-node/NodeContext"
import * as FileSystem from "@effect/platform/FileSystem"
import { assert, layer } from "@effect/vitest"
import * as Effect from "effect/Effect"
import { rawGateway } from "../../../../test/RawGateway.ts"
import { guideConfig, makeHome } from "../BuiltCli.ts"

const token = { AWS_BEARER_TOKEN_BEDROCK: "canary-bearer-5101" }
const wire = "us.anthropic.claude-sonnet-4-6-v1"

layer(NodeContext.layer)("a URL", (it) => {
  it.scoped("with a wrong path is reported, with what is probably wrong with it", () =>
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
      assert.strictEqual(page.requests.length, 1, "a wrong path is not tried again")
    }))

  it.scoped("with plain http is refused before a credential is read, unless allowInsecure is set", () =>
    Effect.gen(function*() {
      const fs = yield* FileSystem.FileSystem
      const sandbox = yield* Sandbox.make({})
      const home = yield* makeHome
      // Reading it would cause another error.
      yield* fs.makeDirectory(home.authFile, { recursive: true })
      // Another address of this machine, which is not a loopback address.
      const url = sandbox.url.replace("127.0.0.1", "0.0.0.0")
      yield* home.writeGlobalConfig(guideConfig(url))
      const refused = yield* home.run(["run", "hello"])
      assert.strictEqual(refused.code, 2, refused.stderr)
      assert.match(refused.stderr, /altimate-code\.json:\d+:\d+.*begins with http:\/\//)
      assert.include(refused.stderr, "options.allowInsecure")
      assert.notInclude(refused.stderr, "auth.json")
      assert.isEmpty(yield* sandbox.requests)
      yield* home.writeGlobalConfig(guideConfig(url, { allowInsecure: true }))
      const allowed = yield* home.run(["run", "--no-tools", "hello"], { env: token })
      assert.strictEqual(allowed.code, 0, allowed.stderr)
    }))

  it.scoped("that redirects is not followed, so the credential is sent to no other host", () =>
    Effect.gen(function*() {
      const other = yield* rawGateway((response) => response.writeHead(200).end())
      const location = `${other.url}/login?next=canary-next-5104`
      const sandbox = yield* Sandbox.make({
        script: [{ faults: [{ type: "redirect", status: 302, location, times: "always" }], blocks: [] }]
      })
      const home = yield* makeHome
      yield* home.writeGlobalConfig(guideConfig(sandbox.url, { headers: { "x-api-key": "canary-header-5105" } }))
      const result = yield* home.run(["run", "hello", "--log-level", "DEBUG"], { env: token })
      assert.strictEqual(result.code, 1, result.stdout)
      assert.include(result.stderr, `returned a redirect (HTTP 302) to ${other.url}/login`)
      assert.strictEqual((yield* sandbox.requests).length, 1)
      assert.notInclude(result.stdout + result.stderr + (yield* home.logs), "canary-")
      assert.isEmpty(other.requests)
    }))
})
