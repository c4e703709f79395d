/** Makes a {@link BedrockError} of what the SDK or Node.js has thrown. Pure. */
import { NetworkError } from "@altimate-code/network/NetworkError"
import * as Duration from "effect/Duration"
import * as Predicate from "effect/Predicate"
import { BedrockError } from "../../BedrockError.ts"
import { NotFrames } from "../transport/frames.ts"
import type { AnswerIds } from "./answerIds.ts"
import { read, summary } from "./body/readAnswer.ts"
import { type Attempt, expectedType, failed } from "./fromAnswer.ts"
import { reasonOf } from "./reason.ts"

/** Before there was an answer. */
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

/** While the events of an answer came in. */
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
    // The SDK gives the whole payload of an exception that it doesn't know.
    const reading = read({ status: 200, headers: {}, body: said })
    const { sentences } = reading
    const reason = reasonOf(name, 424, sentences.join("; "))
    return failed({ reason, type: name, message: `${name}: ${summary(reading, said)}`, sentences, ...ids }, attempt)
  }
  const message = /checksum/i.test(said)
    ? "the streamed answer is damaged: a frame does not match its checksum (CRC)"
    : error instanceof SyntaxError
    ? "the streamed answer is damaged: a frame does not hold JSON"
    : `the streamed answer broke off: ${said}`
  return failed({ reason: "TruncatedStream", message, ...ids }, attempt)
}
