/**
 * Combines the models that an endpoint lists with the catalog: which of them can be used, and by which ID.
 *
 * @since 0.1.0
 */
import * as Catalog from "@altimate-code/model-id/Catalog"
import * as Option from "effect/Option"
import type { RemoteList, RemoteModel, RemoteProfile } from "./RemoteList.ts"

/**
 * Whether a model can be used here.
 *
 * - `Ready`: it can; `until` is when AWS retires it
 * - `NeedsAccess`: the account has no access to it
 * - `NeedsProfile`: it can only be reached through an inference profile, and none is listed
 * - `Retired`: AWS no longer offers it
 *
 * Times are in milliseconds since 1970.
 *
 * @since 0.1.0
 * @category models
 */
export type Status =
  | { readonly _tag: "Ready"; readonly until?: number }
  | { readonly _tag: "NeedsAccess" }
  | { readonly _tag: "NeedsProfile" }
  | { readonly _tag: "Retired"; readonly since: number }

/**
 * A model that the endpoint lists.
 *
 * @since 0.1.0
 * @category models
 */
export interface Offer {
  /** What to configure: an ID that is sent as one that works here, or an ARN. */
  readonly id: string
  readonly name: string
  readonly status: Status
  readonly model: Option.Option<Catalog.Model>
  /** The name of the application inference profile. */
  readonly profile: Option.Option<string>
}

/** The geographies of profiles, the preferred one last: a profile of the region keeps data in its part of the world. */
const byGeography = (profiles: ReadonlyArray<RemoteProfile>): ReadonlyArray<RemoteProfile> =>
  profiles.toSorted((a, b) => Number(a.id.startsWith("global.")) - Number(b.id.startsWith("global.")))

const statusOf = ({ access, end, legacy }: RemoteModel, isReachable: boolean, now: number): Status => {
  if (legacy && end !== undefined && end <= now) return { _tag: "Retired", since: end }
  if (!isReachable) return { _tag: "NeedsProfile" }
  if (access === false) return { _tag: "NeedsAccess" }
  return { _tag: "Ready", ...(legacy && end !== undefined ? { until: end } : {}) }
}

/**
 * The model in the catalog with this ID, which a gateway may write as `bedrock/us.anthropic.…`.
 *
 * @since 0.1.0
 * @category queries
 */
export const findModel = (id: string): Option.Option<Catalog.Model> =>
  Catalog.find(id.replace(/^bedrock\/(converse\/)?/, ""))

/**
 * The models that can chat, the usable ones first. `toWire` returns the ID that is sent for a configured one. Of AWS's models it lists those in the
 * catalog and those that are not known to have no chat.
 *
 * @since 0.1.0
 * @category combining
 */
export const combine = (
  list: RemoteList,
  toWire: (id: string) => string,
  now: number
): ReadonlyArray<Offer> => {
  if (list.source !== "ControlPlane") {
    return list.models.map(({ id, name }) => {
      const model = findModel(id)
      return {
        id,
        name: Option.match(model, { onNone: () => name, onSome: ({ name }) => name }),
        status: { _tag: "Ready" },
        model,
        profile: Option.none()
      }
    })
  }
  const system = list.profiles.filter(({ isApplication }) => !isApplication)
  const models = list.models.map((remote): Offer => {
    const profiles = byGeography(system.filter(({ models }) => models.includes(remote.id)))
    const reachable = [...(remote.onDemand ? [remote.id] : []), ...profiles.map(({ id }) => id)]
    const status = statusOf(remote, reachable.length > 0, now)
    const id = status._tag === "Retired" || reachable.includes(toWire(remote.id))
      ? remote.id
      // The rules would send an ID that does not exist here. An ID with a prefix and an ARN are sent unchanged.
      : profiles[0]?.id ?? (remote.onDemand ? remote.arn : undefined) ?? remote.id
    return {
      id,
      name: Option.match(Catalog.find(remote.id), { onNone: () => remote.name, onSome: ({ name }) => name }),
      status,
      model: Catalog.find(remote.id),
      profile: Option.none()
    }
  })
  const application = list.profiles.filter(({ isApplication }) => isApplication).map((profile): Offer => {
    const model = Option.firstSomeOf(profile.models.map(Catalog.find))
    return {
      id: profile.arn,
      name: profile.name,
      status: { _tag: "Ready" },
      model,
      profile: Option.some(profile.name)
    }
  })
  const all = [...application, ...models]
  return [
    ...all.filter(({ status }) => status._tag === "Ready"),
    ...all.filter(({ status }) => status._tag !== "Ready")
  ]
}

/**
 * What the list says about the model that is sent as `wire`; none if it says nothing. A gateway's own list is not complete: it may forward other models.
 *
 * @since 0.1.0
 * @category queries
 */
export const find = (
  list: RemoteList,
  wire: string,
  now: number
): Option.Option<Status> => {
  const isNamed = ({ arn, id }: { readonly arn?: string | undefined; readonly id: string }) =>
    id === wire || arn === wire
  const profile = list.profiles.find(isNamed)
  const model = list.models.find((model) => profile === undefined ? isNamed(model) : profile.models.includes(model.id))
  if (model === undefined) return profile === undefined ? Option.none() : Option.some({ _tag: "Ready" })
  return Option.some(statusOf(model, profile !== undefined || model.onDemand, now))
}
