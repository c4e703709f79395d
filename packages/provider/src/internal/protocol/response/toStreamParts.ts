/** Converts a stream of events to a stream of `@effect/ai` response parts. */
import type * as AiError from "@effect/ai/AiError"
import type * as Response from "@effect/ai/Response"
import * as Chunk from "effect/Chunk"
import * as Either from "effect/Either"
import * as Stream from "effect/Stream"
import * as Take from "effect/Take"
import type { StreamedEvent } from "../../../StreamedEvent.ts"
import type { Expectation } from "../tools/toolCall.ts"
import { type End, initialState, step } from "./streamParts.ts"

type Part = Response.StreamPartEncoded
type Parts = Take.Take<Part, AiError.AiError>

/** Twice: the first end may emit `finish`, and the second one fails. */
const end = (error?: AiError.AiError): Stream.Stream<End> => {
  const end: End = { _tag: "End", ...(error === undefined ? {} : { error }) }
  return Stream.make(end, end)
}

/** Events that arrived together become parts together. */
export const toStreamParts =
  (expected: Expectation) =>
  <R>(events: Stream.Stream<StreamedEvent, AiError.AiError, R>): Stream.Stream<Part, AiError.AiError, R> =>
    Stream.suspend(() => {
      let state = initialState
      const convert = (events: Chunk.Chunk<StreamedEvent | End>): Chunk.Chunk<Parts> => {
        const parts: Array<Part> = []
        for (const event of events) {
          const converted = step(state, event, expected)
          if (Either.isLeft(converted)) {
            return Chunk.make<[Parts, Parts]>(Take.chunk(Chunk.unsafeFromArray(parts)), Take.fail(converted.left))
          }
          const [next, added] = converted.right
          state = next
          parts.push(...added)
        }
        return Chunk.of<Parts>(Take.chunk(Chunk.unsafeFromArray(parts)))
      }
      return events.pipe(
        Stream.concat(end()),
        Stream.catchAll(end),
        Stream.mapChunks(convert),
        Stream.flattenTake
      )
    })
