/** Checks the configured model against the list of models that the endpoint offers. */
import { Settings } from "@altimate-code/config/Settings"
import type * as ModelId from "@altimate-code/model-id/ModelId"
import * as ModelOffer from "@altimate-code/provider/listing/ModelOffer"
import type { RemoteList } from "@altimate-code/provider/listing/RemoteList"
import { RemoteModels } from "@altimate-code/provider/listing/RemoteModels"
import * as Clock from "effect/Clock"
import * as Effect from "effect/Effect"
import * as Option from "effect/Option"
import { describeStatus } from "../../model/describeStatus.ts"
import * as Remote from "../../model/remoteModels.ts"
import { observation, skipped } from "./DoctorReport.ts"

/** The check matters less than those that follow. */
const maxTime = "15 seconds"

const lists = "altimate-code models --remote lists the models that you can use."

const checkGateway = ({ models }: RemoteList, { configured, wire }: ModelId.Resolved) => {
  const isListed = (id: string) => models.some((model) => model.id === id)
  if (isListed(wire)) return observation(undefined, `the gateway lists ${wire}`)
  if (isListed(configured)) {
    return observation(
      undefined,
      `the gateway lists ${configured}`,
      `${wire} is sent, which it does not list. To send IDs unchanged, set options.crossRegion to off.`
    )
  }
  return observation(undefined, `the gateway lists ${models.length} models, but not ${wire}; it may forward others`)
}

const checkControlPlane = (list: RemoteList, { wire }: ModelId.Resolved, offered: string | undefined) =>
  Effect.gen(function*() {
    const { region } = yield* Settings
    const status = ModelOffer.find(list, wire, yield* Clock.currentTimeMillis)
    if (Option.isNone(status)) {
      return observation(
        undefined,
        `AWS does not list ${wire} in ${region.value}`,
        offered === undefined ? lists : `Here the model is ${offered}. ${lists}`
      )
    }
    const words = `AWS lists ${wire}: ${describeStatus(status.value)}`
    switch (status.value._tag) {
      case "Ready":
        return observation(
          undefined,
          words,
          status.value.until === undefined ? undefined : `AWS retires this model. ${lists}`
        )
      case "NeedsAccess":
        return observation(
          undefined,
          words,
          `Request access in the Amazon Bedrock console, under "Model access". ${lists}`
        )
      case "NeedsProfile":
        return observation(
          undefined,
          words,
          offered === undefined ? lists : `Here the model is ${offered}. ${lists}`
        )
      case "Retired":
        return observation(undefined, words, lists)
    }
  })

/** Many gateways have no list, so that it is missing is no problem. */
export const checkModelList = (model: ModelId.Resolved) =>
  Effect.gen(function*() {
    const list = yield* (yield* RemoteModels).refresh
    if (list.source === "None") {
      return skipped(
        list.status === 401 || list.status === 403
          ? `the gateway refused the request for the list (HTTP ${list.status})`
          : "this gateway does not list its models"
      )
    }
    if (list.source === "Gateway") return checkGateway(list, model)
    const offers = yield* Remote.combine(list)
    const known = Option.map(ModelOffer.findModel(model.wire), ({ id }) => id)
    const offer = offers.find((offer) =>
      offer.status._tag === "Ready" && Option.isNone(offer.profile)
      && Option.isSome(known) && Option.exists(offer.model, ({ id }) => id === known.value)
    )
    return yield* checkControlPlane(list, model, offer?.id)
  }).pipe(
    Effect.timeout(maxTime),
    Effect.catchAll(({ message }) => Effect.succeed(skipped(message)))
  )
