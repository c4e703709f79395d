import * as Sandbox from "@altimate-code/sandbox/Sandbox"
import type { Script } from "@altimate-code/sandbox/Script"
import * as LanguageModel from "@effect/ai/LanguageModel"
import { assert, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import { identity } from "effect/Function"
import * as Layer from "effect/Layer"
import * as Metric from "effect/Metric"
import * as MetricState from "effect/MetricState"
import * as Option from "effect/Option"
import * as Redacted from "effect/Redacted"
import * as Stream from "effect/Stream"
import * as Tracer from "effect/Tracer"
import * as BedrockLanguageModel from "../src/BedrockLanguageModel.ts"
import { awsKey, chain, client, faulty, hello, keys, preferChain } from "./protocol/fixture.ts"

interface RecordedSpan {
  readonly name: string
  readonly kind: Tracer.SpanKind
  readonly traceId: string
  readonly spanId: string
  readonly parent: string | undefined
  readonly attributes: Record<string, unknown>
  failed?: boolean
}

/** A tracer that records its spans, with IDs as the exporters of OpenTelemetry make them. */
const makeTracer = () => {
  const spans: Array<RecordedSpan> = []
  const tracer = Tracer.make({
    context: (f) => f(),
    span: (name, parent, context, links, startTime, kind) => {
      const traceId = Option.match(parent, { onNone: () => "a".repeat(32), onSome: (span) => span.traceId })
      const recorded: RecordedSpan = {
        name,
        kind,
        traceId,
        spanId: String(spans.length + 1).padStart(16, "0"),
        parent: Option.getOrUndefined(parent)?.spanId,
        attributes: {}
      }
      spans.push(recorded)
      return {
        _tag: "Span",
        ...recorded,
        parent,
        context,
        links,
        sampled: true,
        status: { _tag: "Started", startTime },
        attributes: new Map(),
        attribute: (key, value) => void (recorded.attributes[key] = value),
        event: () => {},
        addLinks: () => {},
        end: (_, exit) => void (recorded.failed = Exit.isFailure(exit))
      }
    }
  })
  return { spans, tracer }
}

interface Options extends NonNullable<Parameters<typeof client>[1]> {
  readonly sandbox?: Sandbox.Options
  readonly isOff?: boolean
  /** Without a tracer of the program, as without an exporter. */
  readonly hasTracer?: boolean
}

const run = (script: Script, options: Options = {}) =>
  Effect.gen(function*() {
    const sandbox = yield* Sandbox.make({ ...options.sandbox, script })
    const layer = BedrockLanguageModel.layer({ model: "anthropic.claude-sonnet-4-6-v1", maxTokens: 500 }).pipe(
      Layer.provide(client(sandbox.url, options))
    )
    const { spans, tracer } = makeTracer()
    const exit = yield* Stream.runDrain(LanguageModel.streamText({ prompt: "a secret prompt" })).pipe(
      Effect.zipRight(LanguageModel.generateText({ prompt: "a secret prompt" })),
      Effect.provide(layer),
      options.hasTracer === false ? identity : Effect.withTracer(tracer),
      Effect.withTracerEnabled(options.isOff !== true),
      Effect.exit
    )
    return { exit, spans, requests: yield* sandbox.requests }
  })

const usage = { inputTokens: 5, outputTokens: 2, cacheReadInputTokens: 3, cacheWriteInputTokens: 4 }
const twice: Script = [{ ...hello, usage }, { ...hello, usage }]
const attempts = (spans: ReadonlyArray<RecordedSpan>) => spans.filter(({ kind }) => kind === "client")

describe("telemetry", () => {
  it.scopedLive("describes the request and the answer in the spans of @effect/ai", () =>
    Effect.gen(function*() {
      const { spans } = yield* run(twice)
      for (const name of ["LanguageModel.streamText", "LanguageModel.generateText"]) {
        const { attributes } = spans.find((span) => span.name === name)!
        assert.deepInclude(attributes, {
          "gen_ai.system": "aws.bedrock",
          "gen_ai.operation.name": "chat",
          "gen_ai.request.model": "us.anthropic.claude-sonnet-4-6-v1",
          "gen_ai.request.max_tokens": 500,
          "gen_ai.response.model": "us.anthropic.claude-sonnet-4-6-v1",
          "gen_ai.response.finish_reasons": ["stop"],
          "gen_ai.usage.input_tokens": 5,
          "gen_ai.usage.output_tokens": 2,
          "gen_ai.usage.cache_read.input_tokens": 3,
          "gen_ai.usage.cache_creation.input_tokens": 4
        })
        assert.isString(attributes["gen_ai.response.id"])
      }
      assert.notInclude(JSON.stringify(spans), "secret prompt")
    }))

  it.scopedLive("has a client span for each attempt, below the span of the request", () =>
    Effect.gen(function*() {
      const unavailable = { type: "error", status: 503, name: "ServiceUnavailableException", message: "busy" } as const
      const { requests, spans } = yield* run([faulty(unavailable), hello])
      const made = attempts(spans)
      const model = spans.find(({ name }) => name === "LanguageModel.streamText")!
      assert.deepStrictEqual(
        made.map(({ attributes, failed, name }) => [
          name,
          attributes["http.request.method"],
          attributes["http.response.status_code"],
          attributes["altimate_code.attempt"],
          attributes["error.type"],
          failed
        ]),
        [
          ["POST /model/{modelId}/converse-stream", "POST", 503, 1, "Unavailable", true],
          ["POST /model/{modelId}/converse-stream", "POST", 200, 2, undefined, false],
          ["POST /model/{modelId}/converse", "POST", 200, 1, undefined, false]
        ]
      )
      assert.deepStrictEqual(made.slice(0, 2).map(({ parent }) => parent), [model.spanId, model.spanId])
      for (const { attributes } of made) {
        assert.include(attributes["url.full"] as string, "/model/us.anthropic.claude-sonnet-4-6-v1/converse")
        assert.strictEqual(attributes["server.address"], "127.0.0.1")
        assert.isString(attributes["aws.request_id"])
      }
      assert.deepStrictEqual(
        requests.map(({ headers }) => headers["traceparent"]),
        made.map(({ spanId, traceId }) => `00-${traceId}-${spanId}-01`)
      )
    }))

  it.scopedLive("sends no traceparent if tracing is off or nothing exports the spans, and never replaces the user's", () =>
    Effect.gen(function*() {
      const off = yield* run(twice, { isOff: true })
      assert.isEmpty(off.spans)
      assert.deepStrictEqual(off.requests.map(({ headers }) => headers["traceparent"]), [undefined, undefined])
      const without = yield* run(twice, { hasTracer: false })
      assert.deepStrictEqual(without.requests.map(({ headers }) => headers["traceparent"]), [undefined, undefined])
      const own = { value: Redacted.make("00-own"), origin: { _tag: "Default" } } as const
      const { requests } = yield* run(twice, { gateway: { headers: { TraceParent: own } } })
      assert.deepStrictEqual(requests.map(({ headers }) => headers["traceparent"]), ["00-own", "00-own"])
    }))

  it.scopedLive("does not sign the traceparent, because a proxy may replace it", () =>
    Effect.gen(function*() {
      const { exit, requests } = yield* run(twice, {
        auth: preferChain,
        chain: chain(keys("first")),
        sandbox: { auth: { sigv4: [awsKey("first")] } }
      })
      assert.isTrue(Exit.isSuccess(exit), String(exit))
      for (const { headers } of requests) {
        assert.isString(headers["traceparent"])
        assert.notInclude(headers["authorization"] ?? "", "traceparent")
      }
    }))

  it.scopedLive("counts tokens and measures the duration and the time to the first token", () =>
    Effect.gen(function*() {
      const read = (name: string, labels: ReadonlyArray<string> = []) =>
        Metric.unsafeSnapshot().flatMap(({ metricKey, metricState }) => {
          const values = metricKey.tags.map(({ key, value }) => `${key}=${value}`)
          return metricKey.name === name && labels.every((label) => values.includes(label)) &&
              MetricState.isHistogramState(metricState)
            ? [metricState]
            : []
        }).reduce(({ count, sum }, state) => ({ count: count + state.count, sum: sum + state.sum }), {
          count: 0,
          sum: 0
        })
      const output = ["gen_ai.token.type=output", "gen_ai.provider.name=aws.bedrock", "unit={token}"]
      // Only one of the two requests is streamed.
      const counts = { "gen_ai.client.operation.duration": 2, "gen_ai.server.time_to_first_token": 1 }
      const names = Object.keys(counts)
      const before = { output: read("gen_ai.client.token.usage", output), others: names.map((name) => read(name)) }
      yield* run(twice)
      const { count, sum } = read("gen_ai.client.token.usage", output)
      assert.deepStrictEqual([count - before.output.count, sum - before.output.sum], [2, 4])
      for (const [index, [name, expected]] of Object.entries(counts).entries()) {
        const after = read(name)
        assert.strictEqual(after.count - before.others[index]!.count, expected, name)
        assert.isAbove(after.sum - before.others[index]!.sum, 0, name)
        assert.isBelow(after.sum - before.others[index]!.sum, 30, name)
      }
      const failures = ["error.type=Validation"]
      const failed = read("gen_ai.client.operation.duration", failures).count
      yield* run([faulty({ type: "error", status: 400, name: "ValidationException", message: "no" })])
      assert.strictEqual(read("gen_ai.client.operation.duration", failures).count, failed + 1)
    }))
})
