/** The models that a list on the screen offers. */
import type { Offer } from "@altimate-code/provider/listing/ModelOffer"
import type { RemoteList } from "@altimate-code/provider/listing/RemoteList"
import type { Model } from "@altimate-code/tui/Host"
import * as Option from "effect/Option"
import { describeStatus } from "../../model/describeStatus.ts"
import type { SelectableModel } from "../../model/knownModels.ts"

/** The configured models first, then those that can be used here. Without a list, those of the catalog. */
export const toChoices = (
  known: ReadonlyArray<SelectableModel>,
  { source }: RemoteList,
  offers: ReadonlyArray<Offer>
): ReadonlyArray<Model> => {
  if (source === "None") return known
  const configured = known.filter(({ source }) => source === "configuration")
  return [
    ...configured,
    ...offers.filter(({ id }) => !configured.some((model) => model.id === id)).map(({ id, model, name, status }) => ({
      id,
      name,
      family: status._tag === "Ready" && status.until === undefined
        ? Option.match(model, { onNone: () => "listed here", onSome: ({ family }) => family })
        : describeStatus(status)
    }))
  ]
}
