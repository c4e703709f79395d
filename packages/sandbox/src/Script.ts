/**
 * Scripted answers for a sandbox: a list of turns, which can be written as JSON.
 *
 * Turns are played in order. Each authorized and valid request is an attempt at the current turn. While the turn has faults left, an attempt plays the
 * next fault. The first attempt without a fault is answered with the turn's blocks, and then the next turn begins. So concurrent requests get
 * consecutive turns, and a throttled attempt does not use up a turn. After the last turn, every request is refused with a `ValidationException` that says
 * so (HTTP 400: clients must not retry it), so that unexpected requests are noticed.
 *
 * @since 0.1.0
 */
import * as Schema from "effect/Schema"

const Milliseconds = Schema.NonNegative.annotations({ description: "milliseconds" })
const Count = Schema.NonNegativeInt
const HttpStatus = Schema.Int.pipe(Schema.between(200, 599))

/** A text, which is split into several deltas, or the exact pieces to stream. */
const Chunks = Schema.Union(Schema.String, Schema.Array(Schema.String))

/**
 * A text block. As in Bedrock's own streams, it has no `contentBlockStart`.
 *
 * @since 0.1.0
 * @category blocks
 */
export const TextBlock = Schema.Struct({ type: Schema.Literal("text"), text: Chunks })

/**
 * A reasoning block, with the signature that the client must send back unchanged.
 *
 * @since 0.1.0
 * @category blocks
 */
export const ReasoningBlock = Schema.Struct({
  type: Schema.Literal("reasoning"),
  text: Chunks,
  signature: Schema.optional(Schema.String)
})

/**
 * Reasoning that the provider encrypted; `data` is base64.
 *
 * @since 0.1.0
 * @category blocks
 */
export const RedactedReasoningBlock = Schema.Struct({ type: Schema.Literal("redactedReasoning"), data: Schema.String })

/**
 * A tool call. `input` is an object, or the fragments of its JSON text to stream, which need not be valid JSON. Without a `toolUseId` the sandbox makes
 * one. `serverTool` marks a call that the model's provider answers in the same stream (`server_tool_use`), usually followed by a `toolResult` block.
 *
 * @since 0.1.0
 * @category blocks
 */
export const ToolUseBlock = Schema.Struct({
  type: Schema.Literal("toolUse"),
  name: Schema.String,
  toolUseId: Schema.optional(Schema.String),
  input: Schema.Union(Schema.Array(Schema.String), Schema.Record({ key: Schema.String, value: Schema.Unknown })),
  serverTool: Schema.optional(Schema.Boolean)
})

/**
 * The result of a server tool's call, within the model's turn.
 *
 * @since 0.1.0
 * @category blocks
 */
export const ToolResultBlock = Schema.Struct({
  type: Schema.Literal("toolResult"),
  toolUseId: Schema.String,
  text: Schema.String
})

/**
 * A block of an answer.
 *
 * @since 0.1.0
 * @category blocks
 */
export const Block = Schema.Union(TextBlock, ReasoningBlock, RedactedReasoningBlock, ToolUseBlock, ToolResultBlock)
/**
 * @since 0.1.0
 * @category blocks
 */
export type Block = typeof Block.Type

/**
 * Token counts as Bedrock reports them: `inputTokens` excludes cached tokens. The total is computed.
 *
 * @since 0.1.0
 * @category turns
 */
export const Usage = Schema.Struct({
  inputTokens: Count,
  outputTokens: Count,
  cacheReadInputTokens: Schema.optional(Count),
  cacheWriteInputTokens: Schema.optional(Count),
  /** How many of the written tokens are cached for how long. */
  cacheDetails: Schema.optional(
    Schema.Array(Schema.Struct({ ttl: Schema.Literal("5m", "1h"), inputTokens: Count }))
  )
})
/**
 * @since 0.1.0
 * @category turns
 */
export type Usage = typeof Usage.Type

const times = { times: Schema.optional(Schema.Union(Schema.Positive.pipe(Schema.int()), Schema.Literal("always"))) }
const afterEvents = { afterEvents: Count }

/**
 * The five exceptions that can occur inside an HTTP 200 event stream (Bedrock Runtime API model `2023-09-30`,
 * `ConverseStreamOutput`).
 *
 * @since 0.1.0
 * @category faults
 */
export const StreamException = Schema.Literal(
  "internalServerException",
  "modelStreamErrorException",
  "validationException",
  "throttlingException",
  "serviceUnavailableException"
)
/**
 * @since 0.1.0
 * @category faults
 */
export type StreamException = typeof StreamException.Type

/**
 * What goes wrong with an attempt. A fault plays `times` times (default: once; `"always"`: the turn is never answered). `afterEvents` is the number of
 * complete events before the fault: 0 is after the headers and before `messageStart`.
 *
 * | type | on the wire |
 * |---|---|
 * | `throttle` | 429 `ThrottlingException`; `retryAfter` is the header's value: seconds or an HTTP date |
 * | `error` | any status, exception name and message; with `messageKey: "Message"` as a bearer token's 403 has it |
 * | `expiredToken` | 403 `ExpiredTokenException` |
 * | `html` | a proxy's error page without a request ID; default status: 502 |
 * | `exception` | an exception frame in the stream |
 * | `truncate` | the stream ends in the middle of a frame, without an HTTP error |
 * | `end` | the stream ends between two frames; without `afterEvents`, just before `messageStop` |
 * | `corrupt` | a frame with a wrong checksum, followed by the remaining frames |
 * | `stall` | nothing more is sent and the socket stays open; without `afterEvents`, not even headers |
 * | `reset` | the socket is destroyed; without `afterEvents`, before the headers |
 * | `json` | Converse's response, `application/json`, instead of an event stream |
 * | `sse` | server-sent events, `text/event-stream`, instead of an event stream |
 * | `empty` | no content type and no body; default status: 200 |
 * | `compress` | the whole response, compressed with `encoding`, although the request did not ask for it |
 * | `relabel` | the whole response with a different `contentType` |
 * | `redirect` | a redirect to `location`; default status: 307 |
 *
 * Converse has no events. There, an `exception` is the HTTP error with that name; `truncate`, `stall` and `reset` with `afterEvents` occur in the middle of
 * the body; `end`, `corrupt`, `json` and `sse` do not apply and wait for the next attempt that streams.
 *
 * @since 0.1.0
 * @category faults
 */
export const Fault = Schema.Union(
  Schema.Struct({
    type: Schema.Literal("throttle"),
    message: Schema.optional(Schema.String),
    retryAfter: Schema.optional(Schema.Union(Schema.NonNegative, Schema.String)),
    ...times
  }),
  Schema.Struct({
    type: Schema.Literal("error"),
    status: HttpStatus,
    name: Schema.String,
    message: Schema.String,
    messageKey: Schema.optional(Schema.Literal("message", "Message")),
    ...times
  }),
  Schema.Struct({ type: Schema.Literal("expiredToken"), ...times }),
  Schema.Struct({ type: Schema.Literal("html"), status: Schema.optional(HttpStatus), ...times }),
  Schema.Struct({
    type: Schema.Literal("exception"),
    exception: StreamException,
    message: Schema.optional(Schema.String),
    ...afterEvents,
    ...times
  }),
  Schema.Struct({ type: Schema.Literal("truncate"), ...afterEvents, ...times }),
  Schema.Struct({ type: Schema.Literal("end"), afterEvents: Schema.optional(Count), ...times }),
  Schema.Struct({ type: Schema.Literal("corrupt"), ...afterEvents, ...times }),
  Schema.Struct({ type: Schema.Literal("stall"), afterEvents: Schema.optional(Count), ...times }),
  Schema.Struct({ type: Schema.Literal("reset"), afterEvents: Schema.optional(Count), ...times }),
  Schema.Struct({ type: Schema.Literal("json"), ...times }),
  Schema.Struct({ type: Schema.Literal("sse"), ...times }),
  Schema.Struct({ type: Schema.Literal("empty"), status: Schema.optional(HttpStatus), ...times }),
  Schema.Struct({ type: Schema.Literal("compress"), encoding: Schema.Literal("gzip", "deflate", "br"), ...times }),
  Schema.Struct({ type: Schema.Literal("relabel"), contentType: Schema.String, ...times }),
  Schema.Struct({
    type: Schema.Literal("redirect"),
    status: Schema.optional(HttpStatus),
    location: Schema.String,
    ...times
  })
)
/**
 * @since 0.1.0
 * @category faults
 */
export type Fault = typeof Fault.Type

/**
 * Delays in milliseconds: before the status line, before the first event (or Converse's body), and between events.
 *
 * @since 0.1.0
 * @category turns
 */
export const Delays = Schema.Struct({
  headers: Schema.optional(Milliseconds),
  firstEvent: Schema.optional(Milliseconds),
  betweenEvents: Schema.optional(Milliseconds)
})
/**
 * @since 0.1.0
 * @category turns
 */
export type Delays = typeof Delays.Type

/**
 * An answer of the model, and the faults before it.
 *
 * `stopReason` may be any string; the default is `tool_use` if there is a tool call for the client, else `end_turn`. The default `usage` is estimated from
 * the characters of request and answer. The delays apply to faults as well. `guardrail` is what a guardrail found, in Bedrock's own form
 * (`trace.guardrail`): the default stop reason is then `guardrail_intervened`, and the response has the trace if the request asks for one.
 *
 * @since 0.1.0
 * @category turns
 */
export const Turn = Schema.Struct({
  blocks: Schema.Array(Block),
  stopReason: Schema.optional(Schema.String),
  usage: Schema.optional(Usage),
  delays: Schema.optional(Delays),
  faults: Schema.optional(Schema.Array(Fault)),
  guardrail: Schema.optional(Schema.Record({ key: Schema.String, value: Schema.Unknown }))
})
/**
 * @since 0.1.0
 * @category turns
 */
export type Turn = typeof Turn.Type

/**
 * The turns of a sandbox. To read a JSON file, use `Schema.decodeUnknown(Schema.parseJson(Script))`. Nothing is transformed, so scripts in TypeScript
 * have the same form.
 *
 * @since 0.1.0
 * @category turns
 * @example
 * [
 *   { "blocks": [{ "type": "toolUse", "name": "read", "input": { "path": "a.txt" } }] },
 *   { "faults": [{ "type": "throttle", "times": 2 }], "blocks": [{ "type": "text", "text": ["It says ", "hello."] }] }
 * ]
 */
export const Script = Schema.Array(Turn)
/**
 * @since 0.1.0
 * @category turns
 */
export type Script = typeof Script.Type
