/** Reads settings that a program gives in code. They are checked like those of a file, and an error names the parameter. */
import { registerSecrets } from "@altimate-code/log/PublicUrl"
import { Secrets } from "@altimate-code/log/Secrets"
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as Option from "effect/Option"
import * as Predicate from "effect/Predicate"
import * as Redacted from "effect/Redacted"
import type { ConfigError } from "../../ConfigError.ts"
import type { GivenRequest, GivenSettings } from "../../given/GivenSettings.ts"
import type { Origin } from "../../Origin.ts"
import { checkTypes } from "../file/checkTypes.ts"
import { errorAt } from "../file/errorAt.ts"
import { formatPath, type Tree } from "../file/tree.ts"

/** Reveals what is `Redacted`, and leaves out what is undefined. */
const reveal = (value: unknown): unknown => {
  if (Redacted.isRedacted(value)) return Redacted.value(value)
  if (Array.isArray(value)) return value.map(reveal)
  return Predicate.isRecord(value)
    ? Object.fromEntries(
      Object.entries(value).flatMap(([key, inner]) => inner === undefined ? [] : [[key, reveal(inner)]])
    )
    : value
}

const toRequestFields = ({ anthropicBeta, cacheTtl, latency, ...request }: GivenRequest) => ({
  ...request,
  anthropic_beta: anthropicBeta,
  cache: cacheTtl === undefined ? undefined : { ttl: cacheTtl },
  performanceConfig: latency
})

/** In a file, times are in milliseconds. */
const toMillis = (time: Duration.DurationInput | false | undefined): number | false | undefined =>
  time === undefined || time === false ? time : Math.ceil(Duration.toMillis(time))

const toTimeout = (timeout: GivenSettings["timeout"]) =>
  timeout === undefined || timeout === false || isDuration(timeout)
    ? toMillis(timeout)
    : Object.fromEntries(Object.entries(timeout).map(([name, time]) => [name, toMillis(time)]))

const isDuration = (value: NonNullable<GivenSettings["timeout"]>): value is Duration.DurationInput =>
  Option.isSome(Duration.decodeUnknown(value))

/** Checked as durations, because a file has milliseconds. */
const checkTimes = (
  { retry, timeout }: Pick<GivenSettings, "retry" | "timeout">
): Effect.Effect<void, ConfigError> => {
  const isSingle = timeout === undefined || timeout === false || isDuration(timeout) || !Predicate.isRecord(timeout)
  const times: ReadonlyArray<readonly [parameter: string, time: unknown]> = [
    ...(isSingle
      ? [["timeout", timeout] as const]
      : Object.entries(timeout).map(([name, time]) => [`timeout.${name}`, time] as const)),
    ["retry.total", retry?.total]
  ]
  const wrong = times.find(([parameter, time]) =>
    time !== undefined && !(time === false && canBeOff.has(parameter)) && !Option.exists(
      Duration.decodeUnknown(time),
      (duration) => Duration.isFinite(duration) && Duration.greaterThan(duration, Duration.zero)
    )
  )
  if (wrong === undefined) return Effect.void
  const expected = `a finite duration above 0${canBeOff.has(wrong[0]) ? ", or false" : ""}`
  return errorAt({ _tag: "Given", parameter: wrong[0] }, {
    reason: "Type",
    message: `expected ${expected}`,
    expected,
    hint: "Write, for example, \"30 seconds\"."
  })
}

const canBeOff: ReadonlySet<string> = new Set(["timeout", "timeout.total"])

/** In a file, a model's fields and headers are in its `options`. */
const toModel = (
  { baseModel, crossRegion, headers, id, ...request }: NonNullable<GivenSettings["models"]>[string]
) => ({ baseModel, crossRegion, id, options: { ...toRequestFields(request), headers } })

const fileNames: Readonly<Record<string, string>> = {
  baseURL: "url",
  anthropic_beta: "anthropicBeta",
  "cache.ttl": "cacheTtl",
  performanceConfig: "latency"
}

/** The path of the parameter for a path in the file. */
const toParameter = ([, , section, ...path]: ReadonlyArray<string>): string => {
  const own = section === "models" ? path.slice(path[1] === "options" ? 2 : 1) : path
  const [key = "", ...rest] = own
  const name = own.join(".") === "cache.ttl" ? ["cacheTtl"] : [fileNames[key] ?? key, ...rest]
  return formatPath(section === "models" ? ["models", ...path.slice(0, 1), ...name] : name)
}

const toTree = (value: unknown, path: ReadonlyArray<string> = []): Tree => {
  const origin: Origin = { _tag: "Given", parameter: toParameter(path) }
  const places = { origin, start: origin }
  if (Array.isArray(value)) {
    return { _tag: "Leaf", ...places, value, items: value.map((item, index) => toTree(item, [...path, String(index)])) }
  }
  return Predicate.isRecord(value)
    ? {
      _tag: "Branch",
      ...places,
      children: new Map(Object.entries(value).map(([key, inner]) => [key, toTree(inner, [...path, key])]))
    }
    : { _tag: "Leaf", ...places, value }
}

/** The settings as those of a file, with their parameters as origins. */
export const readGiven = Effect.fn("readGiven")(
  function*({ models = {}, retry, timeout, url, ...options }: GivenSettings) {
    const { register } = yield* Secrets
    if (options.apiKey !== undefined) yield* register(options.apiKey)
    for (const value of Object.values(options.headers ?? {})) if (Redacted.isRedacted(value)) yield* register(value)
    if (Redacted.isRedacted(options.proxy)) yield* registerSecrets(Redacted.value(options.proxy))
    yield* checkTimes({ timeout, retry: retry && { total: retry.total } })
    const file = reveal({
      provider: {
        "amazon-bedrock": {
          options: {
            ...toRequestFields(options),
            baseURL: url,
            retry: retry && { ...retry, total: toMillis(retry.total) },
            timeout: toTimeout(timeout)
          },
          models: Object.fromEntries(Object.entries(models).map(([name, model]) => [name, toModel(model)]))
        }
      }
    })
    return yield* checkTypes(toTree(file))
  }
)
