/** Looks up models in the configuration and the catalog, without making requests. */
import type { ModelSettings } from "@altimate-code/config/Gateway"
import { Settings } from "@altimate-code/config/Settings"
import * as Catalog from "@altimate-code/model-id/Catalog"
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
    price: Option.orElse(configuredPrice(settings), () => Option.flatMapNullable(model, ({ price }) => price))
  }))

/** The models that users can choose by name: configured ones first, then those of the catalog. */
export const selectableModels = Effect.gen(function*() {
  const { models } = yield* Settings
  const listed = new Set(Catalog.models.map(({ id }) => id))
  const configured = yield* Effect.forEach(Object.keys(models).filter((id) => !listed.has(id)), lookUp)
  return [
    ...configured.map(({ family, id, name }) => ({ id, name, family: Option.getOrElse(family, () => "your own") })),
    ...Catalog.models.map(({ family, id, name }) => ({ id, name, family }))
  ]
})
