/** Reads the options of a prompt's messages. */
import type { Gateway } from "@altimate-code/config/Gateway"
import type { Setting } from "@altimate-code/config/Origin"
import type * as RequestOptions from "@altimate-code/config/RequestOptions"
import type * as AiError from "@effect/ai/AiError"
import type * as Prompt from "@effect/ai/Prompt"
import * as Effect from "effect/Effect"
import * as Either from "effect/Either"
import * as Schema from "effect/Schema"
import { describeIssue } from "../describeIssue.ts"
import { key } from "../key.ts"
import { malformedInput } from "../malformed.ts"
import { makeSingleRequest } from "../singleRequest.ts"
import { CachePoint } from "./cachePoints.ts"

const Options = Schema.Struct({
  effort: Schema.optional(Schema.Literal("off", "low", "medium", "high", "xhigh", "max")),
  thinking: Schema.optional(Schema.Struct({
    type: Schema.optionalWith(Schema.Literal("enabled", "adaptive", "disabled"), { exact: true }),
    budget_tokens: Schema.optionalWith(Schema.Int, { exact: true })
  })),
  guardrail: Schema.optional(Schema.Union(
    Schema.Struct({
      id: Schema.NonEmptyString,
      version: Schema.NonEmptyString,
      trace: Schema.optionalWith(Schema.Literal("enabled", "disabled", "enabled_full"), { exact: true }),
      streamProcessingMode: Schema.optionalWith(Schema.Literal("sync", "async"), { exact: true })
    }),
    Schema.Literal(false)
  )),
  cache: Schema.optional(Schema.Literal("5m", "1h", false)),
  cachePoint: Schema.optional(CachePoint),
  maxTokens: Schema.optional(Schema.Int.pipe(Schema.positive({ identifier: "a whole number above 0" }))),
  temperature: Schema.optional(Schema.Number),
  topP: Schema.optional(Schema.Number),
  stopSequences: Schema.optional(Schema.Array(Schema.String)),
  serviceTier: Schema.optional(Schema.Literal("default", "priority", "flex", "reserved")),
  latency: Schema.optional(Schema.Literal("standard", "optimized")),
  requestMetadata: Schema.optional(Schema.Record({ key: Schema.String, value: Schema.String })),
  headers: Schema.optional(
    Schema.Record({
      key: Schema.String,
      value: Schema.Union(Schema.String, Schema.RedactedFromSelf(Schema.String).annotations({ title: "Redacted" }))
    })
  )
})

export type PromptOptions = typeof Options.Type

const validate = Schema.validateEither(Options, { onExcessProperty: "error" })

interface GivenOptions {
  readonly request: RequestOptions.RequestOptions
  readonly headers: Gateway["headers"]
  readonly cache: PromptOptions["cache"]
}

const set = <A>(value: A): Setting<A> => ({ value, origin: { _tag: "Default" } })

const setAll = <A extends object>(values: A) =>
  Object.fromEntries(
    Object.entries(values).flatMap(([name, value]) => value === undefined ? [] : [[name, set(value)]])
  )

/** Absent if no message has options. */
export const readPromptOptions = Effect.fnUntraced(
  function*({ content: messages }: Prompt.Prompt): Effect.fn.Return<GivenOptions | undefined, AiError.MalformedInput> {
    const last = messages.findLast(({ role }) => role === "user")
    const given = [...messages.filter(({ role }) => role === "system"), ...(last === undefined ? [] : [last])]
      .flatMap(({ options }): ReadonlyArray<unknown> => options[key] === undefined ? [] : [options[key]])
    if (given.length === 0) return undefined
    const all = yield* Either.mapLeft(
      Either.all(given.map((options) => validate(options))),
      ({ issue }) => malformedInput(`${place}: ${describeIssue(issue)}`)
    )
    const { cache, cachePoint: _, headers = {}, requestMetadata, ...request } = all.reduce(mergeOptions, {})
    return {
      cache,
      headers: Object.keys(headers).length === 0 ? {} : (yield* makeSingleRequest({ headers }, `${place}: `)).headers,
      request: {
        ...setAll(request),
        ...(typeof cache === "string" && { cacheTtl: set(cache) }),
        ...(requestMetadata !== undefined && { requestMetadata: setAll(requestMetadata) })
      }
    }
  }
)

const place = `the prompt's options for "${key}"`

/** A later `thinking` replaces an earlier `effort`, and the reverse, because both say how much the model thinks. */
const mergeOptions = ({ effort, thinking, ...before }: PromptOptions, after: PromptOptions): PromptOptions => ({
  ...before,
  ...(after.thinking === undefined && { effort }),
  ...(after.effort === undefined && { thinking }),
  ...after,
  headers: { ...before.headers, ...after.headers },
  requestMetadata: { ...before.requestMetadata, ...after.requestMetadata }
})
