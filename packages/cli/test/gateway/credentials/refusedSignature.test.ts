import * as NodeContext from "@effect/platform-node/NodeContext"
import { assert, layer } from "@effect/vitest"
import * as Effect from "effect/Effect"
import { rawGateway } from "../../../../../test/RawGateway.ts"
import { guideConfig, makeHome } from "../../BuiltCli.ts"

/** A gateway that refuses everything with a 403 of this type, at this time of its clock. */
const refusing = (type: string, date: Date) =>
  rawGateway((response) => {
    response.sendDate = false
    response.writeHead(403, {
      "content-type": "application/json",
      "x-amzn-errortype": type,
      date: date.toUTCString()
    })
    response.end(JSON.stringify({ message: "no" }))
  })

const key = (region: string, date: string) =>
  `bedrock-api-key-${
    Buffer.from(
      `bedrock.amazonaws.com/?Action=CallWithBearerToken&X-Amz-Credential=ASIA%2F20200101%2F${region}%2Fbedrock%2Faws4_request&X-Amz-Date=${date}&X-Amz-Expires=43200`
    ).toString("base64")
  }`

const keys = { AWS_ACCESS_KEY_ID: "AKIACANARY", AWS_SECRET_ACCESS_KEY: "canary-secret-key" }

const ask = (type: string, date: Date, env: Record<string, string>) =>
  Effect.gen(function*() {
    const gateway = yield* refusing(type, date)
    const home = yield* makeHome
    yield* home.writeGlobalConfig(guideConfig(gateway.url))
    const { code, stderr } = yield* home.run(["run", "--no-tools", "hello"], { env })
    const listed = yield* home.run(["providers", "list"], { env })
    assert.strictEqual(code, 1)
    const token = env["AWS_BEARER_TOKEN_BEDROCK"] ?? "canary"
    assert.notInclude(stderr + listed.stdout + (yield* home.logs), token)
    return { stderr, listed: listed.stdout }
  })

layer(NodeContext.layer)("the hint for a refusal names", (it) => {
  it.scoped("the region of a key for another one", () =>
    Effect.gen(function*() {
      const env = { AWS_BEARER_TOKEN_BEDROCK: key("eu-west-1", "20990101T000000Z") }
      const { listed, stderr } = yield* ask("AccessDeniedException", new Date(), env)
      assert.match(stderr, /key for eu-west-1, but the request went to us-east-1/)
      assert.match(listed, /key for eu-west-1, but requests go to us-east-1/)
    }))

  it.scoped("the expiry of a key that has expired", () =>
    Effect.gen(function*() {
      const env = { AWS_BEARER_TOKEN_BEDROCK: key("us-east-1", "20200101T000000Z") }
      const { listed, stderr } = yield* ask("AccessDeniedException", new Date(), env)
      assert.match(stderr, /expired at 2020-01-01T12:00:00/)
      assert.match(listed, /expired at 2020-01-01T12:00:00/)
    }))

  it.scoped("the minutes by which the clock is wrong", () =>
    Effect.gen(function*() {
      const date = new Date(Date.now() - 3_600_000)
      const { stderr } = yield* ask("SignatureDoesNotMatch", date, keys)
      assert.match(stderr, /clock is 60 minutes ahead of/)
    }))

  it.scoped("the gateway if it rewrites signed requests", () =>
    Effect.gen(function*() {
      const { stderr } = yield* ask("InvalidSignatureException", new Date(), keys)
      assert.match(stderr, /AWS_ACCESS_KEY_ID were sent as a SigV4 signature.*\n?.*host, path and headers/)
    }))
})
