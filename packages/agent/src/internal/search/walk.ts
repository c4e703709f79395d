/** The files below a directory, and how much there is besides them. */
import * as Effect from "effect/Effect"
import * as Schema from "effect/Schema"
// A few milliseconds at a time: to hand each directory to another thread takes three times as long as to read it here.
import { type Dirent, existsSync, readdirSync, readFileSync, statSync } from "node:fs"
import { basename, dirname } from "node:path"
import { type IgnoreFile, isIgnored, parse } from "./ignoreFile.ts"
import { pause } from "./pause.ts"

/** What is not looked into, by reason: files, or whole directories. */
export interface LeftOut {
  /** By a `.gitignore` file, or installed in `node_modules`. */
  readonly ignored: number
  /** Symbolic links: where they lead is looked at where it is. */
  readonly links: number
  /** Pipes, sockets and devices. */
  readonly special: number
  /** Directories that can't be read. */
  readonly unreadable: number
}

export interface Walked {
  /** Relative to the directory, with `/`, in the order of their paths name by name. */
  readonly files: ReadonlyArray<string>
  readonly leftOut: LeftOut
  /** How many files there are in a directory of which nothing is left out, nor of those in it: to search it is to search them all. */
  readonly whole: ReadonlyMap<string, number>
  /** False: it was ended before all was seen. */
  readonly isComplete: boolean
}

/** After so many milliseconds others get their turn. */
const inARow = 8

/** A larger one was not written by hand. */
const maxIgnoreFile = 1024 * 1024

const join = (directory: string, name: string): string =>
  directory.endsWith("/") ? directory + name : `${directory}/${name}`

/** Never looked into unless it is named: what Git keeps, and what package managers install. */
const isInstalled = (name: string): boolean => name === "node_modules"

/** The directory itself can't be read. */
export class Unlistable extends Schema.TaggedError<Unlistable>()("Unlistable", { message: Schema.String }) {}

interface Directory {
  readonly path: string
  readonly depth: number
  readonly entries: Array<string | Directory>
  /** It was read, and nothing of it is left out but links, pipes and the like. */
  isWhole: boolean
}

export interface Options {
  /** Absolute. */
  readonly directory: string
  /** What those above it, and those below, leave out is left out; undefined: nothing is, but `.git`. */
  readonly ignoring: ReadonlyArray<IgnoreFile> | undefined
  /** After so many files it ends; what is in few directories comes first. */
  readonly maxFiles?: number
  /** How many directories deep, itself included. */
  readonly maxDepth?: number
}

/**
 * Walks until it is interrupted; `walked` is what was found until then. Symbolic links are not followed. A directory with a `.git` in
 * it is a repository of its own: what is ignored above it is not in it.
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
    for (const entry of entries.toSorted((a, b) => a.name < b.name ? -1 : 1)) look(at, path, entry, own)
  }

  const look = (at: Directory, path: string, entry: Dirent, ignoring: ReadonlyArray<IgnoreFile> | undefined) => {
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

  /** Reads directories for a while; answers whether there are no more to read. */
  const readSome = (): boolean => {
    const started = performance.now()
    while (performance.now() - started < inARow) {
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
      pause
    ),
    { until: (isOver) => isOver }
  )

  const walked = (): Walked => ({ ...flatten(root), leftOut: { ...leftOut }, isComplete })
  return { run, walked }
}

const flatten = (root: Directory): Pick<Walked, "files" | "whole"> => {
  const files: Array<string> = []
  const whole = new Map<string, number>()
  /** Whether nothing in it is left out. */
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

/** A pipe by this name is not waited for. */
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
 * The ignore files that hold in a directory, by those of the directories above up to its repository's root; undefined when it is
 * ignored itself: who names it wants to see what is in it.
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
