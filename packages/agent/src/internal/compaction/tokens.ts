import type * as Response from "@effect/ai/Response"
import * as Predicate from "effect/Predicate"
import type { Line } from "../../Session.ts"
import type { Usage } from "../../TurnEvent.ts"

/** About as much as a picture takes, in characters: how many its base64 has says nothing about it. */
const ofFile = 6400

/** What of a line the model is told. */
const told = (line: Line): unknown => {
  switch (line.type) {
    case "user":
    case "assistant":
      return line.message.content
    case "tool-result":
      return line.output.content
    case "summary":
      return line.text
    default:
      return undefined
  }
}

/** A token is about four characters: close enough to choose where to cut, and to see the end of the window coming. */
export const estimate = (line: Line): number => {
  const text = JSON.stringify(told(line), function(this: unknown, key: string, value: unknown) {
    const isData = key === "data" && typeof value === "string" && Predicate.isRecord(this) && this["type"] === "file"
    return isData ? value.slice(0, ofFile) : value
  })
  return Math.ceil((text?.length ?? 0) / 4)
}

/** About the bytes that the line takes in a request, attachments included. */
export const bytes = (line: Line): number => JSON.stringify(told(line))?.length ?? 0

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
