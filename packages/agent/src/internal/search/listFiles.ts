/** Lists the files that match a pattern. */
import * as Paths from "@altimate-code/system/Paths"
import type * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as Option from "effect/Option"
import { lstat, readdir, realpath, stat } from "node:fs/promises"
import { join } from "node:path"
import { isLiteral, matcher } from "./globPattern.ts"
import { findIgnoreFilesAbove, makeWalk, type Walked } from "./walk.ts"

const noFiles: Walked = {
  files: [],
  skipped: { ignored: 0, links: 0, special: 0, unreadable: 0 },
  completeDirectories: new Map(),
  isComplete: true
}

export interface Options {
  readonly maxFiles?: number
  /** Time limit, after which the files found so far are returned. */
  readonly within: Duration.DurationInput
}

/**
 * Lists the relative paths of files below the directory. An existing path at the start of the pattern is literal, and files below it are
 * listed even if they are ignored. If ignore files exclude everything, they are not applied. Files outside the directory are never
 * listed.
 */
export const list = Effect.fn("list.list")(function*(directory: string, pattern: string, options: Options) {
  const { base, rest } = yield* splitPattern(directory, pattern)
  const start = join(directory, base)
  if (base.split("/").includes("..") || !(yield* isInside(start, directory))) return noFiles
  if (base !== "") {
    const stats = yield* Effect.option(Effect.tryPromise(() => lstat(start)))
    if (Option.isNone(stats)) return noFiles
    if (!stats.value.isDirectory() && rest.length === 0) {
      const { skipped } = noFiles
      if (stats.value.isFile()) return { ...noFiles, files: [base] }
      return {
        ...noFiles,
        skipped: stats.value.isSymbolicLink() ? { ...skipped, links: 1 } : { ...skipped, special: 1 }
      }
    }
    const target = yield* Effect.option(Effect.tryPromise(() => stat(start)))
    if (!Option.exists(target, (stats) => stats.isDirectory())) return noFiles
  }
  const isAll = rest.length === 0 || rest.join("/") === "**/*"
  const matches = isAll ? () => true : matcher(rest.join("/"))
  const maxDepth = rest.length === 0 || rest.some((name) => /\*\*|\{/.test(name)) ? {} : { maxDepth: rest.length }
  const walked = yield* walk(start, { ...options, ...maxDepth })
  if (base === "") return isAll ? walked : { ...walked, files: walked.files.filter(matches) }
  return {
    ...walked,
    files: walked.files.filter(matches).map((file) => `${base}/${file}`),
    completeDirectories: new Map(
      [...walked.completeDirectories].map(([path, count]) => [path === "" ? base : `${base}/${path}`, count])
    )
  } satisfies Walked
})

const walk = (directory: string, { within, ...limits }: Options & { readonly maxDepth?: number }) =>
  Effect.gen(function*() {
    const ignoring = findIgnoreFilesAbove(directory)
    const all = makeWalk({ directory, ignoring, ...limits })
    yield* Effect.timeoutOption(all.run, within)
    const { files, isComplete, skipped } = all.walked()
    if (files.length > 0 || skipped.ignored === 0 || !isComplete) return all.walked()
    const ignored = makeWalk({ directory, ignoring: undefined, ...limits })
    yield* Effect.timeoutOption(ignored.run, within)
    return ignored.walked()
  })

/** Splits the pattern into the existing path at its start and the remaining pattern. */
const splitPattern = Effect.fn("list.splitPattern")(function*(directory: string, pattern: string) {
  const rest = pattern.split("/").filter((name) => name !== "" && name !== ".")
  let base = ""
  while (rest[0] !== undefined) {
    const found = yield* nameOnDisk(join(directory, base), rest[0])
    if (found === undefined && !isLiteral(rest[0])) break
    base = base === "" ? found ?? rest[0] : `${base}/${found ?? rest[0]}`
    rest.shift()
  }
  return { base, rest }
})

/** Spells the name as it is on disk, where an accented letter can be one code point or two. */
const nameOnDisk = (directory: string, name: string): Effect.Effect<string | undefined> =>
  Effect.tryPromise(() => lstat(join(directory, name))).pipe(
    Effect.as(name),
    Effect.catchAll(() =>
      // oxlint-disable-next-line no-control-regex
      /^[\0-\x7F]*$/.test(name) ? Effect.succeed(undefined) : Effect.tryPromise(() => readdir(directory)).pipe(
        Effect.map((names) => names.find((other) => other.normalize("NFC") === name.normalize("NFC"))),
        Effect.orElseSucceed(() => undefined)
      )
    )
  )

/** Resolves links, because a pattern may start with the name of a linked directory. */
const isInside = (path: string, directory: string): Effect.Effect<boolean> =>
  Effect.gen(function*() {
    const root = yield* Effect.orElseSucceed(Effect.tryPromise(() => realpath(directory)), () => directory)
    return Paths.isBelow(yield* Effect.orElseSucceed(Effect.tryPromise(() => realpath(path)), () => root), root)
  })
