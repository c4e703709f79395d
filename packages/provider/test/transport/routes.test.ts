import { DecisionLevel } from "@altimate-code/system/logging/DecisionLevel"
import { assert, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as Logger from "effect/Logger"
import * as LogLevel from "effect/LogLevel"
import * as Stream from "effect/Stream"
import { BedrockClient } from "../../src/BedrockClient.ts"
import { chain, client, complete, keys, preferChain, request, stream, textOf } from "../protocol/fixture.ts"
import { makeGateway, sendJson, streamHi } from "./jsonGateway.ts"

describe("a gateway without the converse path", () => {
  it.scopedLive("is recognized after a streaming request has succeeded", () =>
    Effect.gen(function*() {
      const url = yield* makeGateway((response, { path }) =>
        path.endsWith("/converse-stream")
          ? streamHi(response)
          : sendJson(response, 404, { message: "no Route matched" })
      )
      yield* Effect.gen(function*() {
        assert.isUndefined((yield* Effect.flip(complete)).evidence?.answeredBefore)
        assert.strictEqual(textOf(yield* stream), "Hi")
        const error = yield* Effect.flip(complete)
        assert.strictEqual(error.evidence?.answeredBefore, "other-operation")
      }).pipe(Effect.provide(client(url)))
    }))
})

describe("a gateway that refuses a field with a FastAPI error", () => {
  it.scopedLive("receives the request again without the field", () =>
    Effect.gen(function*() {
      const seen: Array<boolean> = []
      const url = yield* makeGateway((response, { body }) => {
        const refused = body.includes("cachePoint")
        seen.push(refused)
        return refused
          ? sendJson(response, 422, {
            detail: [{
              type: "extra_forbidden",
              loc: ["body", "system", 1, "cachePoint"],
              msg: "Extra inputs are not permitted",
              input: { type: "default" }
            }]
          })
          : streamHi(response)
      })
      yield* Effect.gen(function*() {
        const bedrock = yield* BedrockClient
        yield* Stream.runDrain(bedrock.converseStream({
          ...request,
          system: [{ text: "Be brief." }, { cachePoint: { type: "default" } }]
        }))
        assert.deepStrictEqual(seen, [true, false])
        assert.deepInclude((yield* bedrock.notices)[0], { _tag: "FieldDropped", dropped: ["cachePoint"] })
      }).pipe(Effect.provide(client(url)))
    }))
})

describe("a signature that a gateway can't verify", () => {
  it.scopedLive("logs what should have been signed, without the session token", () =>
    Effect.gen(function*() {
      const url = yield* makeGateway((response) =>
        sendJson(response.setHeader("x-amzn-errortype", "SignatureDoesNotMatch"), 403, {
          message:
            "It does not match.\n\nThe Canonical String for this request should have been\n'POST\nx-amz-security-token:session-ONE'\n\nThe String-to-Sign should have been\n'AWS4-HMAC-SHA256'"
        })
      )
      const logged: Array<string> = []
      const logger = Logger.make(({ annotations }) => void logged.push(JSON.stringify([...annotations])))
      const error = yield* complete.pipe(
        Effect.flip,
        Effect.provide(client(url, { auth: preferChain, chain: chain(keys("ONE")), logger })),
        Effect.provideService(DecisionLevel, LogLevel.Info)
      )
      assert.strictEqual(error.message, "SignatureDoesNotMatch: It does not match.")
      assert.include(logged.join(), "AWS4-HMAC-SHA256'")
      assert.notInclude(logged.join(), "session-ONE")
    }))
})
