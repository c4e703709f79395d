/** The files that a pattern means. */
import * as Paths from "@altimate-code/system/Paths"
import type * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as Option from "effect/Option"
import { lstat, readdir, realpath, stat } from "node:fs/promises"
import { join } from "node:path"
import { isLiteral, matcher } from "./globPattern.ts"
import { ignoringAt, makeWalk, type Walked } from "./walk.ts"

const nothing: Walked = {
  files: [],
  leftOut: { ignored: 0, links: 0, special: 0, unreadable: 0 },
  whole: new Map(),
  isComplete: true
}

export interface Options {
  readonly maxFiles?: number
  /** After that it ends, with what was found until then. */
  readonly within: Duration.DurationInput
}

/**
 * Files below the directory, by their paths relative to it. What the pattern begins with and is there counts as named: it is not a
 * pattern, whatever its characters, and what is in it is found though it is ignored. Where ignoring leaves nothing, nothing is
 * ignored. Never outside of the directory.
 */
export const list = Effect.fn("list.list")(function*(directory: string, pattern: string, options: Options) {
  const { base, rest } = yield* named(directory, pattern)
  const start = join(directory, base)
  if (base.split("/").includes("..") || !(yield* isInside(start, directory))) return nothing
  if (base !== "") {
    const stats = yield* Effect.option(Effect.tryPromise(() => lstat(start)))
    if (Option.isNone(stats)) return nothing
    if (!stats.value.isDirectory() && rest.length === 0) {
      const { leftOut } = nothing
      if (stats.value.isFile()) return { ...nothing, files: [base] }
      return {
        ...nothing,
        leftOut: stats.value.isSymbolicLink() ? { ...leftOut, links: 1 } : { ...leftOut, special: 1 }
      }
    }
    const target = yield* Effect.option(Effect.tryPromise(() => stat(start)))
    if (!Option.exists(target, (stats) => stats.isDirectory())) return nothing
  }
  const isAll = rest.length === 0 || rest.join("/") === "**/*"
  const fits = isAll ? () => true : matcher(rest.join("/"))
  const maxDepth = rest.length === 0 || rest.some((name) => /\*\*|\{/.test(name)) ? {} : { maxDepth: rest.length }
  const walked = yield* walk(start, { ...options, ...maxDepth })
  if (base === "") return isAll ? walked : { ...walked, files: walked.files.filter(fits) }
  return {
    ...walked,
    files: walked.files.filter(fits).map((file) => `${base}/${file}`),
    whole: new Map([...walked.whole].map(([path, count]) => [path === "" ? base : `${base}/${path}`, count]))
  } satisfies Walked
})

const walk = (directory: string, { within, ...limits }: Options & { readonly maxDepth?: number }) =>
  Effect.gen(function*() {
    const ignoring = ignoringAt(directory)
    const all = makeWalk({ directory, ignoring, ...limits })
    yield* Effect.timeoutOption(all.run, within)
    const { files, isComplete, leftOut } = all.walked()
    if (files.length > 0 || leftOut.ignored === 0 || !isComplete) return all.walked()
    const ignored = makeWalk({ directory, ignoring: undefined, ...limits })
    yield* Effect.timeoutOption(ignored.run, within)
    return ignored.walked()
  })

/** What the pattern begins with and is there, and the pattern that remains. */
const named = Effect.fn("list.named")(function*(directory: string, pattern: string) {
  const rest = pattern.split("/").filter((name) => name !== "" && name !== ".")
  let base = ""
  while (rest[0] !== undefined) {
    const found = yield* onDisk(join(directory, base), rest[0])
    if (found === undefined && !isLiteral(rest[0])) break
    base = base === "" ? found ?? rest[0] : `${base}/${found ?? rest[0]}`
    rest.shift()
  }
  return { base, rest }
})

/** The name as the directory has it: the same accented letter can be one code point or two. */
const onDisk = (directory: string, name: string): Effect.Effect<string | undefined> =>
  Effect.promise(async () => {
    try {
      await lstat(join(directory, name))
      return name
    } catch {
      // oxlint-disable-next-line no-control-regex
      if (/^[\0-\x7F]*$/.test(name)) return undefined
      const names = await readdir(directory).catch(() => [])
      return names.find((other) => other.normalize("NFC") === name.normalize("NFC"))
    }
  })

/** A pattern that begins with the name of a linked directory does lead through the link. */
const isInside = (path: string, directory: string): Effect.Effect<boolean> =>
  Effect.promise(async () => {
    const root = await realpath(directory).catch(() => directory)
    return Paths.isBelow(await realpath(path).catch(() => root), root)
  })
