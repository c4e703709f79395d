/** Finds lines in files, with `rg` if it is installed. */
import type * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as Fiber from "effect/Fiber"
import * as Option from "effect/Option"
import * as Queue from "effect/Queue"
import type { Environment } from "../../Workspace.ts"
import type { Collector, Query } from "./collector.ts"
import * as ripgrep from "./ripgrep.ts"

/**
 * Sizes of the batches, in bytes of file names. The first is small, in case it finds enough. macOS limits arguments and environment
 * together to 1 MiB.
 */
const batchSizes = [16 * 1024, 256 * 1024, 640 * 1024]

const splitIntoBatches = (files: ReadonlyArray<string>): ReadonlyArray<ReadonlyArray<string>> => {
  const batches: Array<Array<string>> = [[]]
  let room = batchSizes[0]!
  for (const file of files) {
    if (room <= 0) {
      room = batchSizes[Math.min(batches.length, batchSizes.length - 1)]!
      batches.push([])
    }
    batches.at(-1)!.push(file)
    // Each name needs `./`, a zero byte and a pointer.
    room -= Buffer.byteLength(file) + 11
  }
  return batches
}

export interface Options {
  readonly collector: Collector
  /** The environment of `rg`. */
  readonly environment: Environment
  /** Time limit, after which the lines found so far are returned. */
  readonly within: Duration.Duration
}

export interface Searched {
  /** The number of files that need permission to read. */
  readonly forbidden: number
  readonly isComplete: boolean
}

/** Searches the files that `allowed` returns, in order. While a batch is searched, the permissions of the next one are checked. */
export const search = Effect.fn("search.search")(function*<R>(
  query: Query,
  files: ReadonlyArray<string>,
  allowed: (files: ReadonlyArray<string>) => Effect.Effect<ReadonlyArray<string>, never, R>,
  { collector, environment, within }: Options
) {
  const batches = splitIntoBatches(files)
  const queue = yield* Queue.unbounded<ReadonlyArray<string>>()
  const checking = yield* Effect.fork(
    Effect.reduce(
      batches,
      0,
      (forbidden, batch) =>
        Effect.flatMap(
          allowed(batch),
          (some) => Effect.as(Queue.offer(queue, some), forbidden + batch.length - some.length)
        )
    )
  )

  // Loaded only if it is needed: the library for regular expressions is large.
  const searchBuiltIn = (some: ReadonlyArray<string>) =>
    Effect.flatMap(
      Effect.promise(() => import("./builtInSearch.ts")),
      (builtInSearch) => builtInSearch.search(query, some, collector)
    )
  let hasRipgrep = true
  const searchBatch = (some: ReadonlyArray<string>) =>
    hasRipgrep
      ? Effect.catchTag(ripgrep.search(query, some, collector, environment), "NoRipgrep", () => {
        hasRipgrep = false
        return searchBuiltIn(some)
      })
      : searchBuiltIn(some)
  const searching = Effect.forEach(
    batches,
    () => collector.isFull() ? Effect.void : Effect.flatMap(Queue.take(queue), searchBatch),
    { discard: true }
  )

  const searched = yield* Effect.timeoutOption(searching, within)
  const forbidden = yield* Fiber.join(checking)
  return { forbidden, isComplete: Option.isSome(searched) } satisfies Searched
})
