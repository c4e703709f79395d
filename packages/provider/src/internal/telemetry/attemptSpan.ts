/** A span for each attempt at a request, and its context for the gateway. */
import * as Context from "effect/Context"
import * as DefaultServices from "effect/DefaultServices"
import * as Effect from "effect/Effect"
import * as FiberRefs from "effect/FiberRefs"
import * as Option from "effect/Option"
import type * as Runtime from "effect/Runtime"
import * as Tracer from "effect/Tracer"
import type { BedrockError } from "../../BedrockError.ts"
import type { Attempt } from "../failure/attempt.ts"

/**
 * Wraps an attempt in a client span, which ends with the first event of a stream or with the complete response.
 * Source: OpenTelemetry semantic conventions for HTTP and for AWS SDK spans.
 */
export const withAttemptSpan =
  ({ number, operation, url }: Attempt) =>
  <A, R>(self: Effect.Effect<A, BedrockError, R>): Effect.Effect<A, BedrockError, R> => {
    const { hostname, port, protocol } = new URL(url)
    return Effect.tapError(self, ({ reason, requestId, status }) =>
      Effect.annotateCurrentSpan({
        "error.type": reason,
        ...(status !== undefined && { "http.response.status_code": status }),
        ...(requestId !== undefined && { "aws.request_id": requestId })
      })).pipe(
        Effect.withSpan(`POST /model/{modelId}/${operation}`, {
          kind: "client",
          captureStackTrace: false,
          attributes: {
            "http.request.method": "POST",
            "url.full": url,
            "server.address": hostname,
            "server.port": Number(port === "" ? (protocol === "http:" ? 80 : 443) : port),
            "altimate_code.attempt": number,
            ...(number > 1 && { "http.request.resend_count": number - 1 })
          }
        })
      )
  }

/** Describes the response in the span. */
export const annotateResponse = (status: number, requestId: string | undefined): Effect.Effect<void> =>
  Effect.annotateCurrentSpan({
    "http.response.status_code": status,
    ...(requestId !== undefined && { "aws.request_id": requestId })
  })

const tracerOf = (services: Context.Context<DefaultServices.DefaultServices>) => Context.get(services, Tracer.Tracer)

/**
 * The `traceparent` header for the current span. None if tracing is off, because spans then have no IDs, and none with Effect's default tracer:
 * nothing exports its spans, so the gateway's spans would have a parent that does not exist. Source: W3C Trace Context.
 */
export const traceparent = ({ context, fiberRefs }: Runtime.Runtime<never>): Option.Option<string> => {
  const tracer = tracerOf(FiberRefs.getOrDefault(fiberRefs, DefaultServices.currentServices))
  return Context.getOption(context as Context.Context<Tracer.ParentSpan>, Tracer.ParentSpan).pipe(
    Option.filter(() => tracer !== tracerOf(DefaultServices.liveServices)),
    Option.filter(({ spanId, traceId }) => /^[0-9a-f]{32}$/.test(traceId) && /^[0-9a-f]{16}$/.test(spanId)),
    Option.map(({ sampled, spanId, traceId }) => `00-${traceId}-${spanId}-0${sampled ? 1 : 0}`)
  )
}
