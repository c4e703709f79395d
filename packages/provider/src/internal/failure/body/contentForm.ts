/** Recognizes a response by its content, because the content types that gateways set are unreliable. Pure. */
import * as Predicate from "effect/Predicate"
import { isFrameStart, mayBeFrameStart } from "../../transport/frames.ts"
import { expectedContentType, hasExpectedType } from "../fromResponse.ts"
import { parseJson } from "./parseJson.ts"
import { isServerSent, type ReceivedResponse } from "./receivedResponse.ts"

type Headers = ReceivedResponse["headers"]

/** Whether this is an event stream. If its content type says so, the first frame may be damaged or cut off. */
export const isEventStream = (first: Buffer, headers: Headers): boolean =>
  isFrameStart(first) || hasExpectedType(headers, "converse-stream") && mayBeFrameStart(first)

/** The actual content type; the declared one if the content is not recognized. */
export const detectType = (first: Buffer, text: string, headers: Headers): string => {
  if (isFrameStart(first)) return expectedContentType("converse-stream")
  if (/^\s*[{[]/.test(text) && parseJson(text) !== undefined) return expectedContentType("converse")
  return isServerSent(text) ? "text/event-stream" : headers["content-type"] ?? ""
}

/** Whether this is a Converse response with a message. */
export const isConverseResponse = (json: unknown): boolean =>
  Predicate.isRecord(json) && Predicate.isRecord(json["output"]) && Predicate.isRecord(json["output"]["message"])
  && Array.isArray(json["output"]["message"]["content"])
