import { assert, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as Sandbox from "../src/Sandbox.ts"
import { arn, converse, converseStream, hello, nova, send } from "./wire.ts"

const unknown = "com.amazon.coral.service#UnknownOperationException"

const status = (url: string, modelId: string) =>
  Effect.map(
    send(url, { path: converse(modelId), body: hello }),
    ({ headers, json, status }) => [status, headers["x-amzn-errortype"], (json as { message?: string }).message]
  )

describe("routes", () => {
  for (const prefix of ["", "/", "/bedrock/v1", "bedrock/v1/", "/a%20b/c/"]) {
    it.scoped(`begin with the prefix ${JSON.stringify(prefix)}`, () =>
      Effect.gen(function*() {
        const sandbox = yield* Sandbox.make({ prefix })
        assert.isFalse(sandbox.url.endsWith("/"))
        const answer = yield* send(sandbox.url, { path: converse(nova), body: hello })
        assert.strictEqual(answer.status, 200)
        const [request] = yield* sandbox.requests
        assert.strictEqual(request?.modelId, nova)
        assert.isTrue(request?.rawPath.endsWith("/model/amazon.nova-lite-v1%3A0/converse"))
      }))
  }

  it.scoped("accept an ARN as one percent-encoded segment, and unencoded colons", () =>
    Effect.gen(function*() {
      const sandbox = yield* Sandbox.make()
      assert.strictEqual((yield* send(sandbox.url, { path: converse(arn), body: hello })).status, 200)
      assert.strictEqual((yield* send(sandbox.url, { path: `/model/${nova}/converse`, body: hello })).status, 200)
      assert.deepStrictEqual((yield* sandbox.requests).map((request) => request.modelId), [arn, nova])
    }))

  for (const operation of ["converse", "converse-stream"]) {
    it.scoped(`answer ${operation} with an unencoded slash in the ARN with HTTP 200 and an unknown operation`, () =>
      Effect.gen(function*() {
        const sandbox = yield* Sandbox.make({ auth: {} })
        for (const id of [arn, encodeURIComponent(arn).replace("%2F", "/")]) {
          const answer = yield* send(sandbox.url, { path: `/model/${id}/${operation}`, body: hello })
          assert.strictEqual(answer.status, 200)
          assert.strictEqual(answer.headers["content-type"], "application/json")
          assert.deepStrictEqual(answer.json, { Output: { __type: unknown }, Version: "1.0" })
        }
      }))
  }

  it.scoped("refuse other paths and methods", () =>
    Effect.gen(function*() {
      const { url } = yield* Sandbox.make({ prefix: "/gw" })
      const origin = url.replace("/gw", "")
      const posts = [
        [url, "/"],
        [url, "/model//converse"],
        [url, "/model/a/invoke"],
        [url, "/model/a/b/converse"],
        [url, "/model/%E0%A4%A/converse"],
        [url, "/foundation-models"],
        [origin, converse(nova)],
        [origin, `/gwen${converse(nova)}`]
      ] as const
      for (const [base, path] of posts) {
        const answer = yield* send(base, { path, body: hello })
        assert.strictEqual(answer.status, 404, path)
        assert.strictEqual(answer.headers["x-amzn-errortype"], "UnknownOperationException")
        assert.deepStrictEqual(answer.json, { Output: { __type: unknown }, Version: "1.0" })
      }
      for (const [method, path] of [["GET", "/"], ["GET", converse(nova)], ["PUT", converseStream(nova)]] as const) {
        const answer = yield* send(url, { method, path })
        assert.strictEqual(answer.status, 404)
        assert.strictEqual(answer.headers["x-amzn-errortype"], "UnknownOperationException")
        assert.strictEqual(answer.text, "<UnknownOperationException/>\n")
      }
    }))

  it.scoped("give each of Bedrock's responses a unique ID", () =>
    Effect.gen(function*() {
      const { url } = yield* Sandbox.make({ models: [nova] })
      const ids = yield* Effect.forEach(
        [converse(nova), converseStream(nova), converse("x"), "/", `/model/${arn}/converse`],
        (path) => Effect.map(send(url, { path, body: hello }), ({ headers }) => headers["x-amzn-requestid"])
      )
      for (const id of ids) assert.match(String(id), /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/)
      assert.strictEqual(new Set(ids).size, ids.length)
    }))
})

describe("models", () => {
  const profile = "us.anthropic.claude-sonnet-4-6"
  const validation = "ValidationException:http://internal.amazon.com/coral/com.amazon.coral.service/"

  it.scoped("are accepted if they are listed, ARNs included, and otherwise refused with Bedrock's message", () =>
    Effect.gen(function*() {
      const { url } = yield* Sandbox.make({ models: [profile, arn, nova] })
      for (const id of [profile, arn, nova]) assert.strictEqual((yield* status(url, id))[0], 200)
      for (const id of ["anthropic.claude-opus-4", "eu.anthropic.claude-sonnet-4-6", `us.${nova}`, "sonnet-4-6"]) {
        assert.deepStrictEqual(yield* status(url, id), [400, validation, "The provided model identifier is invalid."])
      }
    }))

  it.scoped("are not available on demand if only an ID with a prefix or an inference profile's ARN is listed", () =>
    Effect.gen(function*() {
      const bare = "anthropic.claude-sonnet-4-6"
      for (const listed of [profile, `global.${bare}`, `arn:aws:bedrock:us-east-1:1:inference-profile/us.${bare}`]) {
        const { url } = yield* Sandbox.make({ models: [listed] })
        assert.deepStrictEqual(yield* status(url, bare), [
          400,
          validation,
          `Invocation of model ID ${bare} with on-demand throughput isn\u2019t supported. Retry your request with the ID or ARN of an inference profile that contains this model.`
        ])
      }
    }))
})
