import type * as Response from "@effect/ai/Response"
import type { Usage } from "../TurnEvent.ts"

export const none: Usage = { input: 0, output: 0, cacheRead: 0, cacheWrite: 0 }

export const sum = (a: Usage, b: Usage): Usage => ({
  input: a.input + b.input,
  output: a.output + b.output,
  cacheRead: a.cacheRead + b.cacheRead,
  cacheWrite: a.cacheWrite + b.cacheWrite
})

/** The whole context: what was sent, cached or not, and what was answered. */
export const total = ({ cacheRead, cacheWrite, input, output }: Usage): number =>
  input + output + cacheRead + cacheWrite

/** `@effect/ai` has no name for what was written to the cache: it is what the total has beyond the rest. */
export const of = ({ cachedInputTokens, inputTokens, outputTokens, totalTokens }: Response.Usage): Usage => {
  const input = inputTokens ?? 0
  const output = outputTokens ?? 0
  const cacheRead = cachedInputTokens ?? 0
  return { input, output, cacheRead, cacheWrite: Math.max(0, (totalTokens ?? 0) - input - output - cacheRead) }
}
