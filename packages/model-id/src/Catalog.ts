/**
 * The known chat models of Bedrock. The facts, with their sources and their date, are in `internal/catalogData.ts`. A model that is not in the catalog
 * works too, with the defaults of `getCapabilities`.
 *
 * @since 0.1.0
 */
import * as Option from "effect/Option"
import type { CachePlaces, Model } from "./CatalogModel.ts"
import { catalogData } from "./internal/catalogData.ts"
import * as prefixes from "./internal/prefixes.ts"
import { describe } from "./Thinking.ts"

export type { CachePlaces, Model, Price } from "./CatalogModel.ts"

/**
 * What a request to a model may use: the known facts, and safe assumptions for unknown ones. Limits are in tokens. A context window is never assumed.
 *
 * @since 0.1.0
 * @category models
 */
export interface Capabilities {
  readonly contextWindow?: number
  readonly maxOutput: number
  readonly input: { readonly image: boolean; readonly document: boolean }
  readonly tools: boolean
  readonly streaming: boolean
  readonly reasoning: boolean
  readonly cache: CachePlaces
}

/**
 * Every known model, grouped by family, the newest first.
 *
 * @since 0.1.0
 * @category catalog
 */
export const models: ReadonlyArray<Model> = catalogData.map((model) => {
  const thinking = model.reasoning ? describe(model.id) : undefined
  return thinking === undefined ? model : { ...model, thinking }
})

const withoutPrefix = (id: string): string =>
  Option.match(prefixes.find(id), { onNone: () => id, onSome: (prefix) => id.slice(prefix.length) })

const withoutVersion = (id: string): string => id.replace(/:\d+k$/, "").replace(/(-v1)?(:0)?$/, "")

const toKey = (id: string): string =>
  withoutVersion(withoutPrefix(id.startsWith("arn:") ? id.slice(id.lastIndexOf("/") + 1) : id))

const byKey: ReadonlyMap<string, Model> = new Map(models.map((model) => [toKey(model.id), model]))

/**
 * The known model with this ID. The ID may have a prefix (`us.…`), be an ARN that ends in a known ID, or end differently from AWS's ID: `-v1`, `-v1:0`,
 * `:0` and a context size (`:200k`) are ignored at the end, so the guide's `anthropic.claude-sonnet-4-6-v1` is AWS's
 * `anthropic.claude-sonnet-4-6`. Any other version is a different model.
 *
 * @since 0.1.0
 * @category catalog
 */
export const find = (id: string): Option.Option<Model> => Option.fromNullable(byKey.get(toKey(id)))

/**
 * Whether both IDs denote the same model, known or not: prefixes, ARNs and ends are treated as {@link find} treats them.
 *
 * @since 0.1.0
 * @category predicates
 */
export const isSame = (id: string, other: string): boolean => toKey(id) === toKey(other)

const pairs = (text: string): ReadonlySet<string> =>
  new Set(Array.from(text.slice(1), (letter, index) => `${text[index]}${letter}`))

/** The share of letter pairs that both texts have: 1 for equal texts, 0 for texts without a common pair. */
const similarity = (a: ReadonlySet<string>, b: ReadonlySet<string>): number =>
  2 * Array.from(a).filter((pair) => b.has(pair)).length / (a.size + b.size || 1)

/**
 * The known IDs that are most similar to an unknown one: at most three, the closest first.
 *
 * @since 0.1.0
 * @category catalog
 */
export const findSimilar = (id: string): ReadonlyArray<string> => {
  const written = pairs(toKey(id).toLowerCase())
  return models
    .map((model) => ({ id: model.id, score: similarity(written, pairs(toKey(model.id))) }))
    .filter(({ score }) => score > 0.6)
    .toSorted((a, b) => b.score - a.score)
    .slice(0, 3)
    .map(({ id }) => id)
}

// An unknown model has a gateway's own name or is newer than this list. Attachments and tools are allowed, since Bedrock reports it if the model does
// not support them. Cache points and a high output limit are not assumed, since they would make even plain requests fail.
const assumed: Capabilities = {
  maxOutput: 4096,
  input: { image: true, document: true },
  tools: true,
  streaming: true,
  reasoning: false,
  cache: { system: false, messages: false, tools: false }
}

/**
 * What a request to this ID may use. Never fails. For unknown facts, and for unknown models, it assumes text, images, documents, tools and streaming, but
 * no cache points, no reasoning, and 4096 tokens of output.
 *
 * @since 0.1.0
 * @category catalog
 */
export const getCapabilities = (id: string): Capabilities =>
  Option.match(find(id), {
    onNone: () => assumed,
    onSome: ({ cache, contextWindow, input, maxOutput, reasoning, streaming, tools }) => ({
      ...(contextWindow === undefined ? {} : { contextWindow }),
      maxOutput: maxOutput ?? assumed.maxOutput,
      input: { ...assumed.input, ...input },
      tools,
      streaming,
      reasoning,
      cache
    })
  })
