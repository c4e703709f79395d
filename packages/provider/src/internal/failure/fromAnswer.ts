/** Makes a {@link BedrockError} of an answer that is not the expected one. Pure. */
import { publicUrl } from "@altimate-code/config/PublicUrl"
import type * as Duration from "effect/Duration"
import * as Predicate from "effect/Predicate"
import { STATUS_CODES } from "node:http"
import { BedrockError, type Reason } from "../../BedrockError.ts"
import { type CustomHeaders, maskHeaders } from "../identity/customHeaders.ts"
import { mask } from "../identity/identity.ts"
import { retryAfterMillis } from "../transport/retryAfter.ts"
import { type AnswerIds, answerIds } from "./answerIds.ts"
import { type Answer, contentType, exceptionName, mediaType } from "./body/answer.ts"
import { parseJson } from "./body/parseJson.ts"
import { read, type Reading, summary } from "./body/readAnswer.ts"
import { sentencesIn } from "./body/sentences.ts"
import { type Evidence, type Failure, hintFor, type Sent } from "./hint/hint.ts"
import { reasonOf } from "./reason.ts"
import { namedSender } from "./senderName.ts"

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

/** Does its content type say that it is the answer to this operation, or nothing at all? */
export const isLabelled = (headers: Answer["headers"], operation: Attempt["operation"]): boolean =>
  ["", expectedType(operation)].includes(mediaType(headers))

interface Details extends AnswerIds, Omit<Failure, keyof Evidence> {
  readonly detail?: string | undefined
  /** What only the hint is made of. */
  readonly evidence?: Evidence | undefined
}

/** Adds the hint, and takes the values of the credential and of the user's headers out of the words of others. */
export const failed = (
  { detail, evidence, sender, sentences, ...details }: Details,
  attempt: Attempt
): BedrockError => {
  const masked = (text: string) => maskHeaders(attempt.headers, mask(attempt.identity, text))
  const failure = {
    ...details,
    message: masked(details.message),
    ...(details.gatewayRequestId !== undefined && { gatewayRequestId: masked(details.gatewayRequestId) }),
    ...(sentences !== undefined && { sentences: sentences.map(masked) }),
    ...(detail !== undefined && { detail: masked(detail) }),
    ...(sender !== undefined && {
      sender: {
        kind: sender.kind,
        ...(sender.name !== undefined && { name: masked(sender.name) }),
        ...(sender.supportId !== undefined && { supportId: masked(sender.supportId) })
      }
    })
  }
  const { gatewayRequestId } = failure
  const find = gatewayRequestId === undefined
    ? []
    : [`The gateway's operators find this request by ${gatewayRequestId}.`]
  const hint = [hintFor({ ...failure, ...evidence }, attempt), ...find].filter((part) => part !== "").join(" ")
  return new BedrockError({ ...failure, hint, url: attempt.url, attempts: attempt.number })
}

/** An HTTP answer that is not the expected one. */
export const fromAnswer = (answer: Answer, attempt: Attempt, now: number): BedrockError => {
  const { headers, status } = answer
  if (isEmpty(answer)) return failed({ ...empty(answer), ...answerIds(headers) }, attempt)
  const reading = read(answer)
  const { detail, form, sender, sentences, type } = reading
  const reason = sender?.blocked === true
    ? "Blocked"
    : sender?.kind === "login" && status >= 400
    ? "Authentication"
    : reasonOf(type, status, sentences.join("; "))
  return failed({
    reason,
    message: messageFor(answer, reading, reason, attempt),
    type: isNotStreamed(answer, attempt.operation) ? noStream : type,
    status,
    sentences,
    detail,
    sender,
    ...answerIds(headers),
    retryAfterMillis: retryAfterMillis(status, headers, now),
    evidence: {
      form,
      now,
      skewMillis: skew(headers["date"], now),
      challenge: headers["www-authenticate"] ?? headers["proxy-authenticate"],
      upgrade: headers["upgrade"],
      location: headers["location"],
      isStream: attempt.operation === "converse-stream"
    }
  }, attempt)
}

const messageFor = (answer: Answer, reading: Reading, reason: Reason, attempt: Attempt): string => {
  const { form, sender, sentences, type } = reading
  const { body, status } = answer
  const said = summary(reading, body)
  if (status >= 300 && status < 400 && answer.headers["location"] !== undefined) {
    return `the gateway answered HTTP ${status} and points to ${publicUrl(answer.headers["location"])}; `
      + `expected ${expectedType(attempt.operation)}`
  }
  if (sender !== undefined) {
    const instead = sender.page === undefined
      ? ""
      : ` with a ${sender.kind === "login" ? "login" : "web"} page instead of Bedrock's ${
        status < 400 ? "answer" : "JSON"
      }`
    const words = sentences.length === 0 ? "" : sender.page === undefined ? `: ${said}` : `: "${said}"`
    return `${namedSender(sender)} answered HTTP ${status}${instead}${words}`
  }
  if (reason === "WrongContentType" && status < 400) return unexpected(answer, reading, said, attempt)
  // An exception may be nothing but its name.
  if (sentences.length === 0 && (form === "empty" || isOnlyName(body, type))) {
    return type ??
      `HTTP ${status}${STATUS_CODES[status] === undefined ? "" : ` (${STATUS_CODES[status]})`} without a message`
  }
  return `${type ?? `HTTP ${status}`}: ${said}`
}

/** `{}`, or what API Gateway's predecessors of it wrap a name in: `{"Output":{"__type":"…"},"Version":"1.0"}`. */
const isOnlyName = (body: string, type: string | undefined): boolean => {
  const values = [...body.matchAll(/:\s*("[^"]*"|[^\s{["}\],]+)/g)].map(([, value]) => value!)
  return /^\s*\{[^[]*\}\s*$/.test(body)
    && values.every((value) => /^"?[\d.]*"?$/.test(value) || (type !== undefined && value.endsWith(`${type}"`)))
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
  operation === "converse-stream" && answer.status === 200 && !isEmpty(answer)
  && /^(application\/json|text\/event-stream|application\/x-ndjson)$/.test(mediaType(answer.headers))
  && !isRefusal(answer)

/** An error with HTTP 200 says nothing of streaming, unless it does so. */
const isRefusal = (answer: Answer): boolean => {
  if (exceptionName(answer) !== undefined) return true
  const body = parseJson(answer.body)
  return Predicate.isRecord(body) && body["output"] === undefined && body["choices"] === undefined
    && (body["error"] ?? body["errors"] ?? body["fault"] ?? undefined) !== undefined
    && !/stream/i.test(sentencesIn(body).join(" "))
}

/** How far this machine's clock is ahead of the other side's. */
const skew = (date: string | undefined, now: number): number | undefined => {
  const theirs = date === undefined ? Number.NaN : Date.parse(date)
  return Number.isNaN(theirs) ? undefined : now - theirs
}

const unexpected = (answer: Answer, { form, sentences }: Reading, said: string, attempt: Attempt): string => {
  if (isRefusal(answer)) return `the gateway answered HTTP ${answer.status} with an error: ${said}`
  const expected = `expected ${expectedType(attempt.operation)}`
  const type = contentType(answer.headers)
  if (form === "json" && mediaType(answer.headers) === "application/json" && attempt.operation === "converse") {
    return `the gateway answered JSON that is not Bedrock's (${said}); expected the answer of Converse`
  }
  // What it is labelled as is no news when it is labelled as what was expected.
  if (attempt.operation === "converse-stream" && isLabelled(answer.headers, attempt.operation)) {
    return `the gateway answered something that is not an event stream (${said}); ${expected}`
  }
  // Of an answer in JSON the beginning would be the model's text.
  const shown = form === "json" && sentences.length === 0 ? "" : ` (${said})`
  return `the gateway answered ${type || "no content type"}${shown}; ${expected}`
}
