import { Auth } from "@altimate-code/auth/Auth"
import type { AuthError } from "@altimate-code/auth/AuthError"
import { ConfigError } from "@altimate-code/config/ConfigError"
import * as Sandbox from "@altimate-code/sandbox/Sandbox"
import { assert, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Logger from "effect/Logger"
import * as LogLevel from "effect/LogLevel"
import * as Redacted from "effect/Redacted"
import { inspect } from "node:util"
import { rawGateway } from "../../../test/RawGateway.ts"
import {
  awsKey,
  chain,
  client,
  complete,
  hello,
  keys,
  preferChain,
  request,
  stream,
  token
} from "./protocol/fixture.ts"

const greeting = [hello, hello]

describe("the URL of a gateway", () => {
  for (
    const [what, end, query] of [
      ["without a slash at its end", "", ""],
      ["with a slash at its end", "/", ""],
      ["with two slashes at its end", "//", ""],
      ["that ends with /model", "/model", ""],
      ["that ends with /model and slashes", "/model//", ""],
      ["with a query", "?api-version=2024-10-21&plan=a%20b", "?api-version=2024-10-21&plan=a%20b"],
      ["with /model, a slash and a query", "/model/?api-version=2024-10-21", "?api-version=2024-10-21"]
    ] as const
  ) {
    it.scopedLive(`${what} leads to the same path, with a token and with a signature`, () =>
      Effect.gen(function*() {
        const { requests, url } = yield* Sandbox.make({
          prefix: "/team/bedrock/v1",
          script: greeting,
          auth: { bearer: [Redacted.make(token)], sigv4: [awsKey("ONE")] }
        })
        yield* Effect.provide(stream, client(`${url}${end}`))
        yield* Effect.provide(stream, client(`${url}${end}`, { auth: preferChain, chain: chain(keys("ONE")) }))
        const sent = yield* requests
        assert.lengthOf(sent, 2)
        for (const { authorized, rawPath } of sent) {
          assert.isTrue(authorized)
          assert.strictEqual(rawPath, `/team/bedrock/v1/model/${request.modelId}/converse-stream${query}`)
        }
      }))
  }
})

describe("plain HTTP", () => {
  /** Reading a credential is a defect. */
  const dead = Layer.succeed(Auth, {
    credential: Effect.dieMessage("a credential was read"),
    renew: (): Effect.Effect<never, AuthError> => Effect.dieMessage("a credential was read")
  })

  for (
    const url of ["http://gateway.example.test/bedrock", "http://127.0.0.1.example.test", "http://10.1.2.3:8080"]
  ) {
    it.scopedLive(`is refused for ${url} before a credential is read, and the option that allows it is named`, () =>
      Effect.gen(function*() {
        const error = yield* Effect.flip(Effect.provide(complete, client(url, { auth: dead })))
        assert.instanceOf(error, ConfigError)
        assert.strictEqual(error.reason, "Value")
        assert.include(error.message, `${url} begins with http://`)
        assert.include(error.hint, "options.allowInsecure")
      }))
  }

  it.scopedLive("is used for another machine if allowInsecure is set", () =>
    Effect.gen(function*() {
      const { requests, url } = yield* Sandbox.make({ script: greeting })
      // Another address of this machine, which is not a loopback address.
      const other = url.replace("127.0.0.1", "0.0.0.0")
      assert.instanceOf(yield* Effect.flip(Effect.provide(complete, client(other))), ConfigError)
      assert.isEmpty(yield* requests)
      yield* Effect.provide(complete, client(other, { gateway: { allowInsecure: true } }))
      assert.lengthOf(yield* requests, 1)
    }))

  it.scopedLive("is used for this machine", () =>
    Effect.gen(function*() {
      const { requests, url } = yield* Sandbox.make({ script: greeting })
      yield* Effect.provide(complete, client(url.replace("127.0.0.1", "localhost")))
      assert.lengthOf(yield* requests, 1)
    }))
})

describe("a redirect", () => {
  for (const status of [301, 302, 307, 308]) {
    it.scopedLive(`(${status}) is never followed, so the credential is sent to no other host`, () =>
      Effect.gen(function*() {
        const other = yield* rawGateway((response) => response.writeHead(200).end())
        const location = `${other.url}/login?next=canary-next-5104`
        const log: Array<string> = []
        const logger = Logger.make<unknown, void>(({ annotations, message }) =>
          void log.push(inspect([message, [...annotations]], { depth: null }))
        )
        const headers = {
          "x-api-key": { value: Redacted.make("canary-header-5105"), origin: { _tag: "Default" as const } }
        }
        for (const operation of [Effect.asVoid(stream), Effect.asVoid(complete)]) {
          const { requests, url } = yield* Sandbox.make({
            script: [{ faults: [{ type: "redirect", status, location, times: "always" }], blocks: [] }]
          })
          const error = yield* Effect.flip(
            Effect.provide(operation, client(url, { gateway: { headers }, logger }))
          ).pipe(Logger.withMinimumLogLevel(LogLevel.All))
          assert.include(String(error), `returned a redirect (HTTP ${status}) to ${other.url}/login`)
          assert.notInclude(inspect([error, log], { depth: null }), "canary-")
          assert.notInclude(inspect([error, log], { depth: null }), token)
          assert.lengthOf(yield* requests, 1)
        }
        assert.isNotEmpty(log)
        assert.isEmpty(other.requests)
      }))
  }
})
