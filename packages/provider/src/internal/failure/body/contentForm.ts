/** Recognizes a response by its content, because gateways label event streams as anything, and anything as an event stream. Pure. */
import * as Predicate from "effect/Predicate"
import { isFrameStart, mayBeFrameStart } from "../../transport/frames.ts"
import { expectedType, isLabelled } from "../fromAnswer.ts"
import { type Answer, isServerSent } from "./answer.ts"
import { parseJson } from "./parseJson.ts"

type Headers = Answer["headers"]

/** A response that is labelled as an event stream may begin with a damaged or cut frame. */
export const isEventStream = (first: Buffer, headers: Headers): boolean =>
  isFrameStart(first) || isLabelled(headers, "converse-stream") && mayBeFrameStart(first)

/** The content type of the content; the declared one if the content is not recognized. */
export const detectType = (first: Buffer, text: string, headers: Headers): string => {
  if (isFrameStart(first)) return expectedType("converse-stream")
  if (/^\s*[{[]/.test(text) && parseJson(text) !== undefined) return expectedType("converse")
  return isServerSent(text) ? "text/event-stream" : headers["content-type"] ?? ""
}

/** Whether this is a response of Converse with a message. */
export const isConverseResponse = (json: unknown): boolean =>
  Predicate.isRecord(json) && Predicate.isRecord(json["output"]) && Predicate.isRecord(json["output"]["message"])
  && Array.isArray(json["output"]["message"]["content"])
