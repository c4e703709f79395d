/** Creates a {@link BedrockError} from an error thrown by the SDK or Node.js. Pure. */
import { NetworkError } from "@altimate-code/network/NetworkError"
import * as Duration from "effect/Duration"
import * as Predicate from "effect/Predicate"
import { BedrockError } from "../../BedrockError.ts"
import { InvalidFrames } from "../transport/frames.ts"
import type { Attempt } from "./attempt.ts"
import { readResponse, summarize } from "./body/readResponse.ts"
import { expectedContentType } from "./fromResponse.ts"
import { makeError } from "./makeError.ts"
import { reasonOf } from "./reason.ts"
import type { ResponseIds } from "./responseIds.ts"

/** For an error before a response arrived. */
export const fromThrown = (error: unknown, attempt: Attempt): BedrockError => {
  if (error instanceof NetworkError) return fromNetwork(error, attempt)
  const code = Predicate.hasProperty(error, "code") && Predicate.isString(error.code) ? error.code : undefined
  const text = error instanceof Error ? error.message : String(error)
  const host = URL.canParse(attempt.url) ? new URL(attempt.url).host : attempt.url
  if (code !== undefined && unsendable.test(code)) {
    return makeError({ reason: "Validation", type: code, message: `the request can't be sent: ${text}` }, attempt)
  }
  if (code !== undefined) {
    // OpenSSL's message about a failed handshake contains pointers and file names.
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

/** Node.js error codes for a request that it refuses to send. */
const unsendable =
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

/** For an error while the events of a stream are read. */
export const fromStream = (error: unknown, attempt: Attempt, ids: ResponseIds): BedrockError => {
  const name = error instanceof Error ? error.name : ""
  // The SDK appends a hint for developers.
  const text = (error instanceof Error ? error.message : String(error)).split("\n  Deserialization error:")[0]!
  if (error instanceof InvalidFrames && error.isFirst) {
    const message = `the gateway returned something that is not an event stream; expected ${
      expectedContentType(attempt.operation)
    }`
    return makeError({ reason: "WrongContentType", message, ...ids }, attempt)
  }
  if (name.endsWith("Exception") || Predicate.hasProperty(error, "$fault")) {
    // For an unknown exception, the SDK's message is the entire payload.
    const parsed = readResponse({ status: 200, headers: {}, body: text })
    const { sentences } = parsed
    const reason = reasonOf(name, 424, sentences.join("; "))
    return makeError({ reason, type: name, message: `${name}: ${summarize(parsed, text)}`, sentences, ...ids }, attempt)
  }
  const message = /checksum/i.test(text)
    ? "the response stream is damaged: a frame does not match its checksum (CRC)"
    : error instanceof SyntaxError
    ? "the response stream is damaged: a frame is not JSON"
    : `the response stream was cut off: ${text}`
  return makeError({ reason: "TruncatedStream", message, ...ids }, attempt)
}
