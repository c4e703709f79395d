/** The HTTP side of one attempt: logs it, and looks at the answer before the SDK tries to make sense of it. */
import type { NodeHttpHandler } from "@smithy/node-http-handler"
import * as Clock from "effect/Clock"
import * as Effect from "effect/Effect"
import * as Runtime from "effect/Runtime"
import type { BedrockError } from "../BedrockError.ts"
import { type Answer, contentType } from "./answer.ts"
import { type Attempt, expectedType, failed, fromAnswer } from "./failure.ts"
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

export type Handler = Pick<NodeHttpHandler, "handle" | "metadata">
type HttpResponse = Awaited<ReturnType<Handler["handle"]>>["response"]

/** Of an answer that is only read for its message. */
const messageLimit = 64 * 1024
/** Of a complete answer: far more than any model writes. */
const answerLimit = 64 * 1024 * 1024

/**
 * A handler for the one request of `attempt`. What it lets through is an answer of the expected type; everything else
 * is thrown as {@link Refused}. `onAnswer` learns AWS's request ID of an answer that was let through.
 */
export const gatewayHandler = (
  http: Handler,
  attempt: Attempt,
  runtime: Runtime.Runtime<never>,
  onAnswer: (requestId: string | undefined) => void
): Handler => {
  const log = (message: string, annotations: Record<string, unknown>) =>
    Runtime.runSync(runtime, Effect.annotateLogs(Effect.logDebug(message), { ...annotations, attempt: attempt.number }))
  const now = () => Runtime.runSync(runtime, Clock.currentTimeMillis)
  return {
    metadata: http.metadata,
    handle: async (request, options) => {
      const { identity, operation, url } = attempt
      log("request", { method: request.method, url, headers: publicHeaders(request.headers, identity) })
      const started = now()
      const { response } = await http.handle(request, options)
      const headers = lowerCase(response.headers)
      const requestId = headers["x-amzn-requestid"]
      log("response", {
        status: response.statusCode,
        ms: now() - started,
        url,
        ...(requestId !== undefined && { requestId }),
        headers: publicHeaders(headers, identity)
      })
      const refuse = (body: Uint8Array) =>
        new Refused(fromAnswer({ status: response.statusCode, headers, body: decode(body) }, attempt, now()))
      if (!isExpected(response.statusCode, headers, operation)) {
        throw refuse(await read(response, messageLimit, attempt))
      }
      if (operation === "converse-stream") {
        response.body = checkedFrames(response.body)
      } else {
        const body = await read(response, answerLimit, attempt)
        const json = parse(body)
        if (json === undefined && decode(body).trimStart().startsWith("{")) throw brokenOff(response, attempt)
        if (typeof json !== "object" || json === null || !("output" in json)) throw refuse(body)
        response.body = body
      }
      onAnswer(requestId)
      return { response }
    }
  }
}

const lowerCase = (headers: Readonly<Record<string, string>>): Record<string, string> =>
  Object.fromEntries(Object.entries(headers).map(([name, value]) => [name.toLowerCase(), value]))

/** An unknown operation is answered with HTTP 200 and an error in its headers or its body. */
const isExpected = (status: number, headers: Answer["headers"], operation: Attempt["operation"]): boolean => {
  const type = contentType(headers).split(";")[0]!.trim().toLowerCase()
  return status === 200 && headers["x-amzn-errortype"] === undefined
    && (type === "" || type === expectedType(operation))
}

const parse = (body: Uint8Array): unknown => {
  try {
    return JSON.parse(decode(body))
  } catch {
    return undefined
  }
}

const decode = (body: Uint8Array): string => new TextDecoder().decode(body)

/** The body's first `limit` bytes; stopping there closes the connection. */
const read = async (response: HttpResponse, limit: number, attempt: Attempt): Promise<Uint8Array> => {
  const chunks: Array<Uint8Array> = []
  let length = 0
  try {
    for await (const chunk of response.body as AsyncIterable<Uint8Array>) {
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
    message: "the answer broke off before it was complete"
  }, attempt))
