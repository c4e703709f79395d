/** Looks up models in the configuration and the catalog, without making requests. */
import type { ModelSettings } from "@altimate-code/config/Gateway"
import { Settings } from "@altimate-code/config/Settings"
import * as Catalog from "@altimate-code/model-id/Catalog"
import type { Thinking } from "@altimate-code/model-id/Thinking"
import * as ModelChoice from "@altimate-code/provider/ModelChoice"
import * as Effect from "effect/Effect"
import * as Option from "effect/Option"

/** The data of a model from the configuration or the catalog. */
export interface KnownModel {
  readonly id: string
  /** From the configuration, else from the catalog, else the ID. */
  readonly name: string
  readonly family: Option.Option<string>
  readonly contextWindow: Option.Option<number>
  readonly maxTokens: Option.Option<number>
  /** US dollars per million tokens. */
  readonly price: Option.Option<Catalog.Price>
  /** Absent if no source states it. */
  readonly acceptsImages: Option.Option<boolean>
  /** Absent if the model's thinking cannot be controlled. */
  readonly thinking: Option.Option<Thinking>
}

const configuredPrice = ({ cost }: ModelSettings): Option.Option<Catalog.Price> =>
  cost?.input === undefined || cost.output === undefined ? Option.none() : Option.some({
    input: cost.input,
    output: cost.output,
    ...(cost.cache_read === undefined ? {} : { cacheRead: cost.cache_read }),
    ...(cost.cache_write === undefined ? {} : { cacheWrite: cost.cache_write }),
    ...(cost.cache_write_1h === undefined ? {} : { cacheWrite1h: cost.cache_write_1h })
  })

/** Looks up a model. Each value comes from the configuration or else from the catalog. */
export const lookUp = (id: string) =>
  Effect.map(ModelChoice.choose(id), ({ model, settings }): KnownModel => ({
    id,
    name: settings.name ?? Option.match(model, { onNone: () => id, onSome: ({ name }) => name }),
    family: Option.map(model, ({ family }) => family),
    contextWindow: Option.orElse(
      Option.fromNullable(settings.limit?.context),
      () => Option.flatMapNullable(model, ({ contextWindow }) => contextWindow)
    ),
    maxTokens: Option.fromNullable(settings.limit?.output),
    price: Option.orElse(configuredPrice(settings), () => Option.flatMapNullable(model, ({ price }) => price)),
    acceptsImages: Option.map(model, ({ input }) => input.image),
    thinking: Option.flatMapNullable(model, ({ thinking }) => thinking)
  }))

/** A model that users can choose by name. */
export interface SelectableModel extends Pick<KnownModel, "contextWindow" | "id" | "name" | "price"> {
  readonly family: string
  readonly source: "configuration" | "catalog"
  /** Its entry in the catalog. */
  readonly model: Option.Option<Catalog.Model>
}

export const fromCatalog = (model: Catalog.Model): SelectableModel => ({
  id: model.id,
  name: model.name,
  family: model.family,
  contextWindow: Option.fromNullable(model.contextWindow),
  price: Option.fromNullable(model.price),
  source: "catalog",
  model: Option.some(model)
})

/** The configured models first, then those of the catalog. */
export const selectableModels = Effect.gen(function*() {
  const { models } = yield* Settings
  const configured = yield* Effect.forEach(
    Object.keys(models),
    (id) =>
      Effect.zipWith(lookUp(id), ModelChoice.choose(id), (known, { model }): SelectableModel => ({
        ...known,
        family: Option.getOrElse(known.family, () => "your own"),
        source: "configuration",
        model
      }))
  )
  const isConfigured = new Set(Object.keys(models))
  const isListed = new Set(Catalog.models.map(({ id }) => id))
  return [
    ...configured.filter(({ id }) => !isListed.has(id)),
    // The configuration of a model in the catalog changes its facts, but not its place.
    ...Catalog.models.map((model) =>
      isConfigured.has(model.id) ? configured.find(({ id }) => id === model.id)! : fromCatalog(model)
    )
  ]
})
