/** Shows models, as a table for people and as JSON for scripts. */
import type { Price } from "@altimate-code/model-id/Catalog"
import * as Option from "effect/Option"
import * as Table from "../../command-line/table.ts"
import type { SelectableModel } from "../../model/knownModels.ts"

const dollars = (amount: number): string =>
  `$${amount.toFixed(amount < 0.1 && Number(amount.toFixed(2)) !== amount ? 3 : 2)}`

/** For example `$3.30 / $16.50`, for input and output. */
const describePrice = ({ input, output }: Price): string => `${dollars(input)} / ${dollars(output)}`

/** For example `1M`, `262k` or `32k`. */
export const describeTokens = (tokens: number): string =>
  tokens >= 1_000_000 ? `${Math.floor(tokens / 100_000) / 10}M` : `${Math.floor(tokens / 1000)}k`

const orDash = (text: Option.Option<string>): string => Option.getOrElse(text, () => "-")

/** The cells that describe a model after its name and ID. */
export const describeFacts = ({ contextWindow, model, price }: SelectableModel): ReadonlyArray<string> => [
  orDash(Option.map(contextWindow, describeTokens)),
  orDash(Option.map(model, ({ reasoning }) => reasoning ? "yes" : "no")),
  orDash(Option.map(price, describePrice))
]

const head = ["NAME", "ID", "WINDOW", "THINKING", "PRICE IN / OUT"]

/** Prices are in US dollars per million tokens. */
export const render = (models: ReadonlyArray<SelectableModel>): string =>
  Table.render([head, ...models.map((model) => [model.name, model.id, ...describeFacts(model)])])

/** Limits are in tokens, prices in US dollars per million tokens. A fact that is not known is absent. */
export const toJson = ({ contextWindow, family, id, model, name, price, source }: SelectableModel) => ({
  id,
  name,
  family,
  source,
  ...Option.match(contextWindow, { onNone: () => ({}), onSome: (contextWindow) => ({ contextWindow }) }),
  ...Option.match(model, {
    onNone: () => ({}),
    onSome: ({ cache, input, maxOutput, reasoning, tools }) => ({
      ...(maxOutput === undefined ? {} : { maxOutput }),
      input: ["text", ...(input.image ? ["image"] : []), ...(input.document === true ? ["document"] : [])],
      tools,
      thinking: reasoning,
      cache
    })
  }),
  ...Option.match(price, { onNone: () => ({}), onSome: (price) => ({ price }) })
})
