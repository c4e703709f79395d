import * as Sandbox from "@altimate-code/sandbox/Sandbox"
import type { Script } from "@altimate-code/sandbox/Script"
import * as NodeContext from "@effect/platform-node/NodeContext"
import { assert, layer } from "@effect/vitest"
import * as Effect from "effect/Effect"
import { writeFileSync } from "node:fs"
import * as Http from "node:http"
import type { AddressInfo } from "node:net"
import { join } from "node:path"
import { png } from "../../../../test/pictures.ts"
import { guideConfig, makeHome } from "../BuiltCli.ts"
import { ask, says, start } from "../screen/ScreenOnSandbox.ts"
import { keys } from "../Terminal.ts"

interface Received {
  readonly path: string
  readonly headers: Http.IncomingHttpHeaders
  readonly text: string
}

interface Attribute {
  readonly key: string
  readonly value: Readonly<Record<string, unknown>>
}

interface ResourceData {
  readonly resource: { readonly attributes: ReadonlyArray<Attribute> }
}

interface Span {
  readonly name: string
  readonly traceId: string
  readonly spanId: string
  readonly parentSpanId?: string
  readonly kind: number
  readonly attributes: ReadonlyArray<Attribute>
  readonly events: ReadonlyArray<{ readonly name: string; readonly attributes: ReadonlyArray<Attribute> }>
}

interface Metric {
  readonly name: string
  readonly unit: string
  readonly histogram?: {
    readonly dataPoints: ReadonlyArray<{ readonly sum: number; readonly attributes: ReadonlyArray<Attribute> }>
  }
  readonly sum?: { readonly dataPoints: ReadonlyArray<{ readonly asDouble: number }> }
}

/** An OTLP receiver that records what it gets. */
const makeReceiver = (answer: (response: Http.ServerResponse) => void = (response) => response.end("{}")) =>
  Effect.acquireRelease(
    Effect.async<{ readonly server: Http.Server; readonly received: Array<Received> }>((resume) => {
      const received: Array<Received> = []
      const server = Http.createServer((request, response) => {
        const chunks: Array<Buffer> = []
        request.on("data", (chunk: Buffer) => chunks.push(chunk)).on("end", () => {
          received.push({ path: request.url ?? "", headers: request.headers, text: Buffer.concat(chunks).toString() })
          answer(response)
        })
      })
      server.listen(0, "127.0.0.1", () => resume(Effect.succeed({ server, received })))
    }),
    ({ server }) =>
      Effect.sync(() => {
        server.closeAllConnections()
        server.close()
      })
  ).pipe(Effect.map(({ received, server }) => ({
    received,
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    spans: () =>
      received.filter(({ path }) => path.endsWith("/traces")).flatMap(({ text }): ReadonlyArray<Span> =>
        JSON.parse(text).resourceSpans[0].scopeSpans[0].spans
      ),
    metrics: (): ReadonlyArray<Metric> => {
      const last = received.filter(({ path }) => path.endsWith("/metrics")).at(-1)
      return last === undefined ? [] : JSON.parse(last.text).resourceMetrics[0].scopeMetrics[0].metrics
    }
  })))

const valueOf = (attributes: ReadonlyArray<Attribute>, key: string) =>
  Object.values(attributes.find((attribute) => attribute.key === key)?.value ?? {})[0]

const token = "telemetry-bearer-token-42"
const secret = "otlp-key-20240815"

const script: Script = [
  {
    blocks: [{ type: "toolUse", name: "write", input: { path: "note.txt", content: "the content of a file" } }],
    usage: { inputTokens: 100, outputTokens: 20 }
  },
  { blocks: [{ type: "text", text: `The answer with ${token}.` }], usage: { inputTokens: 200, outputTokens: 30 } }
]

const runWith = (env: Record<string, string>, turns: Script = script, files: Record<string, Buffer> = {}) =>
  Effect.gen(function*() {
    const sandbox = yield* Sandbox.make({ script: turns })
    const home = yield* makeHome
    yield* home.writeGlobalConfig(guideConfig(sandbox.url))
    let answered = Date.now()
    const attached = Object.entries(files).flatMap(([name, content]) => {
      const path = join(home.home, name)
      writeFileSync(path, content)
      return ["--file", path]
    })
    const result = yield* home.spawn(["run", "--yolo", "the prompt of the user", ...attached], {
      env: { AWS_BEARER_TOKEN_BEDROCK: token, ...env },
      onStdout: () => answered = Date.now()
    })
    return { ...result, afterAnswer: Date.now() - answered, requests: yield* sandbox.requests, logs: yield* home.logs }
  })

const json = (url: string, others: Record<string, string> = {}) => ({
  OTEL_EXPORTER_OTLP_ENDPOINT: url,
  OTEL_EXPORTER_OTLP_PROTOCOL: "http/json",
  ...others
})

const failures = (logs: string) => logs.split("\n").filter((line) => line.includes("telemetry could not be sent"))

layer(NodeContext.layer)("telemetry of the command", (it) => {
  it.scoped("is sent to an OTLP receiver: spans of requests and tools, tokens, cost and times", () =>
    Effect.gen(function*() {
      const receiver = yield* makeReceiver()
      const { code, logs, requests, stderr } = yield* runWith(json(receiver.url, {
        OTEL_EXPORTER_OTLP_HEADERS: `x-api-key=${secret},x-tenant=a%20b`,
        OTEL_SERVICE_NAME: "assistant",
        OTEL_RESOURCE_ATTRIBUTES: "service.name=other,deployment.environment.name=test"
      }))
      assert.strictEqual(code, 0, stderr)

      const spans = receiver.spans()
      const models = spans.filter(({ name }) => name === "LanguageModel.streamText")
      assert.deepStrictEqual(
        models.map(({ attributes }) => [
          valueOf(attributes, "gen_ai.system"),
          valueOf(attributes, "gen_ai.usage.input_tokens"),
          valueOf(attributes, "gen_ai.usage.output_tokens")
        ]),
        [["aws.bedrock", 100, 20], ["aws.bedrock", 200, 30]]
      )
      const attempts = spans.filter(({ kind }) => kind === 3)
      assert.deepStrictEqual(attempts.map(({ parentSpanId }) => parentSpanId), models.map(({ spanId }) => spanId))
      assert.deepStrictEqual(
        requests.map(({ headers }) => headers["traceparent"]),
        attempts.map(({ spanId, traceId }) => `00-${traceId}-${spanId}-01`)
      )
      assert.lengthOf(spans.filter(({ attributes }) => valueOf(attributes, "tool") === "write"), 1)

      const metrics = receiver.metrics()
      const histogram = (name: string) => metrics.find((metric) => metric.name === name)
      const tokens = histogram("gen_ai.client.token.usage")
      assert.strictEqual(tokens?.unit, "{token}")
      const sums = tokens?.histogram?.dataPoints.map(({ attributes, sum }) => [
        valueOf(attributes, "gen_ai.token.type"),
        sum
      ])
      assert.sameDeepMembers(sums ?? [], [["input", 300], ["output", 50]])
      for (const name of ["gen_ai.client.operation.duration", "gen_ai.server.time_to_first_token"]) {
        assert.strictEqual(histogram(name)?.unit, "s")
        assert.isAbove(histogram(name)?.histogram?.dataPoints[0]?.sum ?? 0, 0, name)
      }
      assert.isAbove(histogram("altimate_code.cost")?.sum?.dataPoints[0]?.asDouble ?? 0, 0)

      for (const { headers, text } of receiver.received) {
        assert.strictEqual(headers["x-api-key"], secret)
        assert.strictEqual(headers["x-tenant"], "a b")
        const [[{ resource: { attributes } }]] = Object.values(JSON.parse(text)) as [[ResourceData]]
        assert.deepStrictEqual(
          ["service.name", "deployment.environment.name"].map((key) => valueOf(attributes, key)),
          ["assistant", "test"]
        )
        for (const content of ["prompt of the user", "content of a file", "The answer", token, secret]) {
          assert.notInclude(text, content)
        }
      }
      assert.isEmpty(failures(logs))
      assert.notInclude(logs, secret)
    }))

  it.scoped("contains the messages only if the standard variable asks for it, and never secrets", () =>
    Effect.gen(function*() {
      const receiver = yield* makeReceiver()
      yield* runWith(json(receiver.url, { OTEL_INSTRUMENTATION_GENAI_CAPTURE_MESSAGE_CONTENT: "true" }))
      const [first, second] = receiver.spans().filter(({ name }) => name === "LanguageModel.streamText")
      assert.include(valueOf(first!.attributes, "gen_ai.input.messages"), "the prompt of the user")
      assert.include(valueOf(second!.attributes, "gen_ai.output.messages"), "The answer with <redacted>.")
      assert.notInclude(receiver.received.map(({ text }) => text).join(""), token)
    }))

  it.scoped("has one trace for a turn, with the documented spans only", () =>
    Effect.gen(function*() {
      const receiver = yield* makeReceiver()
      yield* runWith(json(receiver.url))
      const spans = receiver.spans()
      const nameOf = (id: string | undefined) => spans.find(({ spanId }) => spanId === id)?.name
      assert.sameDeepMembers(spans.map(({ name, parentSpanId }) => [name, parentSpanId && nameOf(parentSpanId)]), [
        ["Turn.run", undefined],
        ["LanguageModel.streamText", "Turn.run"],
        ["POST /model/{modelId}/converse-stream", "LanguageModel.streamText"],
        ["Toolkit.handle", "Turn.run"],
        ["LanguageModel.streamText", "Turn.run"],
        ["POST /model/{modelId}/converse-stream", "LanguageModel.streamText"]
      ])
      assert.lengthOf([...new Set(spans.map(({ traceId }) => traceId))], 1)
    }))

  it.scoped("has the class of a failure in the failed spans, but not its message", () =>
    Effect.gen(function*() {
      const receiver = yield* makeReceiver()
      const { code } = yield* runWith(json(receiver.url), [
        {
          blocks: [says("Never sent.")],
          faults: [{ type: "error", status: 400, name: "ValidationException", message: "no access for the prompt" }]
        }
      ])
      assert.strictEqual(code, 1)
      const failed = receiver.spans().map(({ events, name }) => [
        name,
        ...events.map(({ attributes, name }) => [name, valueOf(attributes, "exception.type")])
      ])
      assert.sameDeepMembers(failed, [
        ["Turn.run", ["exception", "HttpResponseError"]],
        ["LanguageModel.streamText", ["exception", "HttpResponseError"]],
        ["POST /model/{modelId}/converse-stream", ["exception", "BedrockError"]]
      ])
      assert.notInclude(receiver.received.map(({ text }) => text).join(""), "no access")
    }))

  it.scoped("has a trace for each turn on the screen", () =>
    Effect.gen(function*() {
      const receiver = yield* makeReceiver()
      const { terminal } = yield* start({
        script: [{ blocks: [says("One.")] }, { blocks: [says("Two.")] }],
        env: json(receiver.url)
      })
      yield* ask(terminal, "first")
      yield* terminal.see(/One\.[^]*ready/)
      yield* ask(terminal, "second")
      yield* terminal.see(/Two\.[^]*ready/)
      yield* terminal.write(`/quit${keys.enter}`)
      yield* terminal.exited
      const turns = receiver.spans().filter(({ name }) => name === "Turn.run")
      assert.deepStrictEqual(turns.map(({ parentSpanId }) => parentSpanId), [undefined, undefined])
      assert.notStrictEqual(turns[0]!.traceId, turns[1]!.traceId)
      const [conversation, ...others] = new Set(
        turns.map(({ attributes }) => valueOf(attributes, "gen_ai.conversation.id"))
      )
      assert.isString(conversation)
      assert.isEmpty(others)
    }))

  it.scoped("describes an attachment in the messages without its data", () =>
    Effect.gen(function*() {
      const receiver = yield* makeReceiver()
      const image = png(300, 300, 100_000)
      const { code, stderr } = yield* runWith(
        json(receiver.url, { OTEL_INSTRUMENTATION_GENAI_CAPTURE_MESSAGE_CONTENT: "true" }),
        script,
        { "pixel.png": image }
      )
      assert.strictEqual(code, 0, stderr)
      for (const { attributes } of receiver.spans().filter(({ name }) => name === "LanguageModel.streamText")) {
        const [first] = JSON.parse(String(valueOf(attributes, "gen_ai.input.messages")))
        const { file_name: _, ...described } = first.parts.find(({ type }: { type: string }) => type === "blob")
        assert.deepStrictEqual(described, {
          type: "blob",
          modality: "image",
          mime_type: "image/png",
          size: image.length
        })
        const instructions = JSON.parse(String(valueOf(attributes, "gen_ai.system_instructions")))
        assert.deepStrictEqual(Object.keys(instructions[0]), ["type", "content"])
      }
      assert.isBelow(receiver.received.map(({ text }) => text).join("").length, 100_000)
    }))

  it.scoped("masks only the headers that look like secrets, and the credentials of a scheme also on their own", () =>
    Effect.gen(function*() {
      const receiver = yield* makeReceiver()
      const credentials = "b3RscC11c2VyOnBhc3M="
      const text = `The default is ${credentials}.`
      const { stdout } = yield* runWith(
        json(receiver.url, {
          OTEL_EXPORTER_OTLP_HEADERS: `organization=default,Authorization=Basic%20${encodeURIComponent(credentials)}`
        }),
        [{ blocks: [{ type: "text", text }], usage: { inputTokens: 100, outputTokens: 20 } }]
      )
      assert.include(stdout, "The default is <redacted>.")
      for (const { headers } of receiver.received) {
        assert.deepStrictEqual([headers["organization"], headers["authorization"]], ["default", `Basic ${credentials}`])
      }
    }))

  it.scoped("can be limited to one signal, and is sent as Protobuf by default", () =>
    Effect.gen(function*() {
      const receiver = yield* makeReceiver()
      yield* runWith({
        OTEL_EXPORTER_OTLP_TRACES_ENDPOINT: `${receiver.url}/own/path`,
        OTEL_EXPORTER_OTLP_METRICS_ENDPOINT: receiver.url,
        OTEL_METRICS_EXPORTER: "none"
      })
      assert.deepStrictEqual([...new Set(receiver.received.map(({ path }) => path))], ["/own/path"])
      assert.strictEqual(receiver.received[0]?.headers["content-type"], "application/x-protobuf")
      assert.include(receiver.received.map(({ text }) => text).join(""), "LanguageModel.streamText")
    }))

  it.scoped("does not exist without the variables, or with OTEL_SDK_DISABLED", () =>
    Effect.gen(function*() {
      const receiver = yield* makeReceiver()
      for (const env of [{}, json(receiver.url, { OTEL_SDK_DISABLED: "true" })]) {
        const { code, requests } = yield* runWith(env)
        assert.strictEqual(code, 0)
        assert.deepStrictEqual(requests.map(({ headers }) => headers["traceparent"]), [undefined, undefined])
      }
      assert.isEmpty(receiver.received)
    }))

  it.scoped("neither fails a run nor delays its end by more than a second, whatever the receiver does", () =>
    Effect.gen(function*() {
      const without = yield* runWith({})
      const silent = yield* makeReceiver(() => {})
      const refusing = yield* makeReceiver((response) => response.writeHead(503).end())
      for (const url of [silent.url, refusing.url, "http://127.0.0.1:9"]) {
        const { afterAnswer, code, logs, stderr, stdout } = yield* runWith(json(url))
        assert.deepStrictEqual([code, stdout], [0, without.stdout], stderr)
        assert.strictEqual(stderr, without.stderr)
        // A second, and the time that a busy machine takes for the rest.
        assert.isBelow(afterAnswer, 2500, url)
        assert.lengthOf(failures(logs), 1, url)
      }
      // A receiver that cannot exist is one line as well.
      const { code, logs } = yield* runWith(json("collector:4317"))
      assert.strictEqual(code, 0)
      assert.lengthOf(logs.split("\n").filter((line) => line.includes("no telemetry")), 1)
    }))
})
