/** What an answer costs. */
import type { Billed } from "@altimate-code/agent/turn/ModelProvider"
import * as Catalog from "@altimate-code/model-id/Catalog"
import * as Metric from "effect/Metric"
import * as MetricLabel from "effect/MetricLabel"
import * as Option from "effect/Option"

/** In US dollars. */
const spent = Metric.counter("altimate_code.cost", { description: "What answers cost.", incremental: true }).pipe(
  Metric.tagged("unit", "USD")
)

/** Adds the cost of an answer to the metric. */
export const count = (model: string | undefined, cost: number): void =>
  spent.unsafeUpdate(cost, model === undefined ? [] : [MetricLabel.make("gen_ai.response.model", model)])

/** The model whose price is known from the configuration or the catalog. */
export interface PricedModel {
  /** The ID that requests are sent with. */
  readonly wire: string
  readonly price: Option.Option<Catalog.Price>
}

/**
 * A cache write for an hour costs twice as much as input.
 * Source: Anthropic, "Prompt caching", pricing; LiteLLM's prices for Bedrock (cache_creation_input_token_cost_above_1hr) agree.
 */
const hourWriteFactor = 2

/** Bedrock reports how many of the written tokens are cached for an hour. */
const readHourWrites = (metadata: Billed["metadata"]): number => {
  const count: unknown = metadata["altimate-code-bedrock"]?.["cacheWrite1hInputTokens"]
  return typeof count === "number" ? count : 0
}

/**
 * Computes the cost in US dollars; none if the price is unknown. Reasoning is part of the output. Without prices for the cache, its tokens cost
 * as much as other input. The first model is the requested one. A model that is not among them has its price in the catalog.
 */
export const compute = (
  models: readonly [PricedModel, ...ReadonlyArray<PricedModel>],
  { metadata, model, usage }: Billed
): Option.Option<number> => {
  const answered = model === undefined ? models[0] : models.find(({ wire }) => wire === model)
  const known = answered === undefined
    ? Option.flatMapNullable(Catalog.find(model ?? ""), ({ price }) => price)
    : answered.price
  return Option.flatMap(known, (price) => {
    const { cacheRead, cacheWrite, input, output } = usage
    if (price.upTo !== undefined && input + cacheRead + cacheWrite > price.upTo) return Option.none()
    const hourWrites = Math.min(cacheWrite, readHourWrites(metadata))
    return Option.some(
      (input * price.input
        + output * price.output
        + cacheRead * (price.cacheRead ?? price.input)
        + (cacheWrite - hourWrites) * (price.cacheWrite ?? price.input)
        + hourWrites * (price.cacheWrite1h ?? price.input * hourWriteFactor)) / 1_000_000
    )
  })
}
