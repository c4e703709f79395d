/** Walks a directory and counts what it skips. */
import * as Effect from "effect/Effect"
import * as Schema from "effect/Schema"
// Synchronous, a few milliseconds at a time: the asynchronous calls take three times as long.
import { type Dirent, existsSync, readdirSync, readFileSync, statSync } from "node:fs"
import { basename, dirname } from "node:path"
import { type IgnoreFile, isIgnored, parse } from "./ignoreFile.ts"
import { yieldToEventLoop } from "./yieldToEventLoop.ts"

/** How many files or whole directories are skipped, by reason. */
export interface LeftOut {
  /** Ignored by a `.gitignore` file, or in `node_modules`. */
  readonly ignored: number
  /** Symbolic links. */
  readonly links: number
  /** Pipes, sockets and devices. */
  readonly special: number
  /** Directories that can't be read. */
  readonly unreadable: number
}

export interface Walked {
  /** Relative to the directory, with `/`, sorted by name at each level. */
  readonly files: ReadonlyArray<string>
  readonly leftOut: LeftOut
  /** The number of files in each directory below which nothing was skipped, so that it can be searched as a whole. */
  readonly whole: ReadonlyMap<string, number>
  /** False if the walk was interrupted. */
  readonly isComplete: boolean
}

/** How long the walk blocks the event loop at a time, in milliseconds. */
const timeSlice = 8

/** Larger files were not written by hand. */
const maxIgnoreFile = 1024 * 1024

const join = (directory: string, name: string): string =>
  directory.endsWith("/") ? directory + name : `${directory}/${name}`

/** Directories of installed packages are skipped unless they are named. */
const isInstalled = (name: string): boolean => name === "node_modules"

/** The root directory of the walk can't be read. */
export class Unlistable extends Schema.TaggedError<Unlistable>()("Unlistable", { message: Schema.String }) {}

interface Directory {
  readonly path: string
  readonly depth: number
  readonly entries: Array<string | Directory>
  /** It was read, and no files or directories in it were skipped. */
  isWhole: boolean
}

export interface Options {
  /** Absolute. */
  readonly directory: string
  /** The ignore files of the directories above; `undefined` ignores nothing except `.git`. */
  readonly ignoring: ReadonlyArray<IgnoreFile> | undefined
  /** The walk ends after this many files. It is breadth-first. */
  readonly maxFiles?: number
  /** Maximum depth, including the root directory. */
  readonly maxDepth?: number
}

/**
 * Makes a walk that may be interrupted; `walked` returns what it has found so far. Symbolic links are not followed. A directory that
 * contains `.git` is a separate repository, to which the ignore files above do not apply.
 */
export const makeWalk = ({ directory, ignoring, maxDepth = Infinity, maxFiles = Infinity }: Options) => {
  const leftOut = { ignored: 0, links: 0, special: 0, unreadable: 0 }
  const root: Directory = { path: "", depth: 1, entries: [], isWhole: false }
  const queue: Array<readonly [Directory, ReadonlyArray<IgnoreFile> | undefined]> = [[root, ignoring]]
  let index = 0
  let files = 0
  let isComplete = false

  const read = (at: Directory, outer: ReadonlyArray<IgnoreFile> | undefined) => {
    const path = at === root ? directory : join(directory, at.path)
    const entries = readdirSync(path, { withFileTypes: true })
    at.isWhole = true
    const own = outer === undefined ? undefined : ignoringIn(path, entries, outer)
    for (const entry of entries.toSorted((a, b) => a.name < b.name ? -1 : 1)) addEntry(at, path, entry, own)
  }

  const addEntry = (at: Directory, path: string, entry: Dirent, ignoring: ReadonlyArray<IgnoreFile> | undefined) => {
    const { name } = entry
    if (name === ".git") {
      at.isWhole = false
      return
    }
    const isDirectory = entry.isDirectory()
    const isLeftOut = ignoring !== undefined &&
      ((isDirectory && isInstalled(name)) || isIgnored(ignoring, path, name, isDirectory))
    if (isLeftOut) {
      leftOut.ignored += 1
      at.isWhole = false
    } else if (isDirectory) {
      const path = at.path === "" ? name : `${at.path}/${name}`
      const below: Directory = { path, depth: at.depth + 1, entries: [], isWhole: false }
      at.entries.push(below)
      if (at.depth < maxDepth) queue.push([below, ignoring])
    } else if (entry.isFile()) {
      at.entries.push(name)
      files += 1
    } else if (entry.isSymbolicLink()) leftOut.links += 1
    else leftOut.special += 1
  }

  /** Reads directories for one time slice; returns whether the walk has ended. */
  const readSome = (): boolean => {
    const started = performance.now()
    while (performance.now() - started < timeSlice) {
      const [at, ignoring] = queue[index] ?? []
      isComplete = at === undefined
      if (at === undefined || files >= maxFiles) return true
      index += 1
      try {
        read(at, ignoring)
      } catch (error) {
        if (at === root) throw error
        leftOut.unreadable += 1
      }
    }
    return false
  }

  const run = Effect.repeat(
    Effect.zipLeft(
      Effect.try({
        try: readSome,
        catch: (error) => new Unlistable({ message: error instanceof Error ? error.message : String(error) })
      }),
      yieldToEventLoop
    ),
    { until: (isOver) => isOver }
  )

  const walked = (): Walked => ({ ...flatten(root), leftOut: { ...leftOut }, isComplete })
  return { run, walked }
}

const flatten = (root: Directory): Pick<Walked, "files" | "whole"> => {
  const files: Array<string> = []
  const whole = new Map<string, number>()
  /** Returns whether nothing in the directory was skipped. */
  const add = ({ entries, isWhole, path }: Directory): boolean => {
    const before = files.length
    let isAll = isWhole
    for (const entry of entries) {
      if (typeof entry !== "string") isAll = add(entry) && isAll
      else files.push(path === "" ? entry : `${path}/${entry}`)
    }
    if (isAll) whole.set(path, files.length - before)
    return isAll
  }
  add(root)
  return { files, whole }
}

const ignoringIn = (
  directory: string,
  entries: ReadonlyArray<Dirent>,
  outer: ReadonlyArray<IgnoreFile>
): ReadonlyArray<IgnoreFile> => {
  const inherited = entries.some(({ name }) => name === ".git") ? [] : outer
  const own = entries.some(({ name }) => name === ".gitignore") ? readIgnoreFile(directory) : undefined
  return own === undefined ? inherited : [...inherited, own]
}

/** Reads only regular files: a pipe with this name would block. */
const readIgnoreFile = (directory: string): IgnoreFile | undefined => {
  const path = join(directory, ".gitignore")
  try {
    const stats = statSync(path)
    return stats.isFile() && stats.size <= maxIgnoreFile ? parse(directory, readFileSync(path, "utf8")) : undefined
  } catch {
    return undefined
  }
}

/**
 * The ignore files of the directories above, up to the repository's root; `undefined` if the directory itself is ignored, because a
 * caller that names it wants to see its content.
 */
export const ignoringAt = (directory: string): ReadonlyArray<IgnoreFile> | undefined => {
  const name = basename(directory)
  const above = dirname(directory)
  if (isInstalled(name) || name === ".git") return undefined
  if (above === directory || existsSync(join(directory, ".git"))) return []
  const outer = ignoringAt(above)
  if (outer === undefined) return undefined
  const own = readIgnoreFile(above)
  const files = own === undefined ? outer : [...outer, own]
  return isIgnored(files, above, name, true) ? undefined : files
}
