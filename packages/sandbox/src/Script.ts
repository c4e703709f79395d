/**
 * What a sandbox answers when it is not to make up its answers itself: a list of turns, writable as JSON.
 *
 * Turns are played in order. Each request that is authorised and valid is one attempt at the current turn. While the
 * turn has faults left, an attempt plays the next of them and the turn stays; the first attempt without a fault is
 * answered with the turn's blocks, and only that moves on to the next turn. Requests that arrive together therefore
 * get consecutive turns, and a throttled attempt uses none up. After the last turn every request is refused with a
 * `ValidationException` that says so (HTTP 400: a client must not retry it), so that a request too many shows up.
 *
 * @since 0.1.0
 */
import * as Schema from "effect/Schema"

const Milliseconds = Schema.NonNegative.annotations({ description: "milliseconds" })
const Count = Schema.NonNegativeInt
const HttpStatus = Schema.Int.pipe(Schema.between(200, 599))

/** One piece, or the pieces it is streamed in; one piece alone is cut into several deltas. */
const Chunks = Schema.Union(Schema.String, Schema.Array(Schema.String))

/**
 * A text block. Like Bedrock's own streams it has no `contentBlockStart`.
 *
 * @since 0.1.0
 * @category blocks
 */
export const TextBlock = Schema.Struct({ type: Schema.Literal("text"), text: Chunks })

/**
 * A reasoning block, with the signature that the client has to send back unmodified.
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
 * A tool call. `input` is an object, or the fragments of its JSON text as they shall be streamed (they need not be
 * valid JSON). Without a `toolUseId` the sandbox makes one. `serverTool` marks a call that the model's own side
 * answers in the same stream (`server_tool_use`), usually followed by a `toolResult` block.
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
 * The answer to a server tool's call, within the model's own turn.
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
 * Any block of an answer.
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
 * Tokens as Bedrock counts them: `inputTokens` is without the cached ones. The total is computed.
 *
 * @since 0.1.0
 * @category turns
 */
export const Usage = Schema.Struct({
  inputTokens: Count,
  outputTokens: Count,
  cacheReadInputTokens: Schema.optional(Count),
  cacheWriteInputTokens: Schema.optional(Count)
})
/**
 * @since 0.1.0
 * @category turns
 */
export type Usage = typeof Usage.Type

const times = { times: Schema.optional(Schema.Union(Schema.Positive.pipe(Schema.int()), Schema.Literal("always"))) }
const afterEvents = { afterEvents: Count }

/**
 * The five exceptions that arrive inside of an HTTP 200 event stream (Bedrock Runtime API model `2023-09-30`,
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
 * What goes wrong with an attempt. Each plays `times` times (once when absent; `"always"`: the turn is never answered).
 * `afterEvents` counts the events of the stream that are sent in full before: 0 is after the headers and before
 * `messageStart`.
 *
 * | type | on the wire |
 * |---|---|
 * | `throttle` | 429 `ThrottlingException`; `retryAfter` is the header's value: seconds or an HTTP date |
 * | `error` | any status, exception name and message; with `messageKey: "Message"` as a bearer token's 403 has it |
 * | `expiredToken` | 403 `ExpiredTokenException` |
 * | `html` | a proxy's error page without a request ID, 502 unless `status` says otherwise |
 * | `exception` | an exception frame in the stream |
 * | `truncate` | the stream ends, cleanly for HTTP, in the middle of a frame |
 * | `end` | the stream ends between two frames; without `afterEvents` just before `messageStop` |
 * | `corrupt` | a frame whose checksum does not fit, and then the rest |
 * | `stall` | nothing more comes and the socket stays open; without `afterEvents` not even headers |
 * | `reset` | the socket is destroyed; without `afterEvents` before the headers |
 * | `json` | the answer of Converse, `application/json`, where an event stream is expected |
 * | `sse` | server-sent events, `text/event-stream`, where an event stream is expected |
 * | `empty` | nothing: no content type, no body; 200 unless `status` says otherwise |
 * | `compress` | the whole answer, compressed as `encoding` says, although nobody asked for it |
 * | `relabel` | the whole answer, as another `contentType` |
 * | `redirect` | 307, unless `status` says otherwise, and a `location` elsewhere |
 *
 * Converse has no events: there an `exception` is the HTTP error of that name; `truncate`, `stall` and `reset` with
 * `afterEvents` come in the middle of the body; `end`, `corrupt`, `json` and `sse` do not apply, and stay for the next
 * attempt that streams.
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
 * How long the sandbox waits, in milliseconds: before the status line, before the first event (or Converse's body),
 * and between events.
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
 * One answer of the model, and what goes wrong before it comes.
 *
 * `stopReason` may be any string; when absent it is `tool_use` if there is a tool call for the client, else `end_turn`.
 * `usage`, when absent, is counted from the request's and the answer's characters. Faults see the same delays.
 *
 * @since 0.1.0
 * @category turns
 */
export const Turn = Schema.Struct({
  blocks: Schema.Array(Block),
  stopReason: Schema.optional(Schema.String),
  usage: Schema.optional(Usage),
  delays: Schema.optional(Delays),
  faults: Schema.optional(Schema.Array(Fault))
})
/**
 * @since 0.1.0
 * @category turns
 */
export type Turn = typeof Turn.Type

/**
 * Decode a JSON file with `Schema.decodeUnknown(Schema.parseJson(Script))`; nothing is transformed, so a script
 * written in TypeScript has the same shape.
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
