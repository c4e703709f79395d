/** What is known of models, and which there are to choose from. Needs nothing that makes requests. */
import type { ModelSettings } from "@altimate-code/config/Gateway"
import { Settings } from "@altimate-code/config/Settings"
import * as Catalog from "@altimate-code/model-id/Catalog"
import * as ModelChoice from "@altimate-code/provider/ModelChoice"
import * as Effect from "effect/Effect"
import * as Option from "effect/Option"

/** What the configuration or the catalog knows of a model, by its configured ID. */
export interface KnownModel {
  readonly id: string
  /** The configuration's, else the catalog's, else the ID. */
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
    ...(cost.cache_write === undefined ? {} : { cacheWrite: cost.cache_write })
  })

/** What is known of a model: what the configuration says under its name, else the catalog. */
export const known = (id: string) =>
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

/** The models that can be chosen by name: the configuration's own, then those of the catalog. */
export const selectable = Effect.gen(function*() {
  const { models } = yield* Settings
  const listed = new Set(Catalog.models.map(({ id }) => id))
  const own = yield* Effect.forEach(Object.keys(models).filter((id) => !listed.has(id)), known)
  return [
    ...own.map(({ family, id, name }) => ({ id, name, family: Option.getOrElse(family, () => "your own") })),
    ...Catalog.models.map(({ family, id, name }) => ({ id, name, family }))
  ]
})
