/** Shows models, as a table for people and as JSON for scripts. */
import type { Model, Price } from "@altimate-code/model-id/Catalog"
import type { Offer } from "@altimate-code/provider/listing/ModelOffer"
import * as Effect from "effect/Effect"
import * as Option from "effect/Option"
import * as Table from "../../command-line/table.ts"
import { describeStatus } from "../../model/describeStatus.ts"
import { fromCatalog, type SelectableModel, selectableModels } from "../../model/knownModels.ts"

const dollars = (amount: number): string =>
  `$${amount.toFixed(amount < 0.1 && Number(amount.toFixed(2)) !== amount ? 3 : 2)}`

/** For example `$3.30 / $16.50`, for input and output. */
const describePrice = ({ input, output }: Price): string => `${dollars(input)} / ${dollars(output)}`

/** For example `1M`, `262k` or `32k`. */
export const describeTokens = (tokens: number): string =>
  tokens >= 1_000_000 ? `${Math.floor(tokens / 100_000) / 10}M` : `${Math.floor(tokens / 1000)}k`

const orDash = (text: Option.Option<string>): string => Option.getOrElse(text, () => "-")

/** The efforts that can be set, for example `low–max`; `yes` for a model that thinks as it likes, and `no` for one that does not. */
const describeThinking = ({ reasoning, thinking }: Model): string =>
  thinking !== undefined ? `${thinking.efforts[0]}–${thinking.efforts.at(-1)}` : reasoning ? "yes" : "no"

/** The cells that describe a model after its name and ID. */
export const describeFacts = ({ contextWindow, model, price }: SelectableModel): ReadonlyArray<string> => [
  orDash(Option.map(contextWindow, describeTokens)),
  orDash(Option.map(model, describeThinking)),
  orDash(Option.map(price, describePrice))
]

const head = ["NAME", "ID", "WINDOW", "THINKING", "PRICE PER 1M TOKENS (IN / OUT)"]

/** Prices are in US dollars per million tokens. */
export const render = (models: ReadonlyArray<SelectableModel>): string =>
  Table.render([head, ...models.map((model) => [model.name, model.id, ...describeFacts(model)])])

/** Each with the facts from the configuration, else from the catalog. */
const withFacts = (offers: ReadonlyArray<Offer>) =>
  Effect.map(selectableModels, (known) =>
    offers.map((offer) => {
      const model: SelectableModel = known.find(({ id }) => id === offer.id)
        ?? Option.getOrUndefined(Option.map(offer.model, fromCatalog))
        ?? {
          id: offer.id,
          name: offer.name,
          family: "-",
          contextWindow: Option.none(),
          price: Option.none(),
          source: "catalog",
          model: Option.none()
        }
      return { offer, model: { ...model, id: offer.id, name: offer.name } }
    }))

/** The same table for the models that the endpoint lists, with whether they can be used. */
export const renderOffers = (offers: ReadonlyArray<Offer>) =>
  Effect.map(withFacts(offers), (all) =>
    Table.render([
      ["NAME", "ID", "HERE", ...head.slice(2)],
      ...all.map(({ model, offer }) => [model.name, model.id, describeStatus(offer.status), ...describeFacts(model)])
    ]))

const statusToJson = (status: Offer["status"]) => {
  const date = (millis: number): string => new Date(millis).toISOString().slice(0, 10)
  switch (status._tag) {
    case "Ready":
      return { status: "ready", ...(status.until === undefined ? {} : { until: date(status.until) }) }
    case "NeedsAccess":
      return { status: "needs-access" }
    case "NeedsProfile":
      return { status: "needs-profile" }
    case "Retired":
      return { status: "retired", since: date(status.since) }
  }
}

/** `catalogId` is absent for a model that is not in the catalog. */
export const offersToJson = (offers: ReadonlyArray<Offer>) =>
  Effect.map(withFacts(offers), (all) =>
    all.map(({ model, offer: { profile, status } }) => {
      const { family, source: _, ...facts } = toJson(model)
      return {
        ...facts,
        ...statusToJson(status),
        ...(Option.isSome(model.model) ? { family, catalogId: model.model.value.id } : {}),
        ...(Option.isSome(profile) ? { inferenceProfile: profile.value } : {})
      }
    }))

/** Limits are in tokens, prices in US dollars per million tokens. A fact that is not known is absent. */
export const toJson = ({ contextWindow, family, id, model, name, price, source }: SelectableModel) => ({
  id,
  name,
  family,
  source,
  ...Option.match(contextWindow, { onNone: () => ({}), onSome: (contextWindow) => ({ contextWindow }) }),
  ...Option.match(model, {
    onNone: () => ({}),
    onSome: ({ cache, input, maxOutput, reasoning, thinking, tools }) => ({
      ...(maxOutput === undefined ? {} : { maxOutput }),
      input: ["text", ...(input.image ? ["image"] : []), ...(input.document === true ? ["document"] : [])],
      tools,
      thinking: reasoning,
      ...(thinking === undefined ? {} : { efforts: thinking.efforts }),
      cache
    })
  }),
  ...Option.match(price, { onNone: () => ({}), onSome: (price) => ({ price }) })
})
