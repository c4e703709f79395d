/** Sends the HTTP request of one attempt, logs it, and inspects the response before the SDK decodes it. */
import { NetworkError } from "@altimate-code/network/NetworkError"
import { logDecision } from "@altimate-code/system/logging/DecisionLevel"
import type { NodeHttpHandler } from "@smithy/node-http-handler"
import * as Clock from "effect/Clock"
import * as Effect from "effect/Effect"
import * as Option from "effect/Option"
import * as Runtime from "effect/Runtime"
import { Readable } from "node:stream"
import type { BedrockError, Reason } from "../../BedrockError.ts"
import type { Attempt } from "../failure/attempt.ts"
import { bodyText } from "../failure/body/bodyText.ts"
import { detectType, isConverseResponse, isEventStream } from "../failure/body/contentForm.ts"
import { parseCompleteJson } from "../failure/body/parseJson.ts"
import { mediaType, type ReceivedResponse } from "../failure/body/receivedResponse.ts"
import { fromResponse, hasExpectedType, isNotStreamed } from "../failure/fromResponse.ts"
import { makeError } from "../failure/makeError.ts"
import { readResponseIds, type ResponseIds } from "../failure/responseIds.ts"
import { makeMask } from "../identity/makeMask.ts"
import { redactHeaders } from "../identity/redactHeaders.ts"
import { reconstructSignature, type SignedRequest } from "../identity/signedRequest.ts"
import { annotateResponse, traceparent } from "../telemetry/attemptSpan.ts"
import { preludeLength } from "./frames.ts"
import { peek, readBody, receive } from "./readBody.ts"

/** Carries a `BedrockError` through the SDK, which adds fields to the errors it passes on. */
export class Refused extends Error {
  readonly error: BedrockError
  constructor(error: BedrockError) {
    super(error.message)
    this.error = error
  }
}

/** The gateway did not stream. `complete` is the complete response that it sent instead, if any. */
export class NotStreamed extends Refused {
  readonly complete: HttpResponse | undefined
  constructor(error: BedrockError, complete: HttpResponse | undefined) {
    super(error)
    this.complete = complete
  }
}

/** Called as soon as the headers of the response have arrived. */
export interface Listener {
  /** The response is not the expected one. `soFar` returns the error for the part that has been read. */
  readonly onRefusal: (soFar: () => BedrockError) => void
  /** The response is valid and is passed to the SDK. */
  readonly onResponse: (ids: ResponseIds) => void
}

export type Handler = Pick<NodeHttpHandler, "handle" | "metadata">
type HttpResponse = Awaited<ReturnType<Handler["handle"]>>["response"]

/** The size limit for a response that is only read for its error message, in bytes. */
const maxMessageSize = 64 * 1024
/** The size limit for a complete response, in MiB: far more than any model generates. */
const maxResponseMiB = 32

/**
 * A handler for the request of one `attempt`. It passes Bedrock's responses to the SDK, whatever their content type, and throws
 * {@link Refused} for any other response.
 */
export const gatewayHandler = (
  http: Handler,
  attempt: Attempt,
  runtime: Runtime.Runtime<never>,
  { onResponse, onRefusal }: Listener
): Handler => {
  const { identity, operation, url } = attempt
  const log = (message: string, annotations: Record<string, unknown>) =>
    Runtime.runSync(runtime, Effect.annotateLogs(Effect.logDebug(message), { ...annotations, attempt: attempt.number }))
  const parent = traceparent(runtime)
  const now = () => Runtime.runSync(runtime, Clock.currentTimeMillis)

  const send: Handler["handle"] = async (request, options) => {
    const redact = (headers: ReceivedResponse["headers"]) => redactHeaders(headers, identity, attempt.headers)
    // After the request was signed, because what is in between may replace the header. The user's own header takes precedence.
    if (Option.isSome(parent)) request.headers["traceparent"] ??= parent.value
    log("request", { method: request.method, url, headers: redact(request.headers) })
    const started = now()
    const { response } = await http.handle(request, options)
    response.headers = lowerCase(response.headers)
    const { requestId } = readResponseIds(response.headers)
    Runtime.runSync(runtime, annotateResponse(response.statusCode, requestId))
    log("response", {
      status: response.statusCode,
      ms: now() - started,
      url,
      ...(requestId !== undefined && { requestId }),
      headers: redact(response.headers)
    })
    return { response }
  }

  /** After a signature mismatch, logs what each side signed, for comparison. */
  const logSignature = (request: SignedRequest, { body, headers }: ReceivedResponse) => {
    const isMismatch = identity._tag === "AwsChain" && /signature/i.test(`${headers["x-amzn-errortype"]} ${body}`)
    const ours = isMismatch ? reconstructSignature(request, identity, attempt.headers) : undefined
    if (ours === undefined) return
    const response = makeMask(identity, attempt.headers)(body.slice(0, 8 * 1024))
    const line = Effect.annotateLogs(logDecision("signature refused"), {
      ...ours,
      response,
      attempt: attempt.number
    })
    Runtime.runSync(runtime, line)
  }

  return {
    metadata: http.metadata,
    handle: async (request, options) => {
      const { response } = await send(request, options)
      const { headers, statusCode: status } = response
      const ids = readResponseIds(headers)
      // For an unknown operation, AWS returns HTTP 200 with an error in the headers or body.
      const isOk = status === 200 && headers["x-amzn-errortype"] === undefined
      const { all, first } = await peek(receive(response.body ?? Readable.from([])), isOk ? preludeLength : 0)
      if (isOk && operation === "converse-stream" && isEventStream(first, headers)) {
        response.body = all
        onResponse(ids)
        return { response }
      }

      const toReceived = (body: Uint8Array): ReceivedResponse => {
        const text = bodyText(body, headers)
        return { status, headers: { ...headers, "content-type": detectType(first, text, headers) }, body: text }
      }
      const toError = (received: ReceivedResponse) => fromResponse(received, attempt, now())
      const fail = (reason: Reason, message: string) =>
        new Refused(makeError({ reason, status, message, ...ids }, attempt))

      const soFar: Array<Uint8Array> = []
      if (!isOk || !hasExpectedType(headers, operation)) onRefusal(() => toError(toReceived(Buffer.concat(soFar))))
      const mayBeComplete = isOk &&
        (mediaType(headers) === "application/json" || /^\s*\{/.test(first.toString("latin1")))
      const { body, failure, isCut } = await readBody(
        all,
        mayBeComplete ? maxResponseMiB * 1024 * 1024 : maxMessageSize,
        soFar
      )
      if (isCut && mayBeComplete) {
        throw fail("WrongContentType", `the response is larger than ${maxResponseMiB} MiB`)
      }
      const received = toReceived(body)
      const why = failure instanceof NetworkError ? failure.message : undefined
      if (!isOk) {
        logSignature(request, received)
        // A partial error page is enough.
        throw new Refused(toError(why !== undefined && body.length === 0 ? { ...received, body: why } : received))
      }
      const text = new TextDecoder().decode(body)
      const json = parseCompleteJson(text)
      if (failure !== undefined || json === undefined && text.trimStart().startsWith("{")) {
        throw fail(
          "TruncatedStream",
          `the response ended before it was complete${why === undefined ? "" : `: ${why}`}`
        )
      }
      if (isConverseResponse(json)) {
        response.body = body
        if (operation === "converse-stream") throw new NotStreamed(toError(received), response)
        onResponse(ids)
        return { response }
      }
      throw isNotStreamed(received, operation)
        ? new NotStreamed(toError(received), undefined)
        : new Refused(toError(received))
    }
  }
}

const lowerCase = (headers: ReceivedResponse["headers"]): Record<string, string> =>
  Object.fromEntries(Object.entries(headers).map(([name, value]) => [name.toLowerCase(), value]))
