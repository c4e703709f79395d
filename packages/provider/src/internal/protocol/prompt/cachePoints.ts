/** Places cache points: those of the prompt, or else after what the next request repeats. */
import type { CacheTtl } from "@altimate-code/config/RequestOptions"
import type { Capabilities } from "@altimate-code/model-id/Catalog"
import type {
  CachePointBlock,
  ContentBlock,
  Message,
  SystemContentBlock,
  ToolConfiguration
} from "@aws-sdk/client-bedrock-runtime"
import type * as AiError from "@effect/ai/AiError"
import type * as Prompt from "@effect/ai/Prompt"
import * as Either from "effect/Either"
import * as Predicate from "effect/Predicate"
import * as Schema from "effect/Schema"
import { describeIssue } from "../describeIssue.ts"
import { key } from "../key.ts"
import { malformedInput } from "../malformed.ts"

export interface Cacheable {
  readonly system: ReadonlyArray<SystemContentBlock>
  readonly messages: ReadonlyArray<Message>
  readonly toolConfig: ToolConfiguration | undefined
}

/** As in Converse. */
export const CachePoint = Schema.Struct({
  type: Schema.Literal("default"),
  ttl: Schema.optionalWith(Schema.Literal("5m", "1h"), { exact: true })
})

const validate = Schema.validateEither(CachePoint, { onExcessProperty: "error" })

export interface CachePointOnly {
  readonly cachePoint: CachePointBlock
}

/** The cache point that the options of a message or part ask for, after its content. None if it has no content, because Bedrock would refuse a lone cache point. */
export const readCachePoint = (
  { options }: Pick<Prompt.Message | Prompt.Part, "options">,
  content: ReadonlyArray<unknown>,
  owner: string
): Either.Either<Array<CachePointOnly>, AiError.MalformedInput> => {
  const own: unknown = options[key]
  if (content.length === 0 || !Predicate.isRecord(own) || own["cachePoint"] === undefined) return Either.right([])
  return Either.mapBoth(validate(own["cachePoint"]), {
    onLeft: ({ issue }) => malformedInput(`the cachePoint of ${owner}: ${describeIssue(issue)}`),
    onRight: (cachePoint) => [{ cachePoint }]
  })
}

const maxCachePoints = 4

const hasPoint = (block: { readonly cachePoint?: CachePointBlock | undefined }): boolean =>
  block.cachePoint !== undefined

/** Keeps the prompt's own cache points if it has any. Otherwise adds the automatic ones. */
export const placeCachePoints = (parts: Cacheable, cache: Capabilities["cache"], ttl?: CacheTtl): Cacheable =>
  parts.system.some(hasPoint) || parts.messages.some(({ content = [] }) => content.some(hasPoint))
    ? keepOwn({ ...parts, messages: parts.messages.map(movePoints) }, cache, ttl)
    : addCachePoints(parts, cache, ttl)

const isPlainDocument = ({ document }: ContentBlock): boolean => document !== undefined && document.format !== "pdf"

/**
 * Bedrock refuses a cache point at the beginning of a message, and directly after a document that is not a PDF. Such a point moves before the documents,
 * or is left out. Of two in a row the later one stays. Source: strands-agents/harness-sdk, pull requests 2001 and 3677.
 */
const movePoints = (message: Message): Message => {
  const content: Array<ContentBlock> = []
  for (const block of message.content ?? []) {
    const at = hasPoint(block) ? content.findLastIndex((before) => !isPlainDocument(before)) : content.length - 1
    if (hasPoint(block) && at === -1) continue
    const replaced = hasPoint(block) && hasPoint(content[at]!) ? 1 : 0
    content.splice(at + 1 - replaced, replaced, block)
  }
  return { ...message, content }
}

/** Keeps the last four where the model supports them: a conversation gets more with every turn, and the last one reads the caches of those before it. */
const keepOwn = (parts: Cacheable, cache: Capabilities["cache"], ttl?: CacheTtl): Cacheable => {
  const count = (blocks: ReadonlyArray<object>, isSupported: boolean) =>
    isSupported ? blocks.filter(hasPoint).length : 0
  let excess = count(parts.system, cache.system)
    + count(parts.messages.flatMap(({ content = [] }) => content), cache.messages) - maxCachePoints
  const keep = <B extends { readonly cachePoint?: CachePointBlock | undefined }>(
    blocks: ReadonlyArray<B>,
    isSupported: boolean
  ): Array<B> =>
    blocks.flatMap((block) => {
      if (block.cachePoint === undefined) return [block]
      if (!isSupported || excess-- > 0) return []
      return [ttl === undefined ? block : { ...block, cachePoint: { ttl, ...block.cachePoint } }]
    })
  return {
    ...parts,
    system: keep(parts.system, cache.system),
    messages: parts.messages.map((message) => ({ ...message, content: keep(message.content ?? [], cache.messages) }))
  }
}

/**
 * Adds up to three cache points: after the system prompt, the tools and the last user message. Bedrock allows four, and ignores one if the text
 * before it is too short. All have the same lifetime, because Bedrock refuses a longer one after a shorter one.
 */
const addCachePoints = (parts: Cacheable, cache: Capabilities["cache"], ttl?: CacheTtl): Cacheable => {
  const cachePoint = { cachePoint: { type: "default", ...(ttl !== undefined && { ttl }) } } as const
  const last = parts.messages.findLastIndex((message) => message.role === "user")
  return {
    system: cache.system && parts.system.length > 0 ? [...parts.system, cachePoint] : parts.system,
    toolConfig: cache.tools && parts.toolConfig?.tools !== undefined
      ? { ...parts.toolConfig, tools: [...parts.toolConfig.tools, cachePoint] }
      : parts.toolConfig,
    messages: cache.messages
      ? parts.messages.map((message, index) =>
        index === last ? movePoints({ ...message, content: [...(message.content ?? []), cachePoint] }) : message
      )
      : parts.messages
  }
}
