/** Metrics of requests. Source of names, units and boundaries: OpenTelemetry semantic conventions for generative AI metrics. */
import * as Metric from "effect/Metric"
import * as MetricBoundaries from "effect/MetricBoundaries"

const powers = (first: number, factor: number, count: number) =>
  MetricBoundaries.fromIterable(Array.from({ length: count }, (_, index) => first * factor ** index))

const seconds = powers(0.01, 2, 14)

const histogram = (name: string, boundaries: MetricBoundaries.MetricBoundaries, unit: string, description: string) =>
  Metric.tagged(Metric.histogram(name, boundaries, description), "unit", unit)

export const tokenUsage = histogram("gen_ai.client.token.usage", powers(1, 4, 14), "{token}", "Number of tokens.")

export const operationDuration = histogram(
  "gen_ai.client.operation.duration",
  seconds,
  "s",
  "Duration of a request with its retries, until the answer is complete."
)

export const timeToFirstToken = histogram(
  "gen_ai.server.time_to_first_token",
  seconds,
  "s",
  "Time from a streamed request, with its retries, to the first part of the answer."
)
