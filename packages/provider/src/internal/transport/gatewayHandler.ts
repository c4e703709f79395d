/** Sends the HTTP request of one attempt, logs it, and inspects the response before the SDK decodes it. */
import { NetworkError } from "@altimate-code/network/NetworkError"
import type { NodeHttpHandler } from "@smithy/node-http-handler"
import * as Clock from "effect/Clock"
import * as Effect from "effect/Effect"
import * as Runtime from "effect/Runtime"
import { Readable } from "node:stream"
import type { BedrockError, Reason } from "../../BedrockError.ts"
import { type AnswerIds, answerIds } from "../failure/answerIds.ts"
import type { Attempt } from "../failure/attempt.ts"
import { type Answer, mediaType } from "../failure/body/answer.ts"
import { bodyText } from "../failure/body/bodyText.ts"
import { detectType, isConverseResponse, isEventStream } from "../failure/body/contentForm.ts"
import { parseWhole } from "../failure/body/parseJson.ts"
import { fromAnswer, isLabelled, isNotStreamed } from "../failure/fromAnswer.ts"
import { makeError } from "../failure/makeError.ts"
import { maskHeaders } from "../identity/customHeaders.ts"
import { mask } from "../identity/identity.ts"
import { publicHeaders } from "../identity/publicHeaders.ts"
import { signatureInput, type SignedRequest } from "../identity/signedRequest.ts"
import { checkedFrames, preludeLength } from "./frames.ts"
import { peek, readBody, receive } from "./readBody.ts"

/** Carries a finished error through the SDK, which adds fields to whatever is thrown. */
export class Refused extends Error {
  readonly error: BedrockError
  constructor(error: BedrockError) {
    super(error.message)
    this.error = error
  }
}

/** The gateway did not stream; `whole` is the complete answer that it sent instead, if it sent one. */
export class NotStreamed extends Refused {
  readonly whole: HttpResponse | undefined
  constructor(error: BedrockError, whole: HttpResponse | undefined) {
    super(error)
    this.whole = whole
  }
}

/** Is called as soon as the headers of the response have arrived. */
export interface Listener {
  /** The response is not the expected one; `soFar` is the error for what has been read of it. */
  readonly onRefusal: (soFar: () => BedrockError) => void
  /** The response is passed on to the SDK. */
  readonly onAnswer: (ids: AnswerIds) => void
}

export type Handler = Pick<NodeHttpHandler, "handle" | "metadata">
type HttpResponse = Awaited<ReturnType<Handler["handle"]>>["response"]

/** For a response that is only read for its message, in bytes. */
const maxMessageSize = 64 * 1024
/** For a complete answer, in MiB: far more than any model generates. */
const maxAnswerMiB = 32

/**
 * A handler for the one request of `attempt`. It passes on Bedrock's responses, whatever their content type says, and throws {@link Refused} for
 * any other response.
 */
export const gatewayHandler = (
  http: Handler,
  attempt: Attempt,
  runtime: Runtime.Runtime<never>,
  { onAnswer, onRefusal }: Listener
): Handler => {
  const { identity, operation, url } = attempt
  const log = (message: string, annotations: Record<string, unknown>) =>
    Runtime.runSync(runtime, Effect.annotateLogs(Effect.logDebug(message), { ...annotations, attempt: attempt.number }))
  const now = () => Runtime.runSync(runtime, Clock.currentTimeMillis)

  const send: Handler["handle"] = async (request, options) => {
    const shown = (headers: Answer["headers"]) => publicHeaders(headers, identity, attempt.headers)
    log("request", { method: request.method, url, headers: shown(request.headers) })
    const started = now()
    const { response } = await http.handle(request, options)
    response.headers = lowerCase(response.headers)
    const { requestId } = answerIds(response.headers)
    log("response", {
      status: response.statusCode,
      ms: now() - started,
      url,
      ...(requestId !== undefined && { requestId }),
      headers: shown(response.headers)
    })
    return { response }
  }

  /** Logs both sides of a signature mismatch, so that they can be compared. */
  const logSignature = (request: SignedRequest, { body, headers }: Answer) => {
    const mismatch = identity._tag === "AwsChain" && /signature/i.test(`${headers["x-amzn-errortype"]} ${body}`)
    const ours = mismatch ? signatureInput(request, identity, attempt.headers) : undefined
    if (ours === undefined) return
    const answer = maskHeaders(attempt.headers, mask(identity, body.slice(0, 8 * 1024)))
    const line = Effect.annotateLogs(Effect.logInfo("signature refused"), { ...ours, answer, attempt: attempt.number })
    Runtime.runSync(runtime, line)
  }

  return {
    metadata: http.metadata,
    handle: async (request, options) => {
      const { response } = await send(request, options)
      const { headers, statusCode: status } = response
      const ids = answerIds(headers)
      // The response to an unknown operation is HTTP 200 with an error in its headers or body.
      const isOk = status === 200 && headers["x-amzn-errortype"] === undefined
      const { all, first } = await peek(receive(response.body ?? Readable.from([])), isOk ? preludeLength : 0)
      if (isOk && operation === "converse-stream" && isEventStream(first, headers)) {
        response.body = checkedFrames(all)
        onAnswer(ids)
        return { response }
      }

      const toAnswer = (body: Uint8Array): Answer => {
        const text = bodyText(body, headers)
        return { status, headers: { ...headers, "content-type": detectType(first, text, headers) }, body: text }
      }
      const toError = (answer: Answer) => fromAnswer(answer, attempt, now())
      const fail = (reason: Reason, message: string) =>
        new Refused(makeError({ reason, status, message, ...ids }, attempt))

      const soFar: Array<Uint8Array> = []
      if (!isOk || !isLabelled(headers, operation)) onRefusal(() => toError(toAnswer(Buffer.concat(soFar))))
      const mayBeWhole = isOk && (mediaType(headers) === "application/json" || /^\s*\{/.test(first.toString("latin1")))
      const { body, failure, isCut } = await readBody(
        all,
        mayBeWhole ? maxAnswerMiB * 1024 * 1024 : maxMessageSize,
        soFar
      )
      if (isCut && mayBeWhole) {
        throw fail("WrongContentType", `the answer is longer than ${maxAnswerMiB} MiB`)
      }
      const answer = toAnswer(body)
      const why = failure instanceof NetworkError ? failure.message : undefined
      if (!isOk) logSignature(request, answer)
      // Part of an error page is enough.
      if (!isOk) throw new Refused(toError(why !== undefined && body.length === 0 ? { ...answer, body: why } : answer))
      const text = new TextDecoder().decode(body)
      const json = parseWhole(text)
      if (failure !== undefined || json === undefined && text.trimStart().startsWith("{")) {
        throw fail(
          "TruncatedStream",
          `the answer broke off before it was complete${why === undefined ? "" : `: ${why}`}`
        )
      }
      if (isConverseResponse(json)) {
        response.body = body
        if (operation === "converse-stream") throw new NotStreamed(toError(answer), response)
        onAnswer(ids)
        return { response }
      }
      throw isNotStreamed(answer, operation)
        ? new NotStreamed(toError(answer), undefined)
        : new Refused(toError(answer))
    }
  }
}

const lowerCase = (headers: Answer["headers"]): Record<string, string> =>
  Object.fromEntries(Object.entries(headers).map(([name, value]) => [name.toLowerCase(), value]))
