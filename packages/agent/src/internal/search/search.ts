/** Finds lines in files, by `rg` where there is one. */
import type * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as Fiber from "effect/Fiber"
import * as Option from "effect/Option"
import * as Queue from "effect/Queue"
import type { Environment } from "../../Workspace.ts"
import type { Collector, Query } from "./found.ts"
import * as ownSearch from "./ownSearch.ts"
import * as ripgrep from "./ripgrep.ts"

/**
 * How many bytes of names a search is given at once: few at first, in case that is enough. macOS takes 1 MiB together with the
 * environment.
 */
const portionSizes = [16 * 1024, 256 * 1024, 640 * 1024]

const portionsOf = (files: ReadonlyArray<string>): ReadonlyArray<ReadonlyArray<string>> => {
  const portions: Array<Array<string>> = [[]]
  let room = portionSizes[0]!
  for (const file of files) {
    if (room <= 0) {
      room = portionSizes[Math.min(portions.length, portionSizes.length - 1)]!
      portions.push([])
    }
    portions.at(-1)!.push(file)
    // Each comes with `./`, a zero and a pointer.
    room -= Buffer.byteLength(file) + 11
  }
  return portions
}

export interface Options {
  readonly collector: Collector
  /** That of `rg`. */
  readonly environment: Environment
  /** What was found until then counts. */
  readonly within: Duration.Duration
}

export interface Searched {
  /** How many files may not be shown. */
  readonly forbidden: number
  readonly isComplete: boolean
}

/** Searches the files, in their order, that `allowed` leaves of them: the next ones are judged while some are searched. */
export const search = Effect.fn("search.search")(function*<R>(
  query: Query,
  files: ReadonlyArray<string>,
  allowed: (files: ReadonlyArray<string>) => Effect.Effect<ReadonlyArray<string>, never, R>,
  { collector, environment, within }: Options
) {
  const portions = portionsOf(files)
  const queue = yield* Queue.unbounded<ReadonlyArray<string>>()
  const judging = yield* Effect.fork(
    Effect.reduce(
      portions,
      0,
      (forbidden, portion) =>
        Effect.flatMap(
          allowed(portion),
          (some) => Effect.as(Queue.offer(queue, some), forbidden + portion.length - some.length)
        )
    )
  )

  let hasRipgrep = true
  const searchPortion = (some: ReadonlyArray<string>) =>
    hasRipgrep
      ? Effect.catchTag(ripgrep.search(query, some, collector, environment), "NoRipgrep", () => {
        hasRipgrep = false
        return ownSearch.search(query, some, collector)
      })
      : ownSearch.search(query, some, collector)
  const searching = Effect.forEach(
    portions,
    () => collector.isFull() ? Effect.void : Effect.flatMap(Queue.take(queue), searchPortion),
    { discard: true }
  )

  const searched = yield* Effect.timeoutOption(searching, within)
  const forbidden = yield* Fiber.join(judging)
  return { forbidden, isComplete: Option.isSome(searched) } satisfies Searched
})
