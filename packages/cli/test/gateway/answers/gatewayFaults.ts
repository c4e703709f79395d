/** What a gateway can do to an answer, and when. */
import type { Block, Fault } from "@altimate-code/sandbox/Script"

/** A fault that leaves no room for an answer, or one that strikes behind so many events of it. */
export type Strike = ((afterEvents: number) => Fault) | Fault

export interface GatewayFault {
  readonly name: string
  readonly strike: Strike
  /** What the turn fails with, if it does. */
  readonly reason: string
  /** Whether it is retried if no text has been shown yet. */
  readonly retried: boolean
}

const error = (status: number, name: string, reason: string, retried: boolean): GatewayFault => ({
  name: `HTTP ${status} ${name}`,
  strike: { type: "error", status, name, message: "The gateway said so." },
  reason,
  retried
})

const exception = (
  exception: Extract<Fault, { readonly type: "exception" }>["exception"],
  reason: string,
  retried: boolean
): GatewayFault => ({
  name: exception,
  strike: (afterEvents) => ({ type: "exception", exception, afterEvents }),
  reason,
  retried
})

/** Every fault that the sandbox can play. */
export const gatewayFaults: ReadonlyArray<GatewayFault> = [
  { name: "throttle", strike: { type: "throttle" }, reason: "Throttled", retried: true },
  error(400, "ValidationException", "Validation", false),
  error(401, "UnrecognizedClientException", "Authentication", false),
  error(403, "AccessDeniedException", "Permission", false),
  error(404, "ResourceNotFoundException", "ModelNotFound", false),
  error(408, "ModelTimeoutException", "Timeout", true),
  error(424, "ModelErrorException", "ModelError", false),
  error(424, "ModelStreamErrorException", "ModelError", true),
  error(429, "ModelNotReadyException", "Throttled", true),
  error(500, "InternalServerException", "Unavailable", true),
  error(503, "ServiceUnavailableException", "Unavailable", true),
  { name: "expiredToken", strike: { type: "expiredToken" }, reason: "Authentication", retried: false },
  { name: "html (502)", strike: { type: "html" }, reason: "Unavailable", retried: true },
  { name: "html (200)", strike: { type: "html", status: 200 }, reason: "WrongContentType", retried: false },
  { name: "json", strike: { type: "json" }, reason: "WrongContentType", retried: false },
  { name: "sse", strike: { type: "sse" }, reason: "WrongContentType", retried: false },
  // Neither of these two loses anything.
  { name: "compress", strike: { type: "compress", encoding: "gzip" }, reason: "none", retried: true },
  {
    name: "relabel",
    strike: { type: "relabel", contentType: "application/octet-stream" },
    reason: "none",
    retried: true
  },
  { name: "stall", strike: { type: "stall" }, reason: "Timeout", retried: false },
  { name: "reset", strike: { type: "reset" }, reason: "Connection", retried: true },
  { name: "stall", strike: (afterEvents) => ({ type: "stall", afterEvents }), reason: "Timeout", retried: false },
  {
    name: "reset",
    strike: (afterEvents) => ({ type: "reset", afterEvents }),
    reason: "TruncatedStream",
    retried: true
  },
  {
    name: "truncate",
    strike: (afterEvents) => ({ type: "truncate", afterEvents }),
    reason: "TruncatedStream",
    retried: true
  },
  { name: "end", strike: (afterEvents) => ({ type: "end", afterEvents }), reason: "TruncatedStream", retried: true },
  {
    name: "corrupt",
    strike: (afterEvents) => ({ type: "corrupt", afterEvents }),
    reason: "TruncatedStream",
    retried: true
  },
  exception("internalServerException", "Unavailable", true),
  exception("modelStreamErrorException", "ModelError", true),
  exception("validationException", "Validation", false),
  exception("throttlingException", "Throttled", true),
  exception("serviceUnavailableException", "Unavailable", true)
]

/** The places in an answer where a fault can strike, in its order. */
export const positions = [
  "before headers",
  "before first event",
  "mid-text",
  "mid-tool-call",
  "before messageStop",
  "after messageStop"
] as const
export type Position = typeof positions[number]

/** Whether no text of the answer has been shown at this position, so that the request may be retried. */
export const isBeforeAll = (position: Position): boolean =>
  position === "before headers" || position === "before first event"

/** How many events of an answer of these blocks are sent in full before the position; undefined if it has no such. */
const eventsBefore = (position: Position, blocks: ReadonlyArray<Block>): number | undefined => {
  const [text, call] = blocks
  if (text?.type !== "text" || typeof text.text === "string") throw new Error("The first block is text in pieces.")
  if (call !== undefined && (call.type !== "toolUse" || !Array.isArray(call.input))) {
    throw new Error("The second block is a tool call in pieces.")
  }
  // messageStart, the pieces, contentBlockStop.
  const ofText = 2 + text.text.length
  const ofCall = call === undefined ? 0 : 2 + (call.input as ReadonlyArray<string>).length
  switch (position) {
    case "before headers":
      return undefined
    case "before first event":
      return 0
    case "mid-text":
      return 2
    case "mid-tool-call":
      return call === undefined ? undefined : ofText + 2
    case "before messageStop":
      return ofText + ofCall
    case "after messageStop":
      return ofText + ofCall + 1
  }
}

/** The fault at this position in an answer of these blocks; undefined if there is no such. */
export const at = (
  { strike }: GatewayFault,
  position: Position,
  blocks: ReadonlyArray<Block>
): Fault | undefined => {
  if (typeof strike !== "function") return position === "before headers" ? strike : undefined
  const events = eventsBefore(position, blocks)
  return events === undefined ? undefined : strike(events)
}
