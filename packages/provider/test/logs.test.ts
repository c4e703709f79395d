import * as Sandbox from "@altimate-code/sandbox/Sandbox"
import { DecisionLevel } from "@altimate-code/system/logging/DecisionLevel"
import { assert, describe, it } from "@effect/vitest"
import * as Chunk from "effect/Chunk"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Logger from "effect/Logger"
import * as LogLevel from "effect/LogLevel"
import * as Stream from "effect/Stream"
import * as BedrockClient from "../src/BedrockClient.ts"
import * as BedrockLanguageModel from "../src/BedrockLanguageModel.ts"
import {
  chain,
  client,
  complete,
  faulty,
  hello,
  keys,
  preferChain,
  request,
  stream,
  token
} from "./protocol/fixture.ts"

/** Every line that the client logs, with its annotations. */
const logged = (
  script: Sandbox.Options["script"],
  options: Parameters<typeof client>[1] = {},
  operation: typeof stream | typeof complete = stream,
  gateway: Sandbox.Options = {}
) =>
  Effect.gen(function*() {
    const lines: Array<{ level: string; message: string; annotations: Record<string, unknown> }> = []
    const logger = Logger.make<unknown, void>(({ annotations, logLevel, message }) => {
      lines.push({
        level: logLevel.label,
        message: (Array.isArray(message) ? message : [message]).join(" "),
        annotations: Object.fromEntries(annotations)
      })
    })
    const sandbox = yield* Sandbox.make(script === undefined ? gateway : { ...gateway, script })
    const layer = BedrockLanguageModel.layer({ model: "anthropic.claude-sonnet-4-6-v1" }).pipe(
      Layer.provideMerge(client(sandbox.url, { ...options, logger })),
      Layer.provideMerge(Logger.minimumLogLevel(LogLevel.All))
    )
    yield* Effect.either(operation as typeof stream).pipe(Effect.provide(layer))
    return { lines, url: sandbox.url }
  })

/** As a program does whose users read the log. */
const showingDecisions = Effect.provideService(DecisionLevel, LogLevel.Info)

describe("the log", () => {
  it.scopedLive("contains the decisions at DEBUG, unless the program chooses another level", () =>
    Effect.gen(function*() {
      const decisions = (lines: ReadonlyArray<{ readonly level: string; readonly message: string }>) =>
        lines.filter(({ message }) => ["found", "endpoint", "model", "credential"].includes(message))
          .map(({ level, message }) => `${level} ${message}`)
      const names = ["found", "endpoint", "model", "credential"]
      assert.deepStrictEqual(decisions((yield* logged([hello])).lines), names.map((name) => `DEBUG ${name}`))
      const chosen = yield* Effect.provideService(logged([hello]), DecisionLevel, LogLevel.Info)
      assert.deepStrictEqual(decisions(chosen.lines), names.map((name) => `INFO ${name}`))
    }))

  it.scopedLive("contains the provider, the endpoint and the model, each with its reason", () =>
    Effect.gen(function*() {
      const { lines, url } = yield* Effect.provideService(logged([hello]), DecisionLevel, LogLevel.Info)
      const provider = { service: "provider", providerID: "amazon-bedrock" }
      assert.deepInclude(lines, { level: "INFO", message: "found", annotations: provider })
      assert.deepInclude(lines, { level: "INFO", message: "endpoint", annotations: { ...provider, url, why: "test" } })
      const model = lines.find(({ message }) => message === "model")
      assert.strictEqual(model?.annotations["wire"], "us.anthropic.claude-sonnet-4-6-v1")
      assert.isString(model?.annotations["why"])
      const credential = lines.find(({ message }) => message === "credential")
      assert.strictEqual(credential?.level, "INFO")
      assert.strictEqual(credential?.annotations["from"], "AWS_BEARER_TOKEN_BEDROCK")
    }))

  it.scopedLive("contains each request and its response at DEBUG", () =>
    Effect.gen(function*() {
      const { lines, url } = yield* logged([hello])
      const sent = lines.find(({ message }) => message === "request")
      assert.strictEqual(sent?.level, "DEBUG")
      assert.deepInclude(sent?.annotations, {
        service: "provider",
        providerID: "amazon-bedrock",
        method: "POST",
        url: `${url}/model/us.anthropic.claude-sonnet-4-6-v1/converse-stream`,
        attempt: 1
      })
      assert.include(sent?.annotations["headers"], "authorization: Bearer <redacted>")
      const answered = lines.find(({ message }) => message === "response")
      assert.strictEqual(answered?.annotations["status"], 200)
      assert.isString(answered?.annotations["requestId"])
      assert.isNumber(answered?.annotations["ms"])
      assert.strictEqual(answered?.annotations["attempt"], 1)
    }))

  it.scopedLive("contains each retry as a warning with its reason and wait, and the failure as an error", () =>
    Effect.gen(function*() {
      for (const operation of [stream, complete]) {
        const { lines } = yield* showingDecisions(
          logged([faulty({ type: "throttle", times: "always" })], {}, operation)
        )
        const retries = lines.filter(({ level }) => level === "WARN")
        assert.deepStrictEqual(
          retries.map(({ annotations }) => [annotations["reason"], annotations["attempt"], annotations["waitMs"]]),
          [
            ["Throttled", 1, 0],
            ["Throttled", 2, 0],
            ["Throttled", 3, 0]
          ]
        )
        const errors = lines.filter(({ level }) => level === "ERROR")
        assert.strictEqual(errors.length, 1)
        assert.deepInclude(errors[0]?.annotations, {
          service: "provider",
          providerID: "amazon-bedrock",
          error: "ThrottlingException: Too many requests, please wait before trying again.",
          status: 429,
          attempts: 4
        })
      }
    }))

  it.scopedLive("has nothing above DEBUG if the program gets the failure and chooses no level", () =>
    Effect.gen(function*() {
      const { lines } = yield* logged([faulty({ type: "throttle", times: "always" })])
      assert.include(lines.map(({ message }) => message), "request failed")
      assert.deepStrictEqual(lines.filter(({ level }) => !["DEBUG", "TRACE"].includes(level)), [])
    }))

  it.scopedLive("has a gateway that does not stream and a refused field once, at DEBUG unless the program chooses another level", () =>
    Effect.gen(function*() {
      const twice = Effect.flatMap(BedrockClient.BedrockClient, ({ converseStream }) => {
        const ask = Stream.runCollect(converseStream({ ...request, requestMetadata: { team: "a" } }))
        return Effect.map(Effect.zipRight(ask, ask), Chunk.toReadonlyArray)
      })
      for (const [level, label] of [[LogLevel.Debug, "DEBUG"], [LogLevel.Info, "WARN"]] as const) {
        const { lines } = yield* logged(undefined, {}, twice, { streaming: "json", refuse: ["requestMetadata"] }).pipe(
          Effect.provideService(DecisionLevel, level)
        )
        const reported = lines.filter(({ message }) => /does not stream|left out/.test(message))
        assert.sameMembers(reported.map(({ level, message }) => `${level} ${message}`), [
          `${label} field left out of requests`,
          `${label} The gateway does not stream`
        ])
      }
    }))

  it.scopedLive("contains a failure in the middle of a stream as an error", () =>
    Effect.gen(function*() {
      const { lines } = yield* showingDecisions(logged([faulty({ type: "end", afterEvents: 3 })]))
      const errors = lines.filter(({ level }) => level === "ERROR")
      assert.deepStrictEqual(
        errors.map(({ annotations }) => [annotations["service"], annotations["providerID"], annotations["reason"]]),
        [
          ["provider", "amazon-bedrock", "TruncatedStream"]
        ]
      )
    }))

  it.scopedLive("never contains a credential", () =>
    Effect.gen(function*() {
      const refused = faulty({
        type: "error",
        status: 403,
        name: "X",
        message: `bad ${token} secret-ONE session-ONE`,
        times: "always"
      })
      for (const options of [{}, { auth: preferChain, chain: chain(keys("ONE", true)) }]) {
        const { lines } = yield* logged([refused], options)
        const text = JSON.stringify(lines)
        assert.include(text, "request failed")
        for (const secret of "auth" in options ? ["secret-ONE", "session-ONE"] : [token]) {
          assert.notInclude(text, secret)
        }
      }
    }))
})
