// What the benchmarks' gateway answers, as bytes on the wire. A word in the prompt says how: `bench:deltas:20000` is an answer of 20,000
// text deltas, `bench:paced:20000` is the same at 500 a second, and `bench:reads:50` is 50 calls of the tool `read`, whose results get a short
// answer. Without such a word, and for small models (titles, checks), the answer is short.
import { crc32 } from "node:zlib"

/** A page as models write it, in pieces of the usual size of a token. */
const page = `## Why a gateway

Teams put a gateway in front of Amazon Bedrock for compliance, for *cost control*, and because the network allows no other route.

- It adds the **credential**, so that no laptop has one.
- It writes an audit log of \`modelId\`, tokens and latency.
- It keeps the traffic inside the company's own network.

\`\`\`ts
const client = new Client({ endpoint: "https://gateway.example.com/bedrock/v1" })
for await (const event of client.stream({ prompt })) write(event.delta?.text ?? "")
\`\`\`

A proxy that changes the path breaks signatures, therefore the client signs what it sends, and nothing else is rewritten on its way.

`
const pieces = page.match(/\s*\S{1,5}/g)

/** An answer is never longer than this, whatever the prompt says. */
const maxDeltas = 1_000_000
const maxCalls = 500

const short = ["Hello", " from", " the", " gateway", "."]

/** Deltas per second of a paced answer. */
export const pace = 500

/** What a request asks for: the last such word in its body. */
export const readPlan = (path, body) => {
  const at = /haiku|small/.test(path) ? -1 : body.lastIndexOf("bench:")
  const [, kind, digits] = /^bench:(deltas|paced|reads):(\d+)/.exec(body.toString("latin1", at, at + 40)) ?? []
  const count = Number(digits)
  if (at === -1 || kind === undefined) return { kind: "deltas", count: short.length, texts: short }
  if (kind !== "reads") return { kind, count: Math.min(count, maxDeltas), texts: pieces }
  // The results of the calls come with the same prompt.
  return body.indexOf("toolResult", at) === -1 && body.indexOf("tool_result", at) === -1
    ? { kind, count: Math.min(count, maxCalls) }
    : { kind: "deltas", count: short.length, texts: short }
}

/** The whole text of an answer of this many deltas. */
export const textOf = (count) => Array.from({ length: count }, (_, index) => pieces[index % pieces.length]).join("")

/** The text of the short answer. */
export const shortText = short.join("")

const header = (name, value) => {
  const bytes = Buffer.alloc(1 + name.length + 3 + value.length)
  bytes[0] = name.length
  bytes.write(name, 1)
  bytes[1 + name.length] = 7 // a string
  bytes.writeUInt16BE(value.length, 2 + name.length)
  bytes.write(value, 4 + name.length)
  return bytes
}

/** One message of `application/vnd.amazon.eventstream`. */
export const encodeEvent = (type, payload) => {
  const headers = Buffer.concat([
    header(":event-type", type),
    header(":content-type", "application/json"),
    header(":message-type", "event")
  ])
  const body = Buffer.from(JSON.stringify(payload))
  const message = Buffer.alloc(16 + headers.length + body.length)
  message.writeUInt32BE(message.length, 0)
  message.writeUInt32BE(headers.length, 4)
  message.writeUInt32BE(crc32(message.subarray(0, 8)), 8)
  headers.copy(message, 12)
  body.copy(message, 12 + headers.length)
  message.writeUInt32BE(crc32(message.subarray(0, -4)), message.length - 4)
  return message
}

/** Bedrock pads its events, so that their sizes say nothing about the text. */
const padding = (index) => "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789".slice(0, (index * 7) % 36)

const inputTokens = 1200

/** `converse-stream`. */
const converse = {
  start: () => [encodeEvent("messageStart", { p: padding(3), role: "assistant" })],
  delta: (text, index) =>
    encodeEvent("contentBlockDelta", { contentBlockIndex: 0, delta: { text }, p: padding(index) }),
  call: (index) => [
    encodeEvent("contentBlockStart", {
      contentBlockIndex: index,
      p: padding(index),
      start: { toolUse: { name: "read", toolUseId: `tooluse_bench_${index}` } }
    }),
    encodeEvent("contentBlockDelta", {
      contentBlockIndex: index,
      delta: { toolUse: { input: JSON.stringify({ path: fileName(index) }) } },
      p: padding(index)
    }),
    encodeEvent("contentBlockStop", { contentBlockIndex: index, p: padding(index) })
  ],
  textEnd: () => [encodeEvent("contentBlockStop", { contentBlockIndex: 0, p: padding(2) })],
  end: (reason, outputTokens) => [
    encodeEvent("messageStop", { p: padding(4), stopReason: reason }),
    encodeEvent("metadata", {
      metrics: { latencyMs: 20 },
      p: padding(5),
      usage: { inputTokens, outputTokens, totalTokens: inputTokens + outputTokens }
    })
  ]
}

/** `invoke-with-response-stream` of Claude: Anthropic's own events in base64. */
const chunk = (event) =>
  encodeEvent("chunk", { bytes: Buffer.from(JSON.stringify(event)).toString("base64"), p: padding(event.type.length) })
const invoke = {
  start: () => [
    chunk({
      type: "message_start",
      message: {
        id: "msg_bench",
        type: "message",
        role: "assistant",
        model: "claude-sonnet-4-6",
        content: [],
        stop_reason: null,
        stop_sequence: null,
        usage: { input_tokens: inputTokens, output_tokens: 1 }
      }
    }),
    chunk({ type: "content_block_start", index: 0, content_block: { type: "text", text: "" } })
  ],
  delta: (text) => chunk({ type: "content_block_delta", index: 0, delta: { type: "text_delta", text } }),
  textEnd: () => [chunk({ type: "content_block_stop", index: 0 })],
  end: (reason, outputTokens) => [
    chunk({
      type: "message_delta",
      delta: { stop_reason: reason, stop_sequence: null },
      usage: { output_tokens: outputTokens }
    }),
    chunk({ type: "message_stop" })
  ]
}

/** The file that call number `index` reads. */
export const fileName = (index) => `src/file-${index}.ts`

/** How many deltas share a write to the socket, in turn. */
const groupSizes = [1, 3, 8, 2, 16, 5]

/** The messages of an answer in groups that are written together. */
export function* answerGroups(plan, protocol = converse) {
  yield protocol.start()
  if (plan.kind === "reads") {
    for (let index = 0; index < plan.count; index++) yield protocol.call(index)
    yield protocol.end("tool_use", plan.count * 30)
    return
  }
  const deltas = plan.texts.map(protocol.delta)
  for (let at = 0, turn = 0; at < plan.count; turn++) {
    const size = plan.kind === "paced" ? 1 : Math.min(groupSizes[turn % groupSizes.length], plan.count - at)
    yield Array.from({ length: size }, (_, index) => deltas[(at + index) % deltas.length])
    at += size
  }
  yield [...protocol.textEnd(), ...protocol.end("end_turn", plan.count)]
}

export const protocols = { "converse-stream": converse, "invoke-with-response-stream": invoke }

/** Answers in JSON, to requests that do not stream. */
export const jsonAnswers = {
  converse: {
    output: { message: { role: "assistant", content: [{ text: shortText }] } },
    stopReason: "end_turn",
    usage: { inputTokens, outputTokens: short.length, totalTokens: inputTokens + short.length },
    metrics: { latencyMs: 20 }
  },
  invoke: {
    id: "msg_bench",
    type: "message",
    role: "assistant",
    model: "claude-haiku-4-5",
    content: [{ type: "text", text: shortText }],
    stop_reason: "end_turn",
    stop_sequence: null,
    usage: { input_tokens: inputTokens, output_tokens: short.length }
  },
  "count-tokens": { inputTokens }
}
