/** Describes the provider's notices to the user. */
import type { UnknownBaseModel } from "@altimate-code/provider/ModelChoice"
import type { Notice } from "@altimate-code/provider/Notice"

export const describeNotice = (notice: Notice): string => {
  switch (notice._tag) {
    case "NotStreamed":
      return `The gateway does not stream: ${notice.message}. Answers are now requested without streaming and appear when they are complete. `
        + "Set \"streaming\": \"off\" in the options to do so from the start."
    case "FieldDropped":
      return `Requests are sent without ${notice.field}, which was refused (${notice.message}). `
        + `To leave it out from the start, set options.drop to [${
          notice.dropped.map((name) => `"${name}"`).join(", ")
        }].`
  }
}

export const describeUnknownBaseModel = ({ baseModel, from, name, similar }: UnknownBaseModel): string =>
  `the baseModel "${baseModel}" of the model "${name}" is not known (${from}); `
  + (similar.length === 0
    ? "altimate-code models lists the known ones."
    : `did you mean ${similar.join(", ")}?`)
