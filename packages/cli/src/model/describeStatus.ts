/** Words for whether a model can be used. */
import type { Status } from "@altimate-code/provider/listing/ModelOffer"

const date = (millis: number): string => new Date(millis).toISOString().slice(0, 10)

/** Describes whether a model can be used here, in a few words. */
export const describeStatus = (status: Status): string => {
  switch (status._tag) {
    case "Ready":
      return status.until === undefined ? "ready" : `ready until ${date(status.until)}`
    case "NeedsAccess":
      return "needs access"
    case "NeedsProfile":
      return "needs a profile"
    case "Retired":
      return `retired on ${date(status.since)}`
  }
}
