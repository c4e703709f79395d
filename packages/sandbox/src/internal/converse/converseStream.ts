/** The response of ConverseStream, with its fault. */
import type { Delays, Fault } from "../../Script.ts"
import { exceptionMessage } from "../faults.ts"
import { bytes, end, head, reset, stall, type Step, type Steps, wait, wholeResponse } from "../http/steps.ts"
import { bedrockHeaders } from "../validation/refusal.ts"
import type { Answer } from "./answer.ts"
import { toEvents } from "./events.ts"
import * as Frames from "./frames.ts"
import { toMessage } from "./message.ts"

const serverSentEvents = (answer: Answer): Steps =>
  wholeResponse(
    200,
    bedrockHeaders("text/event-stream"),
    toEvents(answer).map(({ payload, type }) => `event: ${type}\ndata: ${JSON.stringify(payload)}\n\n`).join("")
  )

/** The steps that replace the frames after the fault. */
const applyFault = (fault: Fault | undefined, rest: ReadonlyArray<Uint8Array>): ReadonlyArray<Step> => {
  const [next = new Uint8Array(), ...others] = rest
  switch (fault?.type) {
    case "exception": {
      const message = exceptionMessage(fault)
      const original = fault.exception === "modelStreamErrorException"
        ? { originalStatusCode: 500, originalMessage: message }
        : {}
      return [bytes(Frames.encodeException(fault.exception, { message, ...original })), end]
    }
    case "truncate":
      return [bytes(Frames.firstHalf(next)), end]
    case "corrupt":
      return [Frames.corrupt(next), ...others].map(bytes).concat(end)
    case "stall":
      return [stall]
    case "reset":
      return [reset]
    case "end":
      return [end]
    default:
      return rest.map(bytes).concat(end)
  }
}

/** How many frames are sent before the fault. A fault inside a frame needs one more frame. */
const countIntact = (fault: Fault | undefined, answer: Answer, frames: number): number => {
  switch (fault?.type) {
    case "truncate":
    case "corrupt":
      return Math.min(fault.afterEvents, frames - 1)
    case "exception":
    case "stall":
    case "reset":
      return fault.afterEvents ?? 0
    case "end":
      return fault.afterEvents ?? toEvents(answer).findIndex(({ type }) => type === "messageStop")
    default:
      return frames
  }
}

/** Like a proxy that collects the whole response before it passes anything on. */
export const bufferSteps = (steps: Steps): Steps => {
  const chunks = steps.flatMap((step) => step.type === "Bytes" ? [step.bytes] : [])
  return [
    ...steps.filter(({ type }) => type === "Wait"),
    ...steps.filter(({ type }) => type === "Head"),
    ...(chunks.length === 0 ? [] : [bytes(Buffer.concat(chunks))]),
    ...steps.filter(({ type }) => type === "End" || type === "Stall" || type === "Reset")
  ]
}

export const converseStream = (answer: Answer, delays: Delays, fault: Fault | undefined): Steps => {
  const frames = toEvents(answer).map(({ payload, type }) => Frames.encodeEvent(type, payload))
  const count = countIntact(fault, answer, frames.length)
  const sent = [...frames.slice(0, count).map(bytes), ...applyFault(fault, frames.slice(count))]
  switch (fault?.type) {
    case "json":
      return wholeResponse(200, bedrockHeaders("application/json"), JSON.stringify(toMessage(answer)))
    case "sse":
      return serverSentEvents(answer)
    default:
      return [
        head(200, bedrockHeaders("application/vnd.amazon.eventstream")),
        ...wait(delays.firstEvent),
        ...sent.flatMap((step, i) => step.type === "Bytes" && i > 0 ? [...wait(delays.betweenEvents), step] : [step])
      ]
  }
}
