/**
 * Resolves a configured model name to the ID to send and to the catalog entry that describes the model.
 *
 * @since 0.1.0
 */
import type { ModelSettings } from "@altimate-code/config/Gateway"
import { describe, type Setting } from "@altimate-code/config/Origin"
import * as RequestOptions from "@altimate-code/config/RequestOptions"
import { Settings } from "@altimate-code/config/Settings"
import * as Catalog from "@altimate-code/model-id/Catalog"
import * as ModelId from "@altimate-code/model-id/ModelId"
import * as PrefixRules from "@altimate-code/model-id/PrefixRules"
import * as Effect from "effect/Effect"
import * as Option from "effect/Option"

/**
 * A resolved model name.
 *
 * @since 0.1.0
 * @category models
 */
export interface ModelChoice {
  readonly resolved: ModelId.Resolved
  /** The configuration of the model. */
  readonly settings: ModelSettings
  /** The model ID to look up in the catalog. */
  readonly factsOf: string
  /** The catalog entry, if there is one. */
  readonly model: Option.Option<Catalog.Model>
  /** The fields of requests to this model: its own, and the general ones. */
  readonly request: RequestOptions.RequestOptions
}

const toConfiguredValue = ({ origin, value }: Setting<string>): ModelId.ConfiguredValue => ({
  value: withoutProvider(value),
  from: describe(origin)
})

/** The provider prefix is optional in IDs. */
const withoutProvider = (id: string): string => id.replace(/^amazon-bedrock\//, "")

/**
 * Resolves a model name (without `amazon-bedrock/`) using the configuration, the prefix rules and the catalog. The catalog entry is that of
 * `baseModel`, of the ID to send, or of the name itself, whichever is found first. `region` defaults to the configured one.
 *
 * @since 0.1.0
 * @category resolution
 */
export const choose = Effect.fn("ModelChoice.choose")(function*(name: string, region?: string) {
  const { gateway, models, region: configured } = yield* Settings
  const rules = yield* PrefixRules.PrefixRules
  const settings: ModelSettings = Object.hasOwn(models, name) ? models[name] ?? {} : {}
  const { baseModel, crossRegion, id } = settings
  const resolved = ModelId.resolve(
    name,
    region ?? configured.value,
    [...gateway.prefixRules.map(({ origin, value }) => PrefixRules.fromUser(value, describe(origin))), ...rules],
    {
      ...(id === undefined ? {} : { id: toConfiguredValue(id) }),
      // A flag applies to all models, so it takes precedence over the model's own setting.
      crossRegion: toConfiguredValue(
        gateway.crossRegion.origin._tag === "Flag" ? gateway.crossRegion : crossRegion ?? gateway.crossRegion
      )
    }
  )
  const candidates = [
    ...(baseModel === undefined ? [] : [toConfiguredValue(baseModel).value]),
    resolved.aliasFor?.value ?? name,
    name
  ]
  const factsOf = candidates.find((id) => Option.isSome(Catalog.find(id))) ?? name
  const request = RequestOptions.merge(gateway.request, settings.request ?? {})
  return { resolved, settings, factsOf, model: Catalog.find(factsOf), request } satisfies ModelChoice
})

/**
 * A `baseModel` in the configuration that is not in the catalog.
 *
 * @since 0.1.0
 * @category models
 */
export interface UnknownBaseModel {
  /** The configured name of the model. */
  readonly name: string
  readonly baseModel: string
  /** Where it is configured, for example `altimate-code.json:5:9`. */
  readonly from: string
  /** Similar IDs of the catalog. */
  readonly similar: ReadonlyArray<string>
}

/**
 * The configured models whose `baseModel` is not in the catalog.
 *
 * @since 0.1.0
 * @category checking
 */
export const unknownBaseModels: Effect.Effect<ReadonlyArray<UnknownBaseModel>, never, Settings> = Effect.map(
  Settings,
  ({ models }) =>
    Object.entries(models).flatMap(([name, { baseModel }]) => {
      if (baseModel === undefined) return []
      const { from, value } = toConfiguredValue(baseModel)
      return Option.isSome(Catalog.find(value))
        ? []
        : [{ name, baseModel: value, from, similar: Catalog.findSimilar(value) }]
    })
)
