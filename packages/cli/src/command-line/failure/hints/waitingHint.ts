/** What to do when retrying within seconds does not help. */
import type { BedrockError } from "@altimate-code/provider/BedrockError"
import { quotaPeriod } from "@altimate-code/provider/Diagnosis"
import { formatRetryTime } from "./formatRetryTime.ts"

/** `undefined` unless the service says when it is available again, or a quota per day or longer is used up. */
export const waitingHint = (error: BedrockError): string | undefined => {
  const { evidence, reason, retryAfterMillis = 0 } = error
  if (reason !== "Throttled" && reason !== "Unavailable") return undefined
  if (retryAfterMillis >= 1000 && evidence?.response !== undefined) {
    const until = formatRetryTime(retryAfterMillis, evidence.response.receivedAt)
    return `${reason === "Throttled" ? "Rate limited" : "Not available"} until ${until}. Try again then.`
  }
  const period = reason === "Throttled" ? quotaPeriod(error) : undefined
  return period === undefined
    ? undefined
    : `This quota is per ${period}, so the request was not retried. Use another model, try again in the next ${period}, or ask for a higher quota.`
}
