import * as Sandbox from "@altimate-code/sandbox/Sandbox"
import * as NodeContext from "@effect/platform-node/NodeContext"
import { assert, layer } from "@effect/vitest"
import * as Effect from "effect/Effect"
import { guideConfig, makeHome } from "../../BuiltCli.ts"

layer(NodeContext.layer)("a token that no header can carry", (it) => {
  it.scoped("is reported with its source and the position, nothing is sent, and doctor fails at the credential", () =>
    Effect.gen(function*() {
      const sandbox = yield* Sandbox.make()
      const home = yield* makeHome
      yield* home.writeGlobalConfig(guideConfig(sandbox.url))
      const env = { AWS_BEARER_TOKEN_BEDROCK: "canary-one\ncanary-two" }
      const words = "The token from AWS_BEARER_TOKEN_BEDROCK has a line break at position 11"
      const run = yield* home.run(["run", "--no-tools", "hello"], { env })
      assert.strictEqual(run.code, 2)
      assert.include(run.stderr, `error: ${words}`)
      const doctor = yield* home.run(["doctor"], { env })
      assert.strictEqual(doctor.code, 2)
      assert.include(doctor.stdout, `✗ credential      ${words}`)
      assert.notMatch(run.stderr + doctor.stdout + doctor.stderr, /connection|proxy on the way/)
      assert.lengthOf(yield* sandbox.requests, 0)
      assert.notInclude(run.stderr + doctor.stdout + doctor.stderr + (yield* home.logs), "canary")
    }))

  it.scoped("does not prevent providers list from showing the credentials", () =>
    Effect.gen(function*() {
      const home = yield* makeHome
      const { code, stderr, stdout } = yield* home.run(["providers", "list"], {
        env: { AWS_BEARER_TOKEN_BEDROCK: "\u201ccanary\u201d" }
      })
      assert.strictEqual(code, 2)
      assert.match(stdout, /Amazon Bedrock +AWS_BEARER_TOKEN_BEDROCK/)
      assert.include(stderr, "a typographic quotation mark (U+201C) at position 1")
    }))

  it.scoped("can be an AWS key, which is not reported as a failed request either", () =>
    Effect.gen(function*() {
      const sandbox = yield* Sandbox.make()
      const home = yield* makeHome
      yield* home.writeGlobalConfig(guideConfig(sandbox.url))
      const env = { AWS_ACCESS_KEY_ID: "AKIACANARY", AWS_SECRET_ACCESS_KEY: "'canary-secret'" }
      const { code, stderr } = yield* home.run(["run", "--no-tools", "hello"], { env })
      assert.strictEqual(code, 2, stderr)
      assert.include(stderr, "AWS_SECRET_ACCESS_KEY is in quotation marks")
      assert.lengthOf(yield* sandbox.requests, 0)
    }))
})

layer(NodeContext.layer)("options.apiKey", (it) => {
  it.scoped("is sent as a bearer token without accidentally copied text, and is not in any program's environment", () =>
    Effect.gen(function*() {
      const token = "canary-configured-0123456789"
      const sandbox = yield* Sandbox.make({
        script: [
          { blocks: [{ type: "toolUse", toolUseId: "1", name: "bash", input: { command: "env" } }] },
          { blocks: [{ type: "text", text: "Done." }] }
        ]
      })
      const home = yield* makeHome
      yield* home.writeGlobalConfig(guideConfig(sandbox.url, { apiKey: "{env:GATEWAY_TOKEN}" }))
      const env = { GATEWAY_TOKEN: `"${token}"`, BARE: token, PLAIN: "plain" }
      const { code, stderr } = yield* home.run(["run", "--yolo", "hello"], { env })
      assert.strictEqual(code, 0, stderr)
      assert.match(
        stderr,
        /note: The token from options\.apiKey, \S+:\d+:\d+ .* is in quotation marks, which are left out\./
      )
      const [first, second] = yield* sandbox.requests
      assert.strictEqual(first!.headers["authorization"], `Bearer ${token}`)
      assert.include(second!.rawBody, "PLAIN=plain")
      assert.notMatch(second!.rawBody, /GATEWAY_TOKEN|BARE|canary/)
    }))
})
