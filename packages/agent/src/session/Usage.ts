/**
 * Token counts.
 *
 * @since 0.1.0
 */
import type * as Response from "@effect/ai/Response"

/**
 * Tokens, as the model's provider reports them. `input` excludes tokens read from or written to the cache; a count that was not
 * reported is 0.
 *
 * @since 0.1.0
 * @category models
 */
export interface Usage {
  readonly input: number
  readonly output: number
  readonly cacheRead: number
  readonly cacheWrite: number
}

/**
 * No tokens.
 *
 * @since 0.1.0
 * @category constructors
 */
export const none: Usage = { input: 0, output: 0, cacheRead: 0, cacheWrite: 0 }

/**
 * Adds each of the four counts.
 *
 * @since 0.1.0
 * @category combining
 */
export const add = (a: Usage, b: Usage): Usage => ({
  input: a.input + b.input,
  output: a.output + b.output,
  cacheRead: a.cacheRead + b.cacheRead,
  cacheWrite: a.cacheWrite + b.cacheWrite
})

/**
 * @since 0.1.0
 * @category combining
 */
export const subtract = (a: Usage, b: Usage): Usage => ({
  input: a.input - b.input,
  output: a.output - b.output,
  cacheRead: a.cacheRead - b.cacheRead,
  cacheWrite: a.cacheWrite - b.cacheWrite
})

/**
 * Adds up all tokens of the request, cached or not, and of the answer.
 *
 * @since 0.1.0
 * @category combining
 */
export const total = ({ cacheRead, cacheWrite, input, output }: Usage): number =>
  input + output + cacheRead + cacheWrite

/**
 * Converts the counts of `@effect/ai`. It has no field for cache writes, which are the difference between the total and the other counts.
 *
 * @since 0.1.0
 * @category constructors
 */
export const fromResponse = (
  { cachedInputTokens, inputTokens, outputTokens, totalTokens }: Response.Usage
): Usage => {
  const input = inputTokens ?? 0
  const output = outputTokens ?? 0
  const cacheRead = cachedInputTokens ?? 0
  return { input, output, cacheRead, cacheWrite: Math.max(0, (totalTokens ?? 0) - input - output - cacheRead) }
}
