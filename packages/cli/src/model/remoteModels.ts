/** The models that the endpoint offers. */
import { Directories } from "@altimate-code/config/Directories"
import type { ModelSettings } from "@altimate-code/config/Gateway"
import type { Origin } from "@altimate-code/config/Origin"
import { Settings } from "@altimate-code/config/Settings"
import * as Catalog from "@altimate-code/model-id/Catalog"
import { BedrockError } from "@altimate-code/provider/BedrockError"
import * as ModelOffer from "@altimate-code/provider/listing/ModelOffer"
import type { RemoteList, RemoteProfile } from "@altimate-code/provider/listing/RemoteList"
import * as RemoteModels from "@altimate-code/provider/listing/RemoteModels"
import * as ModelChoice from "@altimate-code/provider/ModelChoice"
import * as Clock from "effect/Clock"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Option from "effect/Option"
import { join } from "node:path"
import { requestHint } from "../command-line/failure/hints/requestHint.ts"
import { RequestError } from "../command-line/failure/RequestError.ts"

/** Lists are stored in the cache directory. */
export const layer = Layer.unwrapEffect(
  Effect.map(Directories, ({ cache }) => RemoteModels.layer(join(cache, "models")))
)

/** Adds what the user can do about it. */
export const explain = <E>(error: E | BedrockError): Exclude<E, BedrockError> | RequestError =>
  error instanceof BedrockError
    ? new RequestError({
      error,
      hint: error.status === 403
        ? "The credential needs the permissions bedrock:ListFoundationModels and bedrock:ListInferenceProfiles. altimate-code models lists the catalog without asking."
        : requestHint(error)
    })
    : error as Exclude<E, BedrockError>

/** Combines a list with the catalog and the rules for IDs. */
export const combine = (list: RemoteList) =>
  Effect.gen(function*() {
    const wires = new Map<string, string>()
    for (const { id } of list.models) wires.set(id, (yield* ModelChoice.choose(id)).resolved.wire)
    return ModelOffer.combine(list, (id) => wires.get(id) ?? id, yield* Clock.currentTimeMillis)
  })

/** What the user should know about the list; none for a complete one. */
export const describeGaps = ({ profilesError, source, status, url }: RemoteList): Option.Option<string> => {
  if (source === "None" && (status === 401 || status === 403)) {
    return Option.some(
      `This gateway did not show its models (${url} and similar paths: HTTP ${status}). `
        + "It may have no list, or it refused the credential: altimate-code doctor checks that."
    )
  }
  if (source === "None") {
    return Option.some(
      `This gateway does not list its models (${url}${
        status === undefined ? "" : ` and similar paths: HTTP ${status}`
      }). `
        + "Use the names that its operators gave you."
    )
  }
  return Option.map(
    Option.fromNullable(profilesError),
    (why) => `The inference profiles are not known: ${why}. The credential needs bedrock:ListInferenceProfiles.`
  )
}

const origin: Origin = { _tag: "Default" }

/** An application inference profile as a configured model: its ARN does not show which model it uses. */
const toSettings = ({ arn, models: [baseModel], name }: RemoteProfile): ModelSettings => ({
  name,
  id: { value: arn, origin },
  ...(baseModel === undefined ? {} : { baseModel: { value: baseModel, origin } })
})

/** Runs `self` with the stored application inference profiles as models, by ARN and by name, if `model` may be one. */
export const withProfilesFor = (model: string) => <A, E, R>(self: Effect.Effect<A, E, R>) =>
  Effect.gen(function*() {
    const settings = yield* Settings
    const { cache } = yield* Directories
    const id = model.replace(/^amazon-bedrock\//, "")
    const isKnown = id === "" || Object.hasOwn(settings.models, id) || Option.isSome(Catalog.find(id))
    const lists = isKnown
      ? []
      : yield* Effect.orElseSucceed(RemoteModels.readAllStored(join(cache, "models")), () => [])
    const profile = lists.flatMap(({ profiles }) => profiles)
      .find(({ arn, isApplication, name }) => isApplication && (arn === id || name === id))
    return yield* profile === undefined
      ? self
      : Effect.provideService(self, Settings, {
        ...settings,
        models: { ...settings.models, [id]: toSettings(profile) }
      })
  })

/** Runs `self` as {@link withProfilesFor} does, for the selected model. */
export const withProfiles = <A, E, R>(self: Effect.Effect<A, E, R>) =>
  Effect.flatMap(
    Settings,
    ({ model }) => withProfilesFor(Option.match(model, { onNone: () => "", onSome: ({ value }) => value }))(self)
  )
