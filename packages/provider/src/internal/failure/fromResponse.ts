/** Creates a {@link BedrockError} from an unexpected response. Pure. */
import { publicUrl } from "@altimate-code/log/PublicUrl"
import * as Predicate from "effect/Predicate"
import { STATUS_CODES } from "node:http"
import type { BedrockError, Reason } from "../../BedrockError.ts"
import * as Sender from "../../Sender.ts"
import { retryAfterMillis } from "../transport/retryAfter.ts"
import type { Attempt } from "./attempt.ts"
import { parseJson } from "./body/parseJson.ts"
import { type ParsedResponse, readResponse, summarize } from "./body/readResponse.ts"
import { contentType, exceptionName, mediaType, type ReceivedResponse } from "./body/receivedResponse.ts"
import { sentencesIn } from "./body/sentences.ts"
import { makeError } from "./makeError.ts"
import { reasonOf } from "./reason.ts"
import { redactResponse } from "./redactResponse.ts"
import { readResponseIds } from "./responseIds.ts"

export const expectedContentType = (operation: Attempt["operation"]): string =>
  operation === "converse-stream" ? "application/vnd.amazon.eventstream" : "application/json"

/** Whether the content type is the expected one or missing. */
export const hasExpectedType = (headers: ReceivedResponse["headers"], operation: Attempt["operation"]): boolean =>
  ["", expectedContentType(operation)].includes(mediaType(headers))

export const fromResponse = (response: ReceivedResponse, attempt: Attempt, now: number): BedrockError => {
  const { headers, status } = response
  if (isEmpty(response)) return makeError({ ...describeEmpty(response), ...readResponseIds(headers) }, attempt)
  const parsed = readResponse(response)
  const { detail, form, sender, sentences, type } = parsed
  const reason = sender?.isBlocked === true
    ? "Blocked"
    : sender?.kind === "login" && status >= 400
    ? "Authentication"
    : reasonOf(type, status, sentences.join("; "))
  return makeError({
    reason,
    message: describeResponse(response, parsed, reason, attempt),
    type: isNotStreamed(response, attempt.operation) ? noStream : type,
    status,
    sentences,
    detail,
    sender,
    ...readResponseIds(headers),
    retryAfterMillis: retryAfterMillis(status, headers, now),
    response: {
      form,
      receivedAt: now,
      clockSkewMillis: clockSkew(headers["date"], now),
      challenge: headers["www-authenticate"] ?? headers["proxy-authenticate"],
      upgrade: headers["upgrade"],
      location: headers["location"] === undefined ? undefined : publicUrl(headers["location"]),
      headers: redactResponse(headers)
    }
  }, attempt)
}

const describeResponse = (
  response: ReceivedResponse,
  parsed: ParsedResponse,
  reason: Reason,
  attempt: Attempt
): string => {
  const { form, sender, sentences, type } = parsed
  const { body, status } = response
  const text = summarize(parsed, body)
  if (status >= 300 && status < 400 && response.headers["location"] !== undefined) {
    return `the gateway returned a redirect (HTTP ${status}) to ${publicUrl(response.headers["location"])}; `
      + `expected ${expectedContentType(attempt.operation)}`
  }
  if (sender !== undefined) {
    const instead = sender.page === undefined
      ? ""
      : ` with a ${sender.kind === "login" ? "login" : "web"} page instead of Bedrock's ${
        status < 400 ? "response" : "JSON"
      }`
    const quote = sentences.length === 0 ? "" : sender.page === undefined ? `: ${text}` : `: "${text}"`
    return `${Sender.describe(sender)} answered HTTP ${status}${instead}${quote}`
  }
  if (reason === "WrongContentType" && status < 400) return describeUnexpected(response, parsed, text, attempt)
  if (sentences.length === 0 && type === "UnknownOperationException") {
    return `the gateway has no such path (${type})`
  }
  // Some exceptions have no message.
  if (sentences.length === 0 && (form === "empty" || isOnlyName(body, type))) {
    return type ??
      `HTTP ${status}${STATUS_CODES[status] === undefined ? "" : ` (${STATUS_CODES[status]})`} without a message`
  }
  return `${type ?? `HTTP ${status}`}: ${text}`
}

/** Whether the body is `{}`, or only an exception name in AWS's older format: `{"Output":{"__type":"…"},"Version":"1.0"}`. */
const isOnlyName = (body: string, type: string | undefined): boolean => {
  const values = [...body.matchAll(/:\s*("[^"]*"|[^\s{["}\],]+)/g)].map(([, value]) => value!)
  return /^\s*\{[^[]*\}\s*$/.test(body)
    && values.every((value) => /^"?[\d.]*"?$/.test(value) || (type !== undefined && value.endsWith(`${type}"`)))
}

/** Whether the status is successful but the body is empty. */
const isEmpty = (response: ReceivedResponse): boolean =>
  response.status >= 200 && response.status < 300 && response.headers["x-amzn-errortype"] === undefined
  && response.body.trim() === ""

const describeEmpty = ({ status }: ReceivedResponse) => ({
  reason: "TruncatedStream" as const,
  status,
  message: `the gateway returned HTTP ${status} with an empty body`
})

/** The `type` of the error for a gateway that does not stream. */
export const noStream = "NoStream"

/** Whether the gateway cannot forward a stream and sent something else. */
export const isNotStreamed = (response: ReceivedResponse, operation: Attempt["operation"]): boolean =>
  operation === "converse-stream" && response.status === 200 && !isEmpty(response)
  && /^(application\/json|text\/event-stream|application\/x-ndjson)$/.test(mediaType(response.headers))
  && !isRefusal(response)

/** Whether a response with HTTP 200 is an error that does not mention streaming. */
const isRefusal = (response: ReceivedResponse): boolean => {
  if (exceptionName(response) !== undefined) return true
  const body = parseJson(response.body)
  return Predicate.isRecord(body) && body["output"] === undefined && body["choices"] === undefined
    && (body["error"] ?? body["errors"] ?? body["fault"] ?? undefined) !== undefined
    && !/stream/i.test(sentencesIn(body).join(" "))
}

/** How far this machine's clock is ahead of the `date` header, in milliseconds. */
const clockSkew = (date: string | undefined, now: number): number | undefined => {
  const theirs = date === undefined ? Number.NaN : Date.parse(date)
  return Number.isNaN(theirs) ? undefined : now - theirs
}

const describeUnexpected = (
  response: ReceivedResponse,
  { form, sentences }: ParsedResponse,
  text: string,
  attempt: Attempt
): string => {
  if (isRefusal(response)) return `the gateway returned HTTP ${response.status} with an error: ${text}`
  const expected = `expected ${expectedContentType(attempt.operation)}`
  const type = contentType(response.headers)
  if (form === "json" && mediaType(response.headers) === "application/json" && attempt.operation === "converse") {
    return `the gateway returned JSON that is not a Converse response (${text})`
  }
  // The content type is the expected one, so it explains nothing.
  if (attempt.operation === "converse-stream" && hasExpectedType(response.headers, attempt.operation)) {
    return `the gateway returned something that is not an event stream (${text}); ${expected}`
  }
  // JSON without an error may begin with the model's text, which must not be shown.
  const shown = form === "json" && sentences.length === 0 ? "" : ` (${text})`
  return `the gateway returned ${type || "no content type"}${shown}; ${expected}`
}
