import * as Sandbox from "@altimate-code/sandbox/Sandbox"
import * as NodeContext from "@effect/platform-node/NodeContext"
import { assert, layer } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as Redacted from "effect/Redacted"
import { guideConfig, makeHome } from "../../BuiltCli.ts"

const canary = "scheme-canary-94b1"
const token = { AWS_BEARER_TOKEN_BEDROCK: `${canary}-token` }
const keys = { AWS_ACCESS_KEY_ID: "AKIASCHEME", AWS_SECRET_ACCESS_KEY: `${canary}-secret` }

/** A start with a token and with keys; what the gateway saw of it. */
const run = (options: Record<string, unknown>, env: Record<string, string> = { ...token, ...keys }) =>
  Effect.gen(function*() {
    const sandbox = yield* Sandbox.make()
    const home = yield* makeHome
    yield* home.writeGlobalConfig(guideConfig(sandbox.url, options))
    const result = yield* home.run(["run", "--no-tools", "hello"], { env })
    const requests = yield* sandbox.requests
    const written = result.stdout + result.stderr + (yield* home.logs)
    assert.notInclude(written, canary)
    return { ...result, requests, headers: requests[0]?.headers ?? {}, home }
  })

layer(NodeContext.layer)("options.signingService", (it) => {
  it.scoped("sets the service of signatures, also in providers list and doctor", () =>
    Effect.gen(function*() {
      const sandbox = yield* Sandbox.make({
        auth: {
          sigv4: [{
            accessKeyId: keys.AWS_ACCESS_KEY_ID,
            secretAccessKey: Redacted.make(keys.AWS_SECRET_ACCESS_KEY),
            region: "us-east-1",
            service: "execute-api"
          }]
        }
      })
      const home = yield* makeHome
      yield* home.writeGlobalConfig(guideConfig(sandbox.url, { signingService: "execute-api" }))
      const signed = /signed for execute-api in us-east-1 \(options.signingService, .*altimate-code.json:\d+:\d+/
      assert.match((yield* home.run(["providers", "list"], { env: keys })).stdout, signed)
      const { code, stdout } = yield* home.run(["doctor"], { env: keys })
      assert.strictEqual(code, 0, stdout)
      assert.match(stdout, signed)

      // As for Bedrock itself it is refused, and the log has what was signed.
      yield* home.writeGlobalConfig(guideConfig(sandbox.url))
      const refused = yield* home.run(["run", "--no-tools", "hello"], { env: keys })
      assert.strictEqual(refused.code, 1)
      const log = yield* home.logs
      assert.match(
        log,
        /canonicalRequest="POST\\n.*stringToSign="AWS4-HMAC-SHA256\\n.*us-east-1\/bedrock\/.* signature refused/
      )
      assert.notInclude(log + refused.stderr, canary)

      yield* home.writeGlobalConfig(guideConfig(sandbox.url, { signingService: "execute/api" }))
      const wrong = yield* home.run(["run", "--no-tools", "hello"], { env: keys })
      assert.strictEqual(wrong.code, 2)
      assert.match(wrong.stderr, /altimate-code.json:\d+:\d+.*expected the signing name of an AWS service/)
    }))
})

layer(NodeContext.layer)("options.auth", (it) => {
  it.scoped("auto sends the token, or a signature if there is no token", () =>
    Effect.gen(function*() {
      assert.strictEqual((yield* run({ auth: "auto" })).headers["authorization"], `Bearer ${canary}-token`)
      assert.match((yield* run({}, keys)).headers["authorization"] ?? "", /^AWS4-HMAC-SHA256 Credential=AKIASCHEME/)
    }))

  it.scoped("sigv4 signs even if there is a token", () =>
    Effect.gen(function*() {
      const { code, headers, stderr } = yield* run({ auth: "sigv4" })
      assert.strictEqual(code, 0, stderr)
      assert.match(headers["authorization"] ?? "", /^AWS4-HMAC-SHA256 Credential=AKIASCHEME/)
    }))

  it.scoped("bearer never signs: without a token, the error lists the sources", () =>
    Effect.gen(function*() {
      const { code, requests, stderr } = yield* run({ auth: "bearer" }, keys)
      assert.strictEqual(code, 1)
      assert.match(stderr, /No bearer token was found[^]*AWS_BEARER_TOKEN_BEDROCK: not set[^]*options.auth is bearer/)
      assert.lengthOf(requests, 0)
    }))

  it.scoped("header sends the user's headers and no other authorization", () =>
    Effect.gen(function*() {
      const { code, headers, stderr } = yield* run(
        { auth: "header", headers: { "x-api-key": "{env:GATEWAY_KEY}" } },
        { ...token, ...keys, GATEWAY_KEY: `${canary}-key` }
      )
      assert.strictEqual(code, 0, stderr)
      assert.strictEqual(headers["x-api-key"], `${canary}-key`)
      assert.isUndefined(headers["authorization"])
      const without = yield* run({ auth: "header" })
      assert.strictEqual(without.code, 2)
      assert.match(without.stderr, /options.auth is header \(.*altimate-code.json:\d+:\d+[^]*options.headers is empty/)
    }))

  it.scoped("none sends nothing", () =>
    Effect.gen(function*() {
      const { code, headers, stderr } = yield* run({ auth: "none" })
      assert.strictEqual(code, 0, stderr)
      assert.isUndefined(headers["authorization"])
    }))

  it.scoped("auto uses the user's Authorization header as the credential: exactly one is sent", () =>
    Effect.gen(function*() {
      const { headers } = yield* run({ headers: { Authorization: `Basic ${canary}` } })
      assert.strictEqual(headers["authorization"], `Basic ${canary}`)
      const two = yield* run({ auth: "sigv4", headers: { Authorization: `Basic ${canary}` } })
      assert.strictEqual(two.code, 2)
      assert.include(two.stderr, "A request can carry only one authorization")
      assert.lengthOf(two.requests, 0)
    }))

  it.scoped("is reflected in the hint for a 401 or 403: what was sent and where it came from", () =>
    Effect.gen(function*() {
      const refused = (options: Record<string, unknown>, env: Record<string, string>) =>
        Effect.gen(function*() {
          const sandbox = yield* Sandbox.make({ auth: { bearer: [Redacted.make("another")] } })
          const home = yield* makeHome
          yield* home.writeGlobalConfig(guideConfig(sandbox.url, options))
          const { code, stderr } = yield* home.run(["run", "--no-tools", "hello"], { env })
          assert.strictEqual(code, 1)
          assert.notInclude(stderr + (yield* home.logs), canary)
          return stderr
        })
      assert.include(yield* refused({}, token), "The bearer token from AWS_BEARER_TOKEN_BEDROCK was refused")
      assert.include(yield* refused({}, keys), "The AWS credentials from AWS_ACCESS_KEY_ID")
      assert.match(
        yield* refused({ auth: "header", headers: { "x-api-key": canary } }, {}),
        /Your custom headers \(x-api-key, .*altimate-code.json:\d+:\d+ \(global config\)\) were refused/
      )
      assert.match(
        yield* refused({ auth: "none" }, {}),
        /No credential \(options.auth is none, .*altimate-code.json:\d+:\d+ \(global config\)\) was sent/
      )
    }))

  it.scoped("is shown in providers list", () =>
    Effect.gen(function*() {
      const home = yield* makeHome
      yield* home.writeGlobalConfig(guideConfig("http://127.0.0.1:9", { auth: "sigv4" }))
      const { stdout } = yield* home.run(["providers", "list"], { env: token })
      assert.match(stdout, /Amazon Bedrock uses: AWS credential chain/)
      assert.match(stdout, /AWS_BEARER_TOKEN_BEDROCK +set, but options.auth is sigv4/)
    }))
})
