/** The HTTP side of one attempt: logs it, and looks at the answer before the SDK tries to make sense of it. */
import type { NodeHttpHandler } from "@smithy/node-http-handler"
import * as Clock from "effect/Clock"
import * as Effect from "effect/Effect"
import * as Predicate from "effect/Predicate"
import * as Runtime from "effect/Runtime"
import type { BedrockError } from "../BedrockError.ts"
import { type Answer, mediaType } from "./answer.ts"
import { type AnswerIds, answerIds } from "./answerIds.ts"
import { type Attempt, expectedType, failed, fromAnswer, isNotStreamed } from "./failure.ts"
import { checkedFrames } from "./frames.ts"
import { publicHeaders } from "./headers.ts"

/** Carries a finished failure through the SDK, which adds fields of its own to what is thrown. */
export class Refused extends Error {
  readonly error: BedrockError
  constructor(error: BedrockError) {
    super(error.message)
    this.error = error
  }
}

/** The gateway did not stream; `whole` is the complete answer that it gave instead, if that is what it is. */
export class NotStreamed extends Refused {
  readonly whole: HttpResponse | undefined
  constructor(error: BedrockError, whole: HttpResponse | undefined) {
    super(error)
    this.whole = whole
  }
}

/** Learns of the answer as soon as its head is there. */
export interface Listener {
  /** The answer is another one than expected; `soFar` is the failure that it is by what has been read of it. */
  readonly onRefusal: (soFar: () => BedrockError) => void
  /** It is let through. */
  readonly onAnswer: (ids: AnswerIds) => void
}

export type Handler = Pick<NodeHttpHandler, "handle" | "metadata">
type HttpResponse = Awaited<ReturnType<Handler["handle"]>>["response"]

/** Of an answer that is only read for its message. */
const messageLimit = 64 * 1024
/** Of a complete answer: far more than any model writes. */
const answerLimit = 64 * 1024 * 1024

/**
 * A handler for the one request of `attempt`. What it lets through is an answer of the expected type; everything else
 * is thrown as {@link Refused}.
 */
export const gatewayHandler = (
  http: Handler,
  attempt: Attempt,
  runtime: Runtime.Runtime<never>,
  { onAnswer, onRefusal }: Listener
): Handler => {
  const log = (message: string, annotations: Record<string, unknown>) =>
    Runtime.runSync(runtime, Effect.annotateLogs(Effect.logDebug(message), { ...annotations, attempt: attempt.number }))
  const now = () => Runtime.runSync(runtime, Clock.currentTimeMillis)
  return {
    metadata: http.metadata,
    handle: async (request, options) => {
      const { identity, operation, url } = attempt
      const shown = (headers: Readonly<Record<string, string>>) => publicHeaders(headers, identity, attempt.headers)
      log("request", { method: request.method, url, headers: shown(request.headers) })
      const started = now()
      const { response } = await http.handle(request, options)
      const headers = lowerCase(response.headers)
      const ids = answerIds(headers)
      log("response", {
        status: response.statusCode,
        ms: now() - started,
        url,
        ...(ids.requestId !== undefined && { requestId: ids.requestId }),
        headers: shown(headers)
      })
      const answered = (body: Uint8Array): Answer => ({ status: response.statusCode, headers, body: decode(body) })
      const refuse = (body: Uint8Array) => new Refused(fromAnswer(answered(body), attempt, now()))
      if (!isExpected(response.statusCode, headers, operation)) {
        const isJson = operation === "converse-stream" && mediaType(headers) === "application/json"
        const chunks: Array<Uint8Array> = []
        onRefusal(() => fromAnswer(answered(Buffer.concat(chunks)), attempt, now()))
        const limit = response.statusCode === 200 && isJson ? answerLimit : messageLimit
        const body = await read(response, limit, attempt, chunks)
        if (!isNotStreamed(answered(body), operation)) throw refuse(body)
        const json = isJson ? parse(body) : undefined
        if (isJson && json === undefined && decode(body).trimStart().startsWith("{")) throw brokenOff(response, attempt)
        response.body = body
        throw new NotStreamed(fromAnswer(answered(body), attempt, now()), isWhole(json) ? response : undefined)
      }
      if (operation === "converse-stream") {
        response.body = checkedFrames(response.body)
      } else {
        const body = await read(response, answerLimit, attempt)
        const json = parse(body)
        if (json === undefined && decode(body).trimStart().startsWith("{")) throw brokenOff(response, attempt)
        if (!isWhole(json)) throw refuse(body)
        response.body = body
      }
      onAnswer(ids)
      return { response }
    }
  }
}

const lowerCase = (headers: Readonly<Record<string, string>>): Record<string, string> =>
  Object.fromEntries(Object.entries(headers).map(([name, value]) => [name.toLowerCase(), value]))

/** An unknown operation is answered with HTTP 200 and an error in its headers or its body. */
const isExpected = (status: number, headers: Answer["headers"], operation: Attempt["operation"]): boolean => {
  const type = mediaType(headers)
  return status === 200 && headers["x-amzn-errortype"] === undefined
    && (type === "" || type === expectedType(operation))
}

/** Has the answer of Converse a message in it? */
const isWhole = (json: unknown): boolean =>
  Predicate.isRecord(json) && Predicate.isRecord(json["output"]) && Predicate.isRecord(json["output"]["message"])
  && Array.isArray(json["output"]["message"]["content"])

const parse = (body: Uint8Array): unknown => {
  try {
    return JSON.parse(decode(body))
  } catch {
    return undefined
  }
}

const decode = (body: Uint8Array): string => new TextDecoder().decode(body)

/** The body's first `limit` bytes; stopping there closes the connection. */
const read = async (
  response: HttpResponse,
  limit: number,
  attempt: Attempt,
  chunks: Array<Uint8Array> = []
): Promise<Uint8Array> => {
  let length = 0
  try {
    // Some answers have no body at all, such as 204.
    for await (const chunk of (response.body ?? []) as AsyncIterable<Uint8Array>) {
      chunks.push(chunk)
      length += chunk.length
      if (length >= limit) break
    }
  } catch {
    // Of an error page the part that came is enough.
    if (response.statusCode === 200) throw brokenOff(response, attempt)
  }
  return Buffer.concat(chunks).subarray(0, limit)
}

const brokenOff = (response: HttpResponse, attempt: Attempt): Refused =>
  new Refused(failed({
    reason: "TruncatedStream",
    status: response.statusCode,
    message: "the answer broke off before it was complete",
    ...answerIds(lowerCase(response.headers))
  }, attempt))
