/**
 * What can go wrong between a prompt and its answer.
 *
 * @since 0.1.0
 */
import type * as AiError from "@effect/ai/AiError"
import * as Option from "effect/Option"
import * as Schema from "effect/Schema"
import { Refusal } from "./Refusal.ts"
import { Sender } from "./Sender.ts"

/**
 * The kinds of failure that a caller may want to tell apart.
 *
 * - `Authentication`: the credential is missing, wrong or expired (401, or a 403 that says so)
 * - `Permission`: the credential is good, but not for this model or action (403)
 * - `Blocked`: something in front of Bedrock refused the request, most often a firewall for its content (403 with a web page, 451)
 * - `ModelNotFound`: nothing is at this URL, or the model is unknown (404)
 * - `Validation`: the request was refused as it is (400), also for a model ID that is not valid here
 * - `Throttled`: too many requests or tokens, or the model is not ready (429)
 * - `Timeout`: no connection, no first byte, no next event or no end within the limit, or the model took too long (408)
 * - `Unavailable`: the service or a gateway in front of it failed (5xx)
 * - `TruncatedStream`: the answer broke off before it was complete, or was empty
 * - `WrongContentType`: something answered that does not speak the Bedrock protocol
 * - `Connection`: the host was not found, refused, reset, or its certificate was not trusted
 * - `ModelError`: the model itself failed while it answered (424)
 *
 * @since 0.1.0
 * @category errors
 */
export const Reason = Schema.Literal(
  "Authentication",
  "Permission",
  "Blocked",
  "ModelNotFound",
  "Validation",
  "Throttled",
  "Timeout",
  "Unavailable",
  "TruncatedStream",
  "WrongContentType",
  "Connection",
  "ModelError"
)
/**
 * @since 0.1.0
 * @category errors
 */
export type Reason = typeof Reason.Type

/**
 * A failed request: what failed, what to do about it, and what is needed to decide about a retry. Holds no secret: a
 * credential that the other side repeats is masked.
 *
 * @since 0.1.0
 * @category errors
 */
export class BedrockError
  extends Schema.TaggedError<BedrockError>("@altimate-code/provider/BedrockError")("BedrockError", {
    reason: Reason,
    /** What happened, in one sentence; the other side's own words where it sent some. */
    message: Schema.String,
    /** What a user can do about it; empty where the message says it all. */
    hint: Schema.String,
    /** The HTTP status, when there was an answer. */
    status: Schema.optional(Schema.Number),
    /** The AWS exception name, e.g. `ThrottlingException`, or the system's error code, e.g. `ECONNREFUSED`. */
    type: Schema.optional(Schema.String),
    /** AWS's request ID, for a support case. */
    requestId: Schema.optional(Schema.String),
    /** What a gateway calls the request, after the name of its header: `x-request-id 4711`. */
    gatewayRequestId: Schema.optional(Schema.String),
    /** The URL that was tried, fit to be shown. */
    url: Schema.optional(Schema.String),
    /** How long the service asked to wait before the next attempt, in milliseconds. */
    retryAfterMillis: Schema.optional(Schema.Number),
    /** How many requests were sent before giving up; 0 when none was. */
    attempts: Schema.Number,
    /** All sentences of the other side's answer, the most general first; the message may have a part of them. */
    sentences: Schema.optional(Schema.Array(Schema.String)),
    /** What of the answer is too long for a message, for the log: of a wrong signature what should have been signed. */
    detail: Schema.optional(Schema.String),
    /** Who answered, where the answer shows that it was not Bedrock. */
    sender: Schema.optional(Sender),
    /** What of the request was refused, where another request can do without it. */
    refusal: Schema.optional(Refusal)
  })
{
  /** The `BedrockError` behind an error of `@effect/ai`, if there is one. */
  static fromAiError(error: AiError.AiError): Option.Option<BedrockError> {
    return "cause" in error && error.cause instanceof BedrockError ? Option.some(error.cause) : Option.none()
  }
}
