/**
 * Why a request to Bedrock failed.
 *
 * @since 0.1.0
 */
import { AuthError } from "@altimate-code/auth/AuthError"
import type { Resolved } from "@altimate-code/model-id/ModelId"
import { NetworkError } from "@altimate-code/network/NetworkError"
import type * as AiError from "@effect/ai/AiError"
import * as Option from "effect/Option"
import * as Predicate from "effect/Predicate"
import * as Schema from "effect/Schema"
import { Evidence } from "./Evidence.ts"
import { Refusal } from "./Refusal.ts"
import { Sender } from "./Sender.ts"

/**
 * The kinds of failure that a caller may want to distinguish.
 *
 * - `Authentication`: the credential is missing, wrong or expired (401, or a 403 whose message says so)
 * - `Permission`: the credential is valid, but does not allow this model or action (403)
 * - `Blocked`: something in front of Bedrock refused the request, usually a firewall because of its content (403 with a web page, 451)
 * - `ModelNotFound`: the URL does not exist, or the model is unknown (404)
 * - `Validation`: the request was refused as invalid (400), for example because of its model ID
 * - `Throttled`: too many requests or tokens, or the model is not ready (429)
 * - `Timeout`: connecting, the first byte, the next event or the complete response took too long, or the model did (408)
 * - `Unavailable`: the service, or a gateway in front of it, failed (5xx)
 * - `TruncatedStream`: the response was cut off or empty
 * - `WrongContentType`: the response does not follow the Bedrock protocol
 * - `Connection`: the host was not found, the connection was refused or reset, or the certificate was not trusted
 * - `ModelError`: the model failed while generating the answer (424)
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
 * A failed request: what failed, what was observed, and what a retry policy needs. It contains no secrets: a credential that the response
 * echoes is masked. `Diagnosis` interprets the response's sentences.
 *
 * @since 0.1.0
 * @category errors
 */
export class BedrockError
  extends Schema.TaggedError<BedrockError>("@altimate-code/provider/BedrockError")("BedrockError", {
    reason: Reason,
    /** What failed, in one sentence, followed by the response's own sentences if it has any. */
    message: Schema.String,
    /** The HTTP status, if there was a response. */
    status: Schema.optional(Schema.Number),
    /**
     * The AWS exception name, for example `ThrottlingException`, or `NoStream` for a gateway that does not stream. If there was no
     * response: a system error code, for example `ECONNREFUSED`, the reason of an `AuthError`, the time limit that was exceeded
     * (`ConnectTimeout`, `FirstByteTimeout`, `IdleTimeout`, `TotalTimeout`), or `SdkNotLoaded`.
     */
    type: Schema.optional(Schema.String),
    /** AWS's request ID, for a support case. */
    requestId: Schema.optional(Schema.String),
    /** The gateway's request ID, preceded by its header name: `x-request-id 4711`. */
    gatewayRequestId: Schema.optional(Schema.String),
    /** The URL of the request, without secrets. */
    url: Schema.optional(Schema.String),
    /** How long the service asked to wait before the next attempt, in milliseconds. */
    retryAfterMillis: Schema.optional(Schema.Number),
    /** The number of requests that were sent; 0 if none was. */
    attempts: Schema.Number,
    /** All sentences of the response, the most general first; the message may contain only some of them. */
    sentences: Schema.optional(Schema.Array(Schema.String)),
    /** For the log: text of the response that is too long for a message, such as the request that AWS expected to be signed. */
    detail: Schema.optional(Schema.String),
    /** Who sent the response, if it shows that Bedrock did not. */
    sender: Schema.optional(Sender),
    /** The part of the request that was refused, if the request can be sent without it. */
    refusal: Schema.optional(Refusal),
    /** How the request was sent and what was received; absent if nothing was sent. */
    evidence: Schema.optional(Evidence),
    /** The requested model, and why this ID was sent for it. */
    model: Schema.optional(
      Schema.declare((value): value is Resolved => Predicate.hasProperty(value, "wire"), { identifier: "Resolved" })
    ),
    /** The underlying error, if the credential or the connection failed. */
    cause: Schema.optional(Schema.Union(AuthError, NetworkError))
  })
{
  /** The `BedrockError` behind an error of `@effect/ai`, if there is one. */
  static fromAiError(error: AiError.AiError): Option.Option<BedrockError> {
    return "cause" in error && error.cause instanceof BedrockError ? Option.some(error.cause) : Option.none()
  }
}
