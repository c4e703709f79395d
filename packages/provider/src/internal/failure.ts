/** Makes a {@link BedrockError} of whatever went wrong with a request. Pure. */
import { publicUrl } from "@altimate-code/config/PublicUrl"
import { NetworkError } from "@altimate-code/network/NetworkError"
import * as Predicate from "effect/Predicate"
import { BedrockError, type Reason } from "../BedrockError.ts"
import { type Answer, contentType, exceptionName, wordless, words } from "./answer.ts"
import { NotFrames } from "./frames.ts"
import { hintFor, type Sent } from "./hint.ts"
import { mask } from "./identity.ts"
import { reasonOf } from "./reason.ts"
import { retryAfterMillis } from "./retryAfter.ts"

/** A request on its way. */
export interface Attempt extends Sent {
  readonly operation: "converse" | "converse-stream"
  /** Counts from 1. */
  readonly number: number
}

export const expectedType = (operation: Attempt["operation"]): string =>
  operation === "converse" ? "application/json" : "application/vnd.amazon.eventstream"

interface Details {
  readonly reason: Reason
  readonly message: string
  readonly type?: string | undefined
  readonly status?: number | undefined
  readonly requestId?: string | undefined
  readonly retryAfterMillis?: number | undefined
}

/** Adds the hint, and takes the credential's values out of the words of others. */
export const failed = (details: Details, attempt: Attempt): BedrockError => {
  const failure = { ...details, message: mask(attempt.identity, details.message) }
  return new BedrockError({ ...failure, hint: hintFor(failure, attempt), url: attempt.url, attempts: attempt.number })
}

/** An HTTP answer that is not the expected one. */
export const fromAnswer = (answer: Answer, attempt: Attempt, now: number): BedrockError => {
  const type = exceptionName(answer)
  const said = words(answer)
  const reason = reasonOf(type, answer.status, said)
  return failed({
    reason,
    message: reason === "WrongContentType"
      ? unexpected(answer, attempt)
      // An exception may be nothing but its name.
      : type !== undefined && said === wordless
      ? type
      : `${type ?? `HTTP ${answer.status}`}: ${said}`,
    type,
    status: answer.status,
    requestId: answer.headers["x-amzn-requestid"],
    retryAfterMillis: retryAfterMillis(answer.headers["retry-after"], now)
  }, attempt)
}

const unexpected = (answer: Answer, attempt: Attempt): string => {
  const expected = `expected ${expectedType(attempt.operation)}`
  const location = answer.headers["location"]
  if (answer.status >= 300 && location !== undefined) {
    return `the gateway answered HTTP ${answer.status} and points to ${publicUrl(location)}; ${expected}`
  }
  const type = contentType(answer.headers)
  return type.split(";")[0]!.trim() === "application/json" && attempt.operation === "converse"
    ? `the gateway answered JSON that is not Bedrock's (${words(answer)}); expected the answer of Converse`
    : `the gateway answered ${type || "no content type"} (${words(answer)}); ${expected}`
}

/** What the SDK or Node.js threw before there was an answer. */
export const fromThrown = (error: unknown, attempt: Attempt): BedrockError => {
  if (error instanceof NetworkError) return fromNetwork(error, attempt)
  const code = Predicate.hasProperty(error, "code") && Predicate.isString(error.code) ? error.code : undefined
  const said = error instanceof Error ? error.message : String(error)
  const host = URL.canParse(attempt.url) ? new URL(attempt.url).host : attempt.url
  if (code !== undefined) {
    // What OpenSSL says of a broken handshake are pointers and file names.
    const why = code === "EPROTO" || said === "" ? code : said
    return failed({ reason: "Connection", type: code, message: `no connection to ${host}: ${why}` }, attempt)
  }
  if (error instanceof Error && error.name === "TimeoutError") {
    return failed({
      reason: "Timeout",
      type: "ConnectTimeout",
      message: `no connection to ${host} within the time limit`
    }, attempt)
  }
  return failed({ reason: "Validation", message: said }, attempt)
}

/** It knows more of the way than the request does. */
const fromNetwork = ({ code, hint, message, reason }: NetworkError, { number, url }: Attempt): BedrockError =>
  new BedrockError({
    ...(reason === "Timeout"
      ? { reason: "Timeout", type: "ConnectTimeout" }
      : { reason: "Connection", type: code ?? reason }),
    message,
    hint,
    url,
    attempts: number
  })

/** What the SDK or Node.js threw while the events of an answer came in. */
export const fromStream = (error: unknown, attempt: Attempt, requestId: string | undefined): BedrockError => {
  const name = error instanceof Error ? error.name : ""
  // The SDK appends advice for its own users.
  const said = (error instanceof Error ? error.message : String(error)).split("\n  Deserialization error:")[0]!
  if (error instanceof NotFrames && error.first) {
    const message = `the gateway answered something that is not an event stream; expected ${
      expectedType(attempt.operation)
    }`
    return failed({ reason: "WrongContentType", message, requestId }, attempt)
  }
  if (name.endsWith("Exception") || Predicate.hasProperty(error, "$fault")) {
    const reason = reasonOf(name, 424, said)
    // The SDK gives the whole payload of an exception that it doesn't know.
    const message = `${name}: ${words({ status: 200, headers: {}, body: said })}`
    return failed({ reason, type: name, message, requestId }, attempt)
  }
  const message = /checksum/i.test(said)
    ? "the streamed answer is damaged: a frame does not match its checksum (CRC)"
    : `the streamed answer broke off: ${said}`
  return failed({ reason: "TruncatedStream", message, requestId }, attempt)
}
