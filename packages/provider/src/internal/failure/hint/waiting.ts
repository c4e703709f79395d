/** What to do where a wait of seconds helps nobody. */
import { longQuotaPeriod, untilWhen } from "../../transport/retryAfter.ts"
import type { Failure } from "./hint.ts"

/** `undefined` for a failure that is no refusal until later. */
export const waitingHint = ({ message, now, reason, retryAfterMillis = 0 }: Failure): string | undefined => {
  if (reason !== "Throttled" && reason !== "Unavailable") return undefined
  if (retryAfterMillis >= 1000 && now !== undefined) {
    return `${reason === "Throttled" ? "Rate limited" : "Not available"} until ${
      untilWhen(retryAfterMillis, now)
    }. Try again then.`
  }
  const period = reason === "Throttled" ? longQuotaPeriod(message) : undefined
  return period === undefined
    ? undefined
    : `This quota is per ${period}, so it was not tried again. Use another model, try again in the next ${period}, or ask for a higher quota.`
}
