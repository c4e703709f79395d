/** Makes a {@link BedrockError} of whatever went wrong with a request. Pure. */
import { publicUrl } from "@altimate-code/config/PublicUrl"
import { NetworkError } from "@altimate-code/network/NetworkError"
import * as Duration from "effect/Duration"
import * as Predicate from "effect/Predicate"
import { BedrockError, type Reason } from "../BedrockError.ts"
import { type Answer, contentType, exceptionName, mediaType, wordless, words } from "./answer.ts"
import { type AnswerIds, answerIds } from "./answerIds.ts"
import { type CustomHeaders, maskHeaders } from "./customHeaders.ts"
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
  /** The user's own. */
  readonly headers: CustomHeaders
  /** How long a connection may take. */
  readonly connect: Duration.Duration
}

export const expectedType = (operation: Attempt["operation"]): string =>
  operation === "converse" ? "application/json" : "application/vnd.amazon.eventstream"

interface Details extends AnswerIds {
  /** How far this machine's clock is ahead of the other side's, and what it says, in milliseconds. */
  readonly skewMillis?: number | undefined
  readonly now?: number | undefined
  readonly reason: Reason
  readonly message: string
  readonly type?: string | undefined
  readonly status?: number | undefined
  readonly retryAfterMillis?: number | undefined
}

/** Adds the hint, and takes the values of the credential and of the user's headers out of the words of others. */
export const failed = ({ now, skewMillis, ...details }: Details, attempt: Attempt): BedrockError => {
  const masked = (text: string) => maskHeaders(attempt.headers, mask(attempt.identity, text))
  const failure = {
    ...details,
    message: masked(details.message),
    ...(details.gatewayRequestId !== undefined && { gatewayRequestId: masked(details.gatewayRequestId) })
  }
  const { gatewayRequestId } = failure
  const find = gatewayRequestId === undefined
    ? ""
    : ` The gateway's operators find this request by ${gatewayRequestId}.`
  const hint = `${hintFor({ ...failure, now, skewMillis }, attempt)}${find}`
  return new BedrockError({ ...failure, hint, url: attempt.url, attempts: attempt.number })
}

/** An HTTP answer that is not the expected one. */
export const fromAnswer = (answer: Answer, attempt: Attempt, now: number): BedrockError => {
  const type = exceptionName(answer)
  const said = words(answer)
  if (isEmpty(answer)) return failed({ ...empty(answer), ...answerIds(answer.headers) }, attempt)
  const reason = reasonOf(type, answer.status, said)
  return failed({
    reason,
    message: reason === "WrongContentType"
      ? unexpected(answer, attempt)
      // An exception may be nothing but its name.
      : type !== undefined && said === wordless
      ? type
      : `${type ?? `HTTP ${answer.status}`}: ${said}`,
    type: isNotStreamed(answer, attempt.operation) ? noStream : type,
    skewMillis: skew(answer.headers["date"], now),
    now,
    status: answer.status,
    ...answerIds(answer.headers),
    retryAfterMillis: retryAfterMillis(answer.headers["retry-after"], now)
  }, attempt)
}

/** Nothing at all where an answer should be: what lost it may let the next one through. */
const isEmpty = (answer: Answer): boolean =>
  answer.status >= 200 && answer.status < 300 && answer.headers["x-amzn-errortype"] === undefined
  && answer.body.trim() === ""

const empty = ({ status }: Answer) => ({
  reason: "TruncatedStream" as const,
  status,
  message: `the gateway answered HTTP ${status} with an empty body`
})

/** The `type` of a failure that a gateway without streaming is. */
export const noStream = "NoStream"

/** Is this what answers look like that a gateway makes of a stream, when it can't pass it on? */
export const isNotStreamed = (answer: Answer, operation: Attempt["operation"]): boolean =>
  operation === "converse-stream" && answer.status === 200 && exceptionName(answer) === undefined && !isEmpty(answer)
  && /^(application\/json|text\/event-stream|application\/x-ndjson)$/.test(mediaType(answer.headers))
/** How far this machine's clock is ahead of the other side's. */
const skew = (date: string | undefined, now: number): number | undefined => {
  const theirs = date === undefined ? Number.NaN : Date.parse(date)
  return Number.isNaN(theirs) ? undefined : now - theirs
}

const unexpected = (answer: Answer, attempt: Attempt): string => {
  const expected = `expected ${expectedType(attempt.operation)}`
  const location = answer.headers["location"]
  if (answer.status >= 300 && location !== undefined) {
    return `the gateway answered HTTP ${answer.status} and points to ${publicUrl(location)}; ${expected}`
  }
  const type = contentType(answer.headers)
  const said = words(answer)
  return mediaType(answer.headers) === "application/json" && attempt.operation === "converse"
    ? `the gateway answered JSON that is not Bedrock's (${said}); expected the answer of Converse`
    : `the gateway answered ${type || "no content type"}${said === wordless ? "" : ` (${said})`}; ${expected}`
}

/** What the SDK or Node.js threw before there was an answer. */
export const fromThrown = (error: unknown, attempt: Attempt): BedrockError => {
  if (error instanceof NetworkError) return fromNetwork(error, attempt)
  const code = Predicate.hasProperty(error, "code") && Predicate.isString(error.code) ? error.code : undefined
  const said = error instanceof Error ? error.message : String(error)
  const host = URL.canParse(attempt.url) ? new URL(attempt.url).host : attempt.url
  if (code !== undefined && isLocal.test(code)) {
    const failure = failed({ reason: "Validation", type: code, message: `the request can't be sent: ${said}` }, attempt)
    return new BedrockError({ ...failure, message: failure.message, hint: localHint })
  }
  if (code !== undefined) {
    // What OpenSSL says of a broken handshake are pointers and file names.
    const why = code === "EPROTO" || said === "" ? code : said
    return failed({ reason: "Connection", type: code, message: `no connection to ${host}: ${why}` }, attempt)
  }
  if (error instanceof Error && error.name === "TimeoutError") {
    return failed({
      reason: "Timeout",
      type: "ConnectTimeout",
      message: `no connection to ${host} within ${Duration.format(attempt.connect)} (options.timeout.connect)`
    }, attempt)
  }
  return failed({ reason: "Validation", message: said }, attempt)
}

/** Codes of Node.js for a request that it does not even begin to send. */
const isLocal =
  /^ERR_(INVALID_(ARG_(TYPE|VALUE)|CHAR|HTTP_TOKEN|URL)|HTTP2?_INVALID_HEADER_VALUE|UNESCAPED_CHARACTERS)$/

const localHint =
  "A header, the URL or the credential has a character that HTTP does not allow: copy the value that is named here again, whole and in one line."

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
export const fromStream = (error: unknown, attempt: Attempt, ids: AnswerIds): BedrockError => {
  const name = error instanceof Error ? error.name : ""
  // The SDK appends advice for its own users.
  const said = (error instanceof Error ? error.message : String(error)).split("\n  Deserialization error:")[0]!
  if (error instanceof NotFrames && error.first) {
    const message = `the gateway answered something that is not an event stream; expected ${
      expectedType(attempt.operation)
    }`
    return failed({ reason: "WrongContentType", message, ...ids }, attempt)
  }
  if (name.endsWith("Exception") || Predicate.hasProperty(error, "$fault")) {
    const reason = reasonOf(name, 424, said)
    // The SDK gives the whole payload of an exception that it doesn't know.
    const message = `${name}: ${words({ status: 200, headers: {}, body: said })}`
    return failed({ reason, type: name, message, ...ids }, attempt)
  }
  const message = /checksum/i.test(said)
    ? "the streamed answer is damaged: a frame does not match its checksum (CRC)"
    : error instanceof SyntaxError
    ? "the streamed answer is damaged: a frame does not hold JSON"
    : `the streamed answer broke off: ${said}`
  return failed({ reason: "TruncatedStream", message, ...ids }, attempt)
}
