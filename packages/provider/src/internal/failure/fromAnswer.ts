/** Makes a {@link BedrockError} of a response that is not the expected one. Pure. */
import { publicUrl } from "@altimate-code/log/PublicUrl"
import * as Predicate from "effect/Predicate"
import { STATUS_CODES } from "node:http"
import type { BedrockError, Reason } from "../../BedrockError.ts"
import * as Sender from "../../Sender.ts"
import { retryAfterMillis } from "../transport/retryAfter.ts"
import { answerIds } from "./answerIds.ts"
import type { Attempt } from "./attempt.ts"
import { type Answer, contentType, exceptionName, mediaType } from "./body/answer.ts"
import { parseJson } from "./body/parseJson.ts"
import { type Reading, readResponse, summary } from "./body/readAnswer.ts"
import { sentencesIn } from "./body/sentences.ts"
import { makeError } from "./makeError.ts"
import { reasonOf } from "./reason.ts"

export const expectedType = (operation: Attempt["operation"]): string =>
  operation === "converse" ? "application/json" : "application/vnd.amazon.eventstream"

/** Whether the content type is that of the operation, or missing. */
export const isLabelled = (headers: Answer["headers"], operation: Attempt["operation"]): boolean =>
  ["", expectedType(operation)].includes(mediaType(headers))

export const fromAnswer = (answer: Answer, attempt: Attempt, now: number): BedrockError => {
  const { headers, status } = answer
  if (isEmpty(answer)) return makeError({ ...empty(answer), ...answerIds(headers) }, attempt)
  const reading = readResponse(answer)
  const { detail, form, sender, sentences, type } = reading
  const reason = sender?.isBlocked === true
    ? "Blocked"
    : sender?.kind === "login" && status >= 400
    ? "Authentication"
    : reasonOf(type, status, sentences.join("; "))
  return makeError({
    reason,
    message: messageFor(answer, reading, reason, attempt),
    type: isNotStreamed(answer, attempt.operation) ? noStream : type,
    status,
    sentences,
    detail,
    sender,
    ...answerIds(headers),
    retryAfterMillis: retryAfterMillis(status, headers, now),
    response: {
      form,
      receivedAt: now,
      clockSkewMillis: clockSkew(headers["date"], now),
      challenge: headers["www-authenticate"] ?? headers["proxy-authenticate"],
      upgrade: headers["upgrade"],
      location: headers["location"] === undefined ? undefined : publicUrl(headers["location"])
    }
  }, attempt)
}

const messageFor = (answer: Answer, reading: Reading, reason: Reason, attempt: Attempt): string => {
  const { form, sender, sentences, type } = reading
  const { body, status } = answer
  const text = summary(reading, body)
  if (status >= 300 && status < 400 && answer.headers["location"] !== undefined) {
    return `the gateway redirects (HTTP ${status}) to ${publicUrl(answer.headers["location"])}; `
      + `expected ${expectedType(attempt.operation)}`
  }
  if (sender !== undefined) {
    const instead = sender.page === undefined
      ? ""
      : ` with a ${sender.kind === "login" ? "login" : "web"} page instead of Bedrock's ${
        status < 400 ? "answer" : "JSON"
      }`
    const quote = sentences.length === 0 ? "" : sender.page === undefined ? `: ${text}` : `: "${text}"`
    return `${Sender.describe(sender)} answered HTTP ${status}${instead}${quote}`
  }
  if (reason === "WrongContentType" && status < 400) return unexpected(answer, reading, text, attempt)
  // Some exceptions have a name and nothing else.
  if (sentences.length === 0 && (form === "empty" || isOnlyName(body, type))) {
    return type ??
      `HTTP ${status}${STATUS_CODES[status] === undefined ? "" : ` (${STATUS_CODES[status]})`} without a message`
  }
  return `${type ?? `HTTP ${status}`}: ${text}`
}

/** `{}`, or an exception name alone in AWS's older format: `{"Output":{"__type":"…"},"Version":"1.0"}`. */
const isOnlyName = (body: string, type: string | undefined): boolean => {
  const values = [...body.matchAll(/:\s*("[^"]*"|[^\s{["}\],]+)/g)].map(([, value]) => value!)
  return /^\s*\{[^[]*\}\s*$/.test(body)
    && values.every((value) => /^"?[\d.]*"?$/.test(value) || (type !== undefined && value.endsWith(`${type}"`)))
}

/** A successful response without a body. A retry may succeed. */
const isEmpty = (answer: Answer): boolean =>
  answer.status >= 200 && answer.status < 300 && answer.headers["x-amzn-errortype"] === undefined
  && answer.body.trim() === ""

const empty = ({ status }: Answer) => ({
  reason: "TruncatedStream" as const,
  status,
  message: `the gateway answered HTTP ${status} with an empty body`
})

/** The `type` of the error for a gateway that does not stream. */
export const noStream = "NoStream"

/** Whether a gateway that can't pass on a stream has answered with something else instead. */
export const isNotStreamed = (answer: Answer, operation: Attempt["operation"]): boolean =>
  operation === "converse-stream" && answer.status === 200 && !isEmpty(answer)
  && /^(application\/json|text\/event-stream|application\/x-ndjson)$/.test(mediaType(answer.headers))
  && !isRefusal(answer)

/** An error with HTTP 200 is not about streaming unless it says so. */
const isRefusal = (answer: Answer): boolean => {
  if (exceptionName(answer) !== undefined) return true
  const body = parseJson(answer.body)
  return Predicate.isRecord(body) && body["output"] === undefined && body["choices"] === undefined
    && (body["error"] ?? body["errors"] ?? body["fault"] ?? undefined) !== undefined
    && !/stream/i.test(sentencesIn(body).join(" "))
}

/** How far this machine's clock is ahead of the `date` header, in milliseconds. */
const clockSkew = (date: string | undefined, now: number): number | undefined => {
  const theirs = date === undefined ? Number.NaN : Date.parse(date)
  return Number.isNaN(theirs) ? undefined : now - theirs
}

const unexpected = (answer: Answer, { form, sentences }: Reading, text: string, attempt: Attempt): string => {
  if (isRefusal(answer)) return `the gateway answered HTTP ${answer.status} with an error: ${text}`
  const expected = `expected ${expectedType(attempt.operation)}`
  const type = contentType(answer.headers)
  if (form === "json" && mediaType(answer.headers) === "application/json" && attempt.operation === "converse") {
    return `the gateway answered JSON that is not a Converse response (${text})`
  }
  // Its label is the expected one and explains nothing.
  if (attempt.operation === "converse-stream" && isLabelled(answer.headers, attempt.operation)) {
    return `the gateway answered something that is not an event stream (${text}); ${expected}`
  }
  // The beginning of a JSON response without an error would be the model's text.
  const shown = form === "json" && sentences.length === 0 ? "" : ` (${text})`
  return `the gateway answered ${type || "no content type"}${shown}; ${expected}`
}
