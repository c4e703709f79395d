/** Makes a {@link BedrockError} of an error that the SDK or Node.js has thrown. Pure. */
import { NetworkError } from "@altimate-code/network/NetworkError"
import * as Duration from "effect/Duration"
import * as Predicate from "effect/Predicate"
import { BedrockError } from "../../BedrockError.ts"
import { NotFrames } from "../transport/frames.ts"
import type { AnswerIds } from "./answerIds.ts"
import type { Attempt } from "./attempt.ts"
import { readResponse, summary } from "./body/readAnswer.ts"
import { expectedType } from "./fromAnswer.ts"
import { makeError } from "./makeError.ts"
import { reasonOf } from "./reason.ts"

/** For an error before there was a response. */
export const fromThrown = (error: unknown, attempt: Attempt): BedrockError => {
  if (error instanceof NetworkError) return fromNetwork(error, attempt)
  const code = Predicate.hasProperty(error, "code") && Predicate.isString(error.code) ? error.code : undefined
  const text = error instanceof Error ? error.message : String(error)
  const host = URL.canParse(attempt.url) ? new URL(attempt.url).host : attempt.url
  if (code !== undefined && isLocal.test(code)) {
    return makeError({ reason: "Validation", type: code, message: `the request can't be sent: ${text}` }, attempt)
  }
  if (code !== undefined) {
    // OpenSSL describes a failed handshake with pointers and file names.
    const why = code === "EPROTO" || text === "" ? code : text
    return makeError({ reason: "Connection", type: code, message: `no connection to ${host}: ${why}` }, attempt)
  }
  if (error instanceof Error && error.name === "TimeoutError") {
    return makeError({
      reason: "Timeout",
      type: "ConnectTimeout",
      message: `no connection to ${host} within ${Duration.format(attempt.connect)}`
    }, attempt)
  }
  return makeError({ reason: "Validation", message: text }, attempt)
}

/** Codes of Node.js for a request that it refuses to send. */
const isLocal =
  /^ERR_(INVALID_(ARG_(TYPE|VALUE)|CHAR|HTTP_TOKEN|URL)|HTTP2?_INVALID_HEADER_VALUE|UNESCAPED_CHARACTERS)$/

const fromNetwork = (error: NetworkError, { number, url }: Attempt): BedrockError =>
  new BedrockError({
    ...(error.reason === "Timeout"
      ? { reason: "Timeout", type: "ConnectTimeout" }
      : { reason: "Connection", type: error.code ?? error.reason }),
    message: error.message,
    cause: error,
    url,
    attempts: number
  })

/** For an error while the events of an answer are read. */
export const fromStream = (error: unknown, attempt: Attempt, ids: AnswerIds): BedrockError => {
  const name = error instanceof Error ? error.name : ""
  // The SDK appends advice for developers.
  const text = (error instanceof Error ? error.message : String(error)).split("\n  Deserialization error:")[0]!
  if (error instanceof NotFrames && error.isFirst) {
    const message = `the gateway answered something that is not an event stream; expected ${
      expectedType(attempt.operation)
    }`
    return makeError({ reason: "WrongContentType", message, ...ids }, attempt)
  }
  if (name.endsWith("Exception") || Predicate.hasProperty(error, "$fault")) {
    // For an unknown exception, the SDK passes on the whole payload.
    const reading = readResponse({ status: 200, headers: {}, body: text })
    const { sentences } = reading
    const reason = reasonOf(name, 424, sentences.join("; "))
    return makeError({ reason, type: name, message: `${name}: ${summary(reading, text)}`, sentences, ...ids }, attempt)
  }
  const message = /checksum/i.test(text)
    ? "the streamed answer is damaged: a frame does not match its checksum (CRC)"
    : error instanceof SyntaxError
    ? "the streamed answer is damaged: a frame is not JSON"
    : `the streamed answer broke off: ${text}`
  return makeError({ reason: "TruncatedStream", message, ...ids }, attempt)
}
