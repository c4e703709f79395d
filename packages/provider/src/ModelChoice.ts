/**
 * Which model a name means: what is sent for it, why, and whose facts apply.
 *
 * @since 0.1.0
 */
import { describe, type Setting } from "@altimate-code/config/Origin"
import { type ModelSettings, Settings } from "@altimate-code/config/Settings"
import * as Catalog from "@altimate-code/model-id/Catalog"
import * as ModelId from "@altimate-code/model-id/ModelId"
import * as PrefixRules from "@altimate-code/model-id/PrefixRules"
import * as Effect from "effect/Effect"
import * as Option from "effect/Option"

/**
 * @since 0.1.0
 * @category models
 */
export interface ModelChoice {
  readonly resolved: ModelId.Resolved
  /** What the configuration says under the model's name. */
  readonly settings: ModelSettings
  /** The ID whose facts apply, as far as the catalog knows it. */
  readonly factsOf: string
  readonly model: Option.Option<Catalog.Model>
}

const said = ({ origin, value }: Setting<string>): ModelId.Said => ({
  value: withoutProvider(value),
  from: describe(origin)
})

/** In the place of an ID the whole name of a model is understood too. */
const withoutProvider = (id: string): string => id.replace(/^amazon-bedrock\//, "")

/**
 * What the configuration, the rules in force and the catalog make of a model's name (without `amazon-bedrock/`). The
 * facts are those of `baseModel`, else of the ID that is sent, else of the name itself: the first that the catalog knows.
 * `region` is the configured one unless given.
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
    [...gateway.prefixRules.map(({ origin, value }) => PrefixRules.own(value, describe(origin))), ...rules],
    {
      ...(id === undefined ? {} : { id: said(id) }),
      // The command line speaks of this start, the file of all.
      crossRegion: said(
        gateway.crossRegion.origin._tag === "Flag" ? gateway.crossRegion : crossRegion ?? gateway.crossRegion
      )
    }
  )
  const candidates = [
    ...(baseModel === undefined ? [] : [said(baseModel).value]),
    resolved.standsFor?.value ?? name,
    name
  ]
  const factsOf = candidates.find((id) => Option.isSome(Catalog.find(id))) ?? name
  return { resolved, settings, factsOf, model: Catalog.find(factsOf) } satisfies ModelChoice
})

/**
 * What a person should know of the configured models, in sentences: a `baseModel` that no catalog entry answers to.
 *
 * @since 0.1.0
 * @category rendering
 */
export const warnings: Effect.Effect<ReadonlyArray<string>, never, Settings> = Effect.map(
  Settings,
  ({ models }) =>
    Object.entries(models).flatMap(([name, { baseModel }]) => {
      if (baseModel === undefined) return []
      const { from, value } = said(baseModel)
      if (Option.isSome(Catalog.find(value))) return []
      const near = Catalog.near(value)
      const meant = near.length === 0
        ? "altimate-code models lists those that are."
        : `did you mean ${near.join(", ")}?`
      return [`the baseModel "${value}" of the model "${name}" is not known (${from}); ${meant}`]
    })
)
