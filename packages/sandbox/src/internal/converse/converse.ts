/** The response of Converse, with its fault. */
import type { Delays, Fault } from "../../Script.ts"
import { exceptionRefusal } from "../faults.ts"
import { bytes, end, head, reset, stall, type Step, type Steps, wait } from "../http/steps.ts"
import { bedrockHeaders, refuse } from "../validation/refusal.ts"
import type { Answer } from "./answer.ts"
import { firstHalf } from "./frames.ts"
import { toMessage } from "./message.ts"

export const converse = (answer: Answer, delays: Delays, fault: Fault | undefined): Steps => {
  if (fault?.type === "exception") return refuse(exceptionRefusal(fault))
  const body = Buffer.from(JSON.stringify(toMessage(answer)), "utf8")
  const headers = bedrockHeaders("application/json")
  const length = { "content-length": String(body.length) }
  const sendHalf = (headers: Record<string, string>, last: Step): Steps => [
    head(200, headers),
    ...wait(delays.firstEvent),
    bytes(firstHalf(body)),
    last
  ]
  switch (fault?.type) {
    case "truncate":
      // Without a content length, so that the body looks complete.
      return sendHalf(headers, end)
    case "stall":
      return sendHalf({ ...headers, ...length }, stall)
    case "reset":
      return sendHalf({ ...headers, ...length }, reset)
    default:
      return [head(200, { ...headers, ...length }), ...wait(delays.firstEvent), bytes(body), end]
  }
}
