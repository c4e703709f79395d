import * as Sandbox from "@altimate-code/sandbox/Sandbox"
import * as NodeContext from "@effect/platform-node/NodeContext"
import { assert, layer } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as Redacted from "effect/Redacted"
import { guideConfig, makeHome } from "../../BuiltCli.ts"

const keys = { AWS_ACCESS_KEY_ID: "AKIATEST", AWS_SECRET_ACCESS_KEY: "canary-key-5501" }
const bearer = { AWS_BEARER_TOKEN_BEDROCK: "canary-bearer-5502" }
const headers = {
  "X-Tenant": "canary-tenant-5503",
  "x-api-key": "{env:GATEWAY_KEY}",
  "x-cost-centre": "47",
  "User-Agent": "canary-agent-5504"
}
const environment = { GATEWAY_KEY: "canary-api-key-5505" }

layer(NodeContext.layer)("the user's headers", (it) => {
  for (
    const [what, env] of [["a bearer token", bearer], ["a signature", keys]] as const
  ) {
    it.scoped(`are sent with every request, in addition to ${what}`, () =>
      Effect.gen(function*() {
        const sandbox = yield* Sandbox.make({
          auth: {
            bearer: [Redacted.make(bearer.AWS_BEARER_TOKEN_BEDROCK)],
            sigv4: [{
              accessKeyId: keys.AWS_ACCESS_KEY_ID,
              secretAccessKey: Redacted.make(keys.AWS_SECRET_ACCESS_KEY),
              region: "us-east-1"
            }]
          }
        })
        const home = yield* makeHome
        for (const streaming of ["on", "off"]) {
          yield* home.writeGlobalConfig(guideConfig(sandbox.url, { headers, streaming }))
          const result = yield* home.run(
            ["run", "--no-tools", "hello", "--log-level", "DEBUG", "--print-logs"],
            { env: { ...env, ...environment } }
          )
          assert.strictEqual(result.code, 0, result.stderr)
          assert.include(result.stderr, "x-tenant: <redacted>")
          assert.include(result.stderr, "user-agent: <redacted>")
          assert.notInclude(result.stdout + result.stderr, "canary-")
        }
        const requests = yield* sandbox.requests
        assert.strictEqual(requests.length, 2)
        for (const request of requests) {
          assert.isTrue(request.authorized)
          assert.deepInclude(request.headers, {
            "x-tenant": "canary-tenant-5503",
            "x-api-key": "canary-api-key-5505",
            "x-cost-centre": "47",
            "user-agent": "canary-agent-5504",
            "content-type": "application/json"
          })
          if (env === keys) assert.match(request.headers["authorization"]!, /SignedHeaders=[^,]*x-tenant/)
        }
        assert.notInclude(yield* home.logs, "canary-")
      }))
  }

  it.scoped("are masked if the gateway echoes them, and in config show", () =>
    Effect.gen(function*() {
      const message = "tenant canary-tenant-5503 with canary-api-key-5505 is not known"
      const sandbox = yield* Sandbox.make({
        script: [{
          faults: [{ type: "error", status: 403, name: "AccessDeniedException", message, times: "always" }],
          blocks: []
        }],
        headers: { "x-request-id": "canary-tenant-5503/1" }
      })
      const home = yield* makeHome
      yield* home.writeGlobalConfig(guideConfig(sandbox.url, { headers }))
      const env = { ...bearer, ...environment }
      for (
        const args of [["run", "hello", "--log-level", "DEBUG"], ["run", "--format", "json", "hello"], [
          "config",
          "show"
        ]]
      ) {
        const { stderr, stdout } = yield* home.run(args, { env })
        assert.include(stdout + stderr, "<redacted>")
        assert.notInclude(stdout + stderr, "canary-")
      }
      assert.notInclude(yield* home.logs, "canary-")
    }))
})

layer(NodeContext.layer)("the gateway's request ID", (it) => {
  for (
    const [name, fault] of [
      ["x-request-id", { type: "error", status: 403, name: "AccessDeniedException", message: "no", times: "always" }],
      ["x-correlation-id", { type: "error", status: 400, name: "ValidationException", message: "no", times: "always" }],
      ["cf-ray", { type: "html", status: 404, times: "always" }],
      ["traceparent", { type: "truncate", afterEvents: 3, times: "always" }]
    ] as const
  ) {
    it.scoped(`(${name}) is in the error, the JSON event and the log`, () =>
      Effect.gen(function*() {
        const sandbox = yield* Sandbox.make({
          script: [{ faults: [fault], blocks: [{ type: "text", text: ["one ", "two"] }] }],
          headers: { [name]: "gw-4711" }
        })
        const home = yield* makeHome
        yield* home.writeGlobalConfig(guideConfig(sandbox.url))
        const failed = yield* home.run(["run", "--no-tools", "hello"], { env: bearer })
        assert.include(failed.stderr, `operators can find this request by ${name} gw-4711.`)
        const { stdout } = yield* home.run(["run", "--no-tools", "--format", "json", "hello"], { env: bearer })
        const last = JSON.parse(stdout.trimEnd().split("\n").at(-1)!) as Record<string, unknown>
        assert.deepInclude(last, { type: "error", gatewayRequestId: `${name} gw-4711` })
        assert.match(yield* home.logs, new RegExp(`ERROR .*gatewayRequestId="?${name} gw-4711`))
      }))
  }
})
