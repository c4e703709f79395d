/**
 * The fields of a request that users can set: for every model in `options`, and for one model in `models.NAME.options`.
 *
 * @since 0.1.0
 */
import * as Predicate from "effect/Predicate"
import type {
  CacheTtl as CacheTtls,
  Effort as Efforts,
  GuardrailTrace,
  Latency as Latencies,
  ServiceTier as ServiceTiers,
  StreamProcessingMode,
  ThinkingType
} from "./internal/schema/requestFields.ts"
import type { Setting } from "./Origin.ts"

/**
 * A guardrail. The ID is an ID or an ARN, the version a number or `DRAFT`.
 *
 * @since 0.1.0
 * @category models
 */
export interface Guardrail {
  readonly id: string
  readonly version: string
  readonly trace?: GuardrailTrace
  /** Absent: `sync`. */
  readonly streamProcessingMode?: StreamProcessingMode
}

/**
 * @since 0.1.0
 * @category models
 */
export type ServiceTier = ServiceTiers

/**
 * @since 0.1.0
 * @category models
 */
export type Latency = Latencies

/**
 * How long a cached prompt is kept after its last use.
 *
 * @since 0.1.0
 * @category models
 */
export type CacheTtl = CacheTtls

/**
 * How much the model thinks.
 *
 * @since 0.1.0
 * @category models
 */
export type Effort = Efforts

/**
 * Thinking as Claude's API spells it, with a budget in tokens.
 *
 * @since 0.1.0
 * @category models
 */
export interface Thinking {
  readonly type?: ThinkingType
  readonly budget_tokens?: number
}

/**
 * The fields, with their origins. A field that is absent is not set. Names are Converse's where it has one.
 *
 * @since 0.1.0
 * @category models
 */
export interface RequestOptions {
  /** `false`: none. A model's guardrail without an ID of its own is the general one with changes, and complete. */
  readonly guardrail?: Setting<Guardrail | false>
  /** By name. */
  readonly requestMetadata?: { readonly [name: string]: Setting<string> }
  readonly serviceTier?: Setting<ServiceTier>
  readonly latency?: Setting<Latency>
  readonly maxTokens?: Setting<number>
  readonly temperature?: Setting<number>
  readonly topP?: Setting<number>
  readonly stopSequences?: Setting<ReadonlyArray<string>>
  /** Beta features of Claude. */
  readonly anthropicBeta?: Setting<ReadonlyArray<string>>
  readonly cacheTtl?: Setting<CacheTtl>
  /** By the name of the field, which is the model's own. */
  readonly additionalModelRequestFields?: { readonly [name: string]: Setting<unknown> }
  /** JSON Pointers. */
  readonly additionalModelResponseFieldPaths?: Setting<ReadonlyArray<string>>
  readonly effort?: Setting<Effort>
  readonly thinking?: Setting<Thinking>
}

/**
 * The fields of a request to one model: its own override the general ones, field by field. Its own `thinking` also overrides a general `effort`,
 * because both say how much it thinks. Metadata and the model's own fields are merged key by key.
 *
 * @since 0.1.0
 * @category combining
 */
export const merge = (general: RequestOptions, own: RequestOptions): RequestOptions => {
  const requestMetadata = mergeRecords(general.requestMetadata, own.requestMetadata)
  const additionalModelRequestFields = mergeFields(
    general.additionalModelRequestFields,
    own.additionalModelRequestFields
  )
  const { effort, ...others } = general
  return {
    ...others,
    ...(effort === undefined || own.thinking !== undefined ? {} : { effort }),
    ...own,
    ...(requestMetadata === undefined ? {} : { requestMetadata }),
    ...(additionalModelRequestFields === undefined ? {} : { additionalModelRequestFields })
  }
}

type Fields<A> = { readonly [name: string]: Setting<A> }

const mergeRecords = <A>(general: Fields<A> | undefined, own: Fields<A> | undefined): Fields<A> | undefined =>
  general === undefined || own === undefined ? own ?? general : { ...general, ...own }

const mergeFields = (
  general: Fields<unknown> | undefined,
  own: Fields<unknown> | undefined
): Fields<unknown> | undefined =>
  general === undefined || own === undefined ? own ?? general : {
    ...general,
    ...Object.fromEntries(
      Object.entries(own).map(([name, { origin, value }]) => [
        name,
        { origin, value: mergeValues(general[name]?.value, value) }
      ])
    )
  }

/**
 * Merges two JSON values: objects key by key; any other value of `over` replaces that of `under`.
 *
 * @since 0.1.0
 * @category combining
 */
export const mergeValues = (under: unknown, over: unknown): unknown =>
  Predicate.isRecord(under) && Predicate.isRecord(over)
    ? {
      ...under,
      ...Object.fromEntries(Object.entries(over).map(([name, value]) => [name, mergeValues(under[name], value)]))
    }
    : over
