import { AuthError } from "@altimate-code/auth/AuthError"
import { AwsCredentials } from "@altimate-code/auth/AwsCredentials"
import * as Secrets from "@altimate-code/log/Secrets"
import * as Sandbox from "@altimate-code/sandbox/Sandbox"
import { assert, describe, it } from "@effect/vitest"
import * as ConfigProvider from "effect/ConfigProvider"
import * as Deferred from "effect/Deferred"
import * as Effect from "effect/Effect"
import * as Fiber from "effect/Fiber"
import * as Layer from "effect/Layer"
import * as Redacted from "effect/Redacted"
import * as Stream from "effect/Stream"
import { BedrockClient } from "../src/BedrockClient.ts"
import { isExpired } from "../src/Diagnosis.ts"
import { EndpointPolicy } from "../src/EndpointPolicy.ts"
import {
  awsKey,
  chain,
  client,
  commanded,
  complete,
  faulty,
  hello,
  keys,
  noRetries,
  preferChain,
  request,
  stream,
  textOf,
  token,
  withoutToken
} from "./protocol/fixture.ts"

describe("a request with a bearer token", () => {
  it.scopedLive("is streamed over HTTP/1.1 with only that authorization, without using the AWS credential chain", () =>
    Effect.gen(function*() {
      const sandbox = yield* Sandbox.make({ auth: { bearer: [Redacted.make(token)] }, script: [hello] })
      const events = yield* Effect.provide(stream, client(sandbox.url))
      assert.strictEqual(textOf(events), "Hello")
      const [sent, ...others] = yield* sandbox.requests
      assert.strictEqual(others.length, 0)
      assert.strictEqual(sent?.httpVersion, "1.1")
      assert.strictEqual(sent?.headers["authorization"], `Bearer ${token}`)
      assert.notProperty(sent?.headers, "x-amz-security-token")
      assert.strictEqual(sent?.operation, "converse-stream")
      assert.deepStrictEqual(sent?.body, { messages: request.messages, inferenceConfig: { maxTokens: 100 } })
    }))

  it.scopedLive("can also return a complete response", () =>
    Effect.gen(function*() {
      const sandbox = yield* Sandbox.make({ auth: { bearer: [Redacted.make(token)] }, script: [hello] })
      const output = yield* Effect.provide(complete, client(sandbox.url))
      assert.deepStrictEqual(output.output?.message?.content, [{ text: "Hello" }])
      assert.isString(output.$metadata.requestId)
    }))

  it.scopedLive("has a request ID on every event", () =>
    Effect.gen(function*() {
      const sandbox = yield* Sandbox.make({ script: [hello] })
      const ids = (yield* Effect.provide(stream, client(sandbox.url))).map((event) => event.requestId)
      assert.strictEqual(new Set(ids).size, 1)
      assert.isString(ids[0])
    }))
})

describe("a request with AWS credentials", () => {
  const signed = Sandbox.make({ auth: { sigv4: [awsKey("ONE")] }, script: [hello, hello] })
  const options = { auth: preferChain, chain: chain(keys("ONE")) }

  it.scopedLive("has a signature that the service accepts, including the session token", () =>
    Effect.gen(function*() {
      const sandbox = yield* signed
      yield* Effect.provide(Effect.zip(stream, complete), client(sandbox.url, options))
      for (const sent of yield* sandbox.requests) {
        assert.isTrue(sent.authorized)
        assert.match(
          sent.headers["authorization"] ?? "",
          /^AWS4-HMAC-SHA256 Credential=AKIAONE\/\d{8}\/us-east-1\/bedrock\/aws4_request/
        )
        assert.notInclude(sent.headers["authorization"], "Bearer")
      }
    }))

  it.scopedLive("is signed for the path as sent, with an ARN, a colon and a prefix", () =>
    Effect.gen(function*() {
      const sandbox = yield* Sandbox.make({
        auth: { sigv4: [awsKey("ONE")] },
        prefix: "/bedrock/v1",
        script: [hello, hello]
      })
      const ids = [
        "arn:aws:bedrock:us-east-1:123456789012:inference-profile/us.anthropic.claude-x-v1:0",
        "anthropic.claude-3-haiku-20240307-v1:0"
      ]
      for (const modelId of ids) {
        yield* Effect.provide(
          Effect.flatMap(BedrockClient, (bedrock) => bedrock.converse({ ...request, modelId })),
          client(sandbox.url, options)
        )
      }
      const sent = yield* sandbox.requests
      assert.deepStrictEqual(sent.map(({ modelId }) => modelId), ids)
      assert.deepStrictEqual(sent.map(({ rawPath }) => rawPath), [
        "/bedrock/v1/model/arn%3Aaws%3Abedrock%3Aus-east-1%3A123456789012%3Ainference-profile%2Fus.anthropic.claude-x-v1%3A0/converse",
        "/bedrock/v1/model/anthropic.claude-3-haiku-20240307-v1%3A0/converse"
      ])
    }))

  it.scopedLive("renews expired credentials once and succeeds", () =>
    Effect.gen(function*() {
      const sandbox = yield* Sandbox.make({
        auth: { sigv4: [awsKey("ONE"), awsKey("TWO")] },
        script: [faulty({ type: "expiredToken" })]
      })
      const asked: Array<boolean> = []
      const renewing = Layer.succeed(AwsCredentials, {
        resolve: ({ refresh }) =>
          Effect.sync(() => {
            asked.push(refresh === true)
            return keys(refresh === true ? "TWO" : "ONE", true)
          })
      })
      yield* Effect.provide(complete, client(sandbox.url, { auth: preferChain, chain: renewing, retry: noRetries }))
      assert.deepStrictEqual(asked, [false, true])
      const sent = (yield* sandbox.requests).map(({ headers }) =>
        /Credential=(\w+)/.exec(headers["authorization"] ?? "")?.[1]
      )
      assert.deepStrictEqual(sent, ["AKIAONE", "AKIATWO"])
    }))

  it.scopedLive("never renews credentials twice", () =>
    Effect.gen(function*() {
      const sandbox = yield* Sandbox.make({
        auth: { sigv4: [awsKey("ONE")] },
        script: [faulty({ type: "expiredToken", times: "always" })]
      })
      const error = yield* complete.pipe(
        Effect.flip,
        Effect.provide(client(sandbox.url, { auth: preferChain, chain: chain(keys("ONE", true)) }))
      )
      assert.strictEqual(error.reason, "Authentication")
      assert.strictEqual(error.attempts, 2)
      assert.isTrue(isExpired(error))
      assert.strictEqual(error.evidence?.authorization.source, "the ONE step")
      assert.strictEqual((yield* sandbox.requests).length, 2)
    }))

  it.scopedLive("never renews credentials twice, even with another failure in between", () =>
    Effect.gen(function*() {
      const sandbox = yield* Sandbox.make({
        script: [faulty({ type: "expiredToken" }, { type: "throttle" }, { type: "expiredToken" })]
      })
      const asked: Array<boolean> = []
      const recording = Layer.succeed(AwsCredentials, {
        resolve: ({ refresh }) => Effect.sync(() => (asked.push(refresh === true), keys("ONE", true)))
      })
      const error = yield* complete.pipe(
        Effect.flip,
        Effect.provide(client(sandbox.url, { auth: preferChain, chain: recording }))
      )
      assert.strictEqual(error.reason, "Authentication")
      assert.strictEqual(error.attempts, 3)
      assert.deepStrictEqual(asked, [false, true, false])
    }))

  it.scopedLive("reports the number of attempts if the credentials cannot be renewed", () =>
    Effect.gen(function*() {
      const sandbox = yield* Sandbox.make({ script: [faulty({ type: "expiredToken", times: "always" })] })
      const ended = Layer.succeed(AwsCredentials, {
        resolve: ({ refresh }) =>
          refresh === true
            ? new AuthError({ reason: "Expired", message: "the session has ended", renewal: "aws sso login" })
            : Effect.succeed(keys("ONE", true))
      })
      const error = yield* complete.pipe(
        Effect.flip,
        Effect.provide(client(sandbox.url, { auth: preferChain, chain: ended }))
      )
      assert.strictEqual(error.message, "the session has ended")
      assert.deepInclude(error.cause, { reason: "Expired", renewal: "aws sso login" })
      assert.strictEqual(error.attempts, 1)
    }))

  it.scopedLive("is not retried with credentials that can't be renewed", () =>
    Effect.gen(function*() {
      const sandbox = yield* Sandbox.make({ script: [faulty({ type: "expiredToken", times: "always" })] })
      const error = yield* Effect.provide(Effect.flip(stream), client(sandbox.url, options))
      assert.strictEqual(error.attempts, 1)
      assert.strictEqual((yield* sandbox.requests).length, 1)
    }))

  it.scopedLive("is not retried with the same credentials if they were refused for another reason", () =>
    Effect.gen(function*() {
      const denied = { type: "error", status: 403, name: "AccessDeniedException", message: "no access" } as const
      const sandbox = yield* Sandbox.make({ script: [faulty(denied), hello] })
      const error = yield* complete.pipe(
        Effect.flip,
        Effect.provide(client(sandbox.url, { auth: preferChain, chain: chain(keys("ONE", true)) }))
      )
      assert.strictEqual(error.reason, "Permission")
      assert.strictEqual((yield* sandbox.requests).length, 1)
    }))
})

describe("a command's tokens", () => {
  const bearers = (...tokens: ReadonlyArray<string>) => ({
    auth: { bearer: tokens.map((token) => Redacted.make(token)) }
  })
  const sent = (requests: ReadonlyArray<Sandbox.RecordedRequest>) =>
    requests.map(({ headers }) => headers["authorization"])

  it.scopedLive("are renewed once after a refusal, and the request succeeds", () =>
    Effect.gen(function*() {
      const sandbox = yield* Sandbox.make(bearers("two"))
      yield* Effect.provide(stream, client(sandbox.url, { auth: commanded("one", "two"), retry: noRetries }))
      assert.deepStrictEqual(sent(yield* sandbox.requests), ["Bearer one", "Bearer two"])
    }))

  it.scopedLive("are not renewed twice", () =>
    Effect.gen(function*() {
      const sandbox = yield* Sandbox.make(bearers("three"))
      const auth = commanded("one", "two", "three")
      const error = yield* Effect.provide(Effect.flip(complete), client(sandbox.url, { auth }))
      assert.strictEqual(error.reason, "Authentication")
      assert.deepInclude(error.evidence?.authorization, { kind: "Bearer", source: "tokenCommand", refreshable: true })
      assert.deepStrictEqual(sent(yield* sandbox.requests), ["Bearer one", "Bearer two"])
    }))

  it.scopedLive("are not sent again if the command has no new token", () =>
    Effect.gen(function*() {
      const sandbox = yield* Sandbox.make(bearers("two"))
      yield* Effect.provide(Effect.flip(complete), client(sandbox.url, { auth: commanded("one") }))
      assert.deepStrictEqual(sent(yield* sandbox.requests), ["Bearer one"])
    }))
})

describe("a request without a token or keys", () => {
  it.scopedLive("has no authorization, whatever the environment contains", () =>
    Effect.gen(function*() {
      const sandbox = yield* Sandbox.make()
      for (const which of ["Headers", "None"] as const) {
        yield* Effect.provide(complete, client(sandbox.url, { auth: withoutToken(which) }))
      }
      const requests = yield* sandbox.requests
      assert.lengthOf(requests, 2)
      for (const { headers } of requests) {
        assert.isUndefined(headers["authorization"])
        assert.isUndefined(headers["x-amz-date"])
      }
    }).pipe(
      Effect.ensuring(Effect.sync(() => void delete process.env["AWS_BEARER_TOKEN_BEDROCK"])),
      (test) => Effect.zipRight(Effect.sync(() => void (process.env["AWS_BEARER_TOKEN_BEDROCK"] = "stray")), test)
    ))

  it.scopedLive("reports in its error how it was authorized", () =>
    Effect.gen(function*() {
      const sandbox = yield* Sandbox.make({ auth: { bearer: [Redacted.make("x")] } })
      for (const kind of ["None", "Headers"] as const) {
        const error = yield* Effect.provide(Effect.flip(complete), client(sandbox.url, { auth: withoutToken(kind) }))
        assert.deepStrictEqual(error.evidence?.authorization, { kind, source: "options", refreshable: false })
      }
    }))
})

describe("the URL of a request", () => {
  it.scopedLive("keeps the base URL's path and query, with and without a trailing slash, and is shown in errors", () =>
    Effect.gen(function*() {
      const sandbox = yield* Sandbox.make({ prefix: "/bedrock/v1", script: [hello, hello, hello] })
      for (const url of [sandbox.url, `${sandbox.url}/`, `${sandbox.url}/?team=a`]) {
        yield* Effect.provide(stream, client(url))
      }
      const path = "/bedrock/v1/model/us.anthropic.claude-sonnet-4-6-v1/converse-stream"
      assert.deepStrictEqual((yield* sandbox.requests).map(({ rawPath }) => rawPath), [path, path, `${path}?team=a`])
      const error = yield* Effect.provide(Effect.flip(stream), client(sandbox.url))
      assert.strictEqual(error.url, `http://127.0.0.1:${sandbox.port}${path}`)
    }))

  it.scopedLive("keeps all values of a repeated query parameter, even in a signed request", () =>
    Effect.gen(function*() {
      const sandbox = yield* Sandbox.make({ auth: { sigv4: [awsKey("ONE")] }, script: [hello] })
      const options = { auth: preferChain, chain: chain(keys("ONE")) }
      yield* Effect.provide(stream, client(`${sandbox.url}?team=b&team=a&x=1`, options))
      const [sent] = yield* sandbox.requests
      assert.strictEqual(sent?.rawPath.split("?")[1], "team=b&team=a&x=1")
    }))

  it.scopedLive("is determined by the endpoint policy", () =>
    Effect.gen(function*() {
      const sandbox = yield* Sandbox.make({ script: [hello] })
      const elsewhere = Layer.succeed(EndpointPolicy, {
        resolve: () => Effect.succeed({ url: sandbox.url, origin: { _tag: "Default" }, why: "the test says so" })
      })
      const events = yield* Effect.provide(stream, client("http://127.0.0.1:1", { endpoint: elsewhere }))
      assert.strictEqual(textOf(events), "Hello")
    }))
})

describe("secrets in a gateway's URL", () => {
  for (const variable of ["AWS_ENDPOINT_URL_BEDROCK_RUNTIME", "AWS_ENDPOINT_URL"]) {
    it.effect(`are registered as secrets if the URL comes from ${variable}`, () =>
      Effect.gen(function*() {
        const { endpoint } = yield* BedrockClient
        assert.include(endpoint.url, "canary-password")
        const { mask } = yield* Secrets.Secrets
        const basic = Buffer.from("user:canary-password").toString("base64")
        assert.strictEqual(
          mask(`canary-password ${basic} canary-key-of-a-gateway`),
          "<redacted> <redacted> <redacted>"
        )
      }).pipe(
        Effect.provide(client(undefined)),
        Effect.withConfigProvider(ConfigProvider.fromMap(
          new Map([[variable, "https://user:canary-password@gw.example.com/v1?key=canary-key-of-a-gateway"]])
        ))
      ))
  }
})

// In these tests the client outlives the request, because closing it would close every connection.
describe("abandoning a request", () => {
  it.scopedLive("closes its connection if a stream is interrupted between two events", () =>
    Effect.gen(function*() {
      const sandbox = yield* Sandbox.make({ script: [faulty({ type: "stall", afterEvents: 3 })] })
      yield* Effect.gen(function*() {
        const bedrock = yield* BedrockClient
        const shown = yield* Deferred.make<void>()
        const fiber = yield* bedrock.converseStream(request).pipe(
          Stream.runForEach(() => Deferred.succeed(shown, undefined)),
          Effect.fork
        )
        yield* Deferred.await(shown)
        yield* Fiber.interrupt(fiber)
        yield* sandbox.waitFor(([sent]) => sent?.aborted === true)
      }).pipe(Effect.provide(client(sandbox.url)))
    }))

  it.scopedLive("closes its connection if it is interrupted before a response arrives", () =>
    Effect.gen(function*() {
      const sandbox = yield* Sandbox.make({ script: [faulty({ type: "stall", times: 2 })] })
      yield* Effect.gen(function*() {
        for (const operation of [Effect.asVoid(stream), Effect.asVoid(complete)]) {
          const fiber = yield* Effect.fork(operation)
          yield* sandbox.waitFor((requests) => requests.some((sent) => !sent.aborted))
          yield* Fiber.interrupt(fiber)
          yield* sandbox.waitFor((requests) => requests.every((sent) => sent.aborted))
        }
      }).pipe(Effect.provide(client(sandbox.url)))
      assert.strictEqual((yield* sandbox.requests).length, 2)
    }))

  it.scopedLive("closes its connection if the consumer stops reading", () =>
    Effect.gen(function*() {
      const sandbox = yield* Sandbox.make({ script: [faulty({ type: "stall", afterEvents: 3 })] })
      yield* Effect.gen(function*() {
        const bedrock = yield* BedrockClient
        yield* Stream.runDrain(Stream.take(bedrock.converseStream(request), 2))
        yield* sandbox.waitFor(([sent]) => sent?.aborted === true)
      }).pipe(Effect.provide(client(sandbox.url)))
    }))
})
