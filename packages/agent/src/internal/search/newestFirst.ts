/** Sorts files by modification time. */
import * as Effect from "effect/Effect"
// Callbacks are faster than promises for thousands of files.
import { lstat } from "node:fs"
import { join } from "node:path"

const concurrency = 16

/** Sorts the newest first, files with the same time by name, and missing files last. */
export const sortNewestFirst = (
  directory: string,
  files: ReadonlyArray<string>
): Effect.Effect<ReadonlyArray<string>> =>
  Effect.async((resume) => {
    const dated = files.map((file) => ({ file, time: 0 }))
    let index = 0
    let left = dated.length
    let isEnded = left === 0
    const next = () => {
      const entry = dated[index]
      if (entry === undefined || isEnded) return
      index += 1
      lstat(join(directory, entry.file), (_, stats) => {
        entry.time = stats?.mtimeMs ?? 0
        left -= 1
        if (left > 0) return next()
        const sorted = dated.toSorted((a, b) => b.time - a.time || (a.file < b.file ? -1 : 1))
        resume(Effect.succeed(sorted.map(({ file }) => file)))
      })
    }
    if (isEnded) return resume(Effect.succeed([]))
    for (let count = 0; count < concurrency; count += 1) next()
    return Effect.sync(() => void (isEnded = true))
  })
