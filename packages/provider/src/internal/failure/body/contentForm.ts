/** What an answer is by its content: gateways label an event stream as anything, and anything as an event stream. Pure. */
import * as Predicate from "effect/Predicate"
import { beginsFrames, mayBeginFrame } from "../../transport/frames.ts"
import { expectedType, isLabelled } from "../fromAnswer.ts"
import { type Answer, isServerSent } from "./answer.ts"
import { parseJson } from "./parseJson.ts"

type Headers = Answer["headers"]

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
