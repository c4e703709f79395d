/** Adds cache points after the parts that the next request repeats. */
import type { CacheTtl } from "@altimate-code/config/RequestOptions"
import type { Capabilities } from "@altimate-code/model-id/Catalog"
import type { Message, SystemContentBlock, ToolConfiguration } from "@aws-sdk/client-bedrock-runtime"

export interface Cacheable {
  readonly system: ReadonlyArray<SystemContentBlock>
  readonly messages: ReadonlyArray<Message>
  readonly toolConfig: ToolConfiguration | undefined
}

/**
 * Adds up to three cache points: after the system prompt, the tools and the last user message. Bedrock allows four, and ignores one if the text
 * before it is too short. All have the same lifetime, because Bedrock refuses a longer one after a shorter one.
 */
export const addCachePoints = (parts: Cacheable, cache: Capabilities["cache"], ttl?: CacheTtl): Cacheable => {
  const cachePoint = { cachePoint: { type: "default", ...(ttl !== undefined && { ttl }) } } as const
  const last = parts.messages.findLastIndex((message) => message.role === "user")
  return {
    system: cache.system && parts.system.length > 0 ? [...parts.system, cachePoint] : parts.system,
    toolConfig: cache.tools && parts.toolConfig?.tools !== undefined
      ? { ...parts.toolConfig, tools: [...parts.toolConfig.tools, cachePoint] }
      : parts.toolConfig,
    messages: cache.messages
      ? parts.messages.map((message, index) =>
        index === last ? { ...message, content: [...(message.content ?? []), cachePoint] } : message
      )
      : parts.messages
  }
}
