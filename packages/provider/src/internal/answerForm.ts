/** What an answer is by its content: gateways label an event stream as anything, and anything as an event stream. Pure. */
import * as Predicate from "effect/Predicate"
import type { BedrockError } from "../BedrockError.ts"
import { type Answer, exceptionName, isServerSent, mediaType } from "./failure/answer.ts"
import { answerIds } from "./failure/answerIds.ts"
import { type Attempt, expectedType, failed, fromAnswer } from "./failure/failure.ts"
import { parseJson } from "./failure/json.ts"
import { read, summary } from "./failure/reading.ts"
import { beginsFrames, mayBeginFrame } from "./frames.ts"

type Headers = Answer["headers"]
type Operation = Attempt["operation"]

/** Does its content type say that it is the answer to this operation, or nothing at all? */
export const isLabelled = (headers: Headers, operation: Operation): boolean =>
  ["", expectedType(operation)].includes(mediaType(headers))

/** The first frame of what is labelled as an event stream may be damaged, or cut off. */
export const isEventStream = (first: Buffer, headers: Headers): boolean =>
  beginsFrames(first) || isLabelled(headers, "converse-stream") && mayBeginFrame(first)

/** The content type that fits what was read; the one that it has when nothing is known that does. */
export const realType = (first: Buffer, text: string, headers: Headers): string => {
  if (beginsFrames(first)) return expectedType("converse-stream")
  if (/^\s*[{[]/.test(text) && parseJson(text) !== undefined) return expectedType("converse")
  return isServerSent(text) ? "text/event-stream" : headers["content-type"] ?? ""
}

/** Has the answer of Converse a message in it? */
export const isWhole = (json: unknown): boolean =>
  Predicate.isRecord(json) && Predicate.isRecord(json["output"]) && Predicate.isRecord(json["output"]["message"])
  && Array.isArray(json["output"]["message"]["content"])

/** An answer with HTTP 200 that is not Bedrock's. What it is labelled as is no news to anybody when it is labelled as what was expected. */
export const notExpected = (answer: Answer, attempt: Attempt, now: number): BedrockError => {
  const { operation } = attempt
  const isMislabelled = operation === "converse-stream" && isLabelled(answer.headers, operation)
  if (!isMislabelled || answer.body.trim() === "" || exceptionName(answer) !== undefined) {
    return fromAnswer(answer, attempt, now)
  }
  const message = `the gateway answered something that is not an event stream (${
    summary(read(answer), answer.body)
  }); expected ${expectedType(operation)}`
  return failed({ reason: "WrongContentType", status: answer.status, message, ...answerIds(answer.headers) }, attempt)
}
