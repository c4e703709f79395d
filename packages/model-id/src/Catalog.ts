/**
 * What is known about Bedrock's chat models. The facts, with their sources and their date, are in one data file,
 * `internal/catalogData.ts`; a model that is not there works all the same, with the defaults of `capabilities`.
 *
 * @since 0.1.0
 */
import * as Option from "effect/Option"
import { catalogData } from "./internal/catalogData.ts"
import * as prefixes from "./internal/prefixes.ts"

/**
 * List price on demand in US dollars per million tokens: through the `us.` profile where the model has one, else in
 * us-east-1. Other regions and `global.` differ by some percent.
 *
 * @since 0.1.0
 * @category models
 */
export interface Price {
  readonly input: number
  readonly output: number
  readonly cacheRead?: number
  readonly cacheWrite?: number
  /** The longest prompt, in tokens, that is billed at this price; absent: any. */
  readonly upTo?: number
}

/**
 * Where in a request the model takes cache points.
 *
 * @since 0.1.0
 * @category models
 */
export interface CachePlaces {
  readonly system: boolean
  readonly messages: boolean
  readonly tools: boolean
}

/**
 * A known model. Limits are in tokens; a field that no source states is absent.
 *
 * @since 0.1.0
 * @category models
 */
export interface Model {
  /** AWS's own ID, without a cross-region prefix. */
  readonly id: string
  readonly name: string
  /** For example `Claude`, `Nova` or `Llama`. */
  readonly family: string
  readonly contextWindow?: number
  readonly maxOutput?: number
  /** What a message may hold besides text. */
  readonly input: { readonly image: boolean; readonly document?: boolean }
  readonly tools: boolean
  readonly streaming: boolean
  /** Whether the model can think before it answers, always or when asked. */
  readonly reasoning: boolean
  readonly cache: CachePlaces
  readonly price?: Price
}

/**
 * What a request to a model may use: the known facts, and a safe assumption for each that is not known. Limits are in
 * tokens; a context window is never assumed.
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
 * Every known model, family by family, newest first.
 *
 * @since 0.1.0
 * @category catalog
 */
export const models: ReadonlyArray<Model> = catalogData

const withoutPrefix = (id: string): string =>
  Option.match(prefixes.of(id), { onNone: () => id, onSome: (prefix) => id.slice(prefix.length) })

const withoutVersion = (id: string): string => id.replace(/:\d+k$/, "").replace(/(-v1)?(:0)?$/, "")

const keyOf = (id: string): string =>
  withoutVersion(withoutPrefix(id.startsWith("arn:") ? id.slice(id.lastIndexOf("/") + 1) : id))

const byKey: ReadonlyMap<string, Model> = new Map(models.map((model) => [keyOf(model.id), model]))

/**
 * The known model that an ID means. It may be prefixed (`us.…`), an ARN that ends in a known ID, or carry another ending
 * than AWS's: a trailing `-v1`, `-v1:0`, `:0` or context size (`:200k`) makes no difference, so the guide's
 * `anthropic.claude-sonnet-4-6-v1` is AWS's `anthropic.claude-sonnet-4-6`. Any other version is another model.
 *
 * @since 0.1.0
 * @category catalog
 */
export const find = (id: string): Option.Option<Model> => Option.fromNullable(byKey.get(keyOf(id)))

const pairs = (text: string): ReadonlySet<string> =>
  new Set(Array.from(text.slice(1), (letter, index) => `${text[index]}${letter}`))

/** How much of both is the same: 1 for equal texts, 0 for texts without two letters in common. */
const likeness = (a: ReadonlySet<string>, b: ReadonlySet<string>): number =>
  2 * Array.from(a).filter((pair) => b.has(pair)).length / (a.size + b.size || 1)

/**
 * The known IDs that are most like a text which is not one of them, at most three, the nearest first.
 *
 * @since 0.1.0
 * @category catalog
 */
export const near = (id: string): ReadonlyArray<string> => {
  const written = pairs(keyOf(id).toLowerCase())
  return models
    .map((model) => ({ id: model.id, like: likeness(written, pairs(keyOf(model.id))) }))
    .filter(({ like }) => like > 0.6)
    .toSorted((a, b) => b.like - a.like)
    .slice(0, 3)
    .map(({ id }) => id)
}

// An unknown model is one behind a gateway or newer than this list: the user may attach anything and call tools, and
// Bedrock says so if it refuses. A cache point or a large reservation of output, though, would break plain requests.
const assumed: Capabilities = {
  maxOutput: 4096,
  input: { image: true, document: true },
  tools: true,
  streaming: true,
  reasoning: false,
  cache: { system: false, messages: false, tools: false }
}

/**
 * What a request to this ID may use. Never fails: what is not known of the model, or the whole model, is assumed to be
 * text, images, documents, tools and streaming, no cache points, no reasoning, and 4096 tokens of output.
 *
 * @since 0.1.0
 * @category catalog
 */
export const capabilities = (id: string): Capabilities =>
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
