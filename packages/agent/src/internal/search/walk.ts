/** Walks a directory and counts what it skips. */
import * as Effect from "effect/Effect"
import * as Schema from "effect/Schema"
// Synchronous in short time slices, because asynchronous calls take three times as long.
import { type Dirent, existsSync, readdirSync, readFileSync, statSync } from "node:fs"
import { basename, dirname } from "node:path"
import { type IgnoreFile, isIgnored, parse } from "./ignoreFile.ts"
import { yieldToEventLoop } from "./yieldToEventLoop.ts"

/** The number of files and directories that were skipped, by reason. */
export interface Skipped {
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
  readonly skipped: Skipped
  /** The number of files in each directory in which nothing was skipped, so that it can be passed to ripgrep by its name. */
  readonly completeDirectories: ReadonlyMap<string, number>
  /** False if the walk was interrupted. */
  readonly isComplete: boolean
}

/** How long the walk blocks the event loop at a time, in milliseconds. */
const timeSlice = 8

/** Larger ignore files are not read. In bytes. */
const maxIgnoreFileSize = 1024 * 1024

const join = (directory: string, name: string): string =>
  directory.endsWith("/") ? directory + name : `${directory}/${name}`

/** Whether it contains installed packages, which are skipped unless they are named. */
const isInstalled = (name: string): boolean => name === "node_modules"

/** The root directory of the walk can't be read. */
export class UnreadableRoot
  extends Schema.TaggedError<UnreadableRoot>()("UnreadableRoot", { message: Schema.String })
{}

interface Directory {
  readonly path: string
  readonly depth: number
  readonly entries: Array<string | Directory>
  /** Whether it was read and nothing in it was skipped. */
  isWhole: boolean
}

export interface Options {
  /** Absolute. */
  readonly directory: string
  /** The ignore files of the directories above; `undefined` ignores nothing except `.git`. */
  readonly ignoring: ReadonlyArray<IgnoreFile> | undefined
  /** The walk, which is breadth-first, ends after this many files. */
  readonly maxFiles?: number
  /** Maximum depth, including the root directory. */
  readonly maxDepth?: number
}

/**
 * Makes a walk that may be interrupted; `walked` returns what it has found so far. Symbolic links are not followed. A directory that
 * contains `.git` is a separate repository, to which the ignore files above do not apply.
 */
export const makeWalk = ({ directory, ignoring, maxDepth = Infinity, maxFiles = Infinity }: Options) => {
  const skipped = { ignored: 0, links: 0, special: 0, unreadable: 0 }
  const root: Directory = { path: "", depth: 1, entries: [], isWhole: false }
  const queue: Array<readonly [Directory, ReadonlyArray<IgnoreFile> | undefined]> = [[root, ignoring]]
  let index = 0
  let files = 0
  let isComplete = false

  const read = (at: Directory, outer: ReadonlyArray<IgnoreFile> | undefined) => {
    const path = at === root ? directory : join(directory, at.path)
    const entries = readdirSync(path, { withFileTypes: true })
    at.isWhole = true
    const inner = outer === undefined ? undefined : findIgnoreFiles(path, entries, outer)
    for (const entry of entries.toSorted((a, b) => a.name < b.name ? -1 : 1)) addEntry(at, path, entry, inner)
  }

  const addEntry = (at: Directory, path: string, entry: Dirent, ignoring: ReadonlyArray<IgnoreFile> | undefined) => {
    const { name } = entry
    if (name === ".git") {
      at.isWhole = false
      return
    }
    const isDirectory = entry.isDirectory()
    const isSkipped = ignoring !== undefined &&
      ((isDirectory && isInstalled(name)) || isIgnored(ignoring, path, name, isDirectory))
    if (isSkipped) {
      skipped.ignored += 1
      at.isWhole = false
    } else if (isDirectory) {
      const path = at.path === "" ? name : `${at.path}/${name}`
      const below: Directory = { path, depth: at.depth + 1, entries: [], isWhole: false }
      at.entries.push(below)
      if (at.depth < maxDepth) queue.push([below, ignoring])
    } else if (entry.isFile()) {
      at.entries.push(name)
      files += 1
    } else if (entry.isSymbolicLink()) skipped.links += 1
    else skipped.special += 1
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
        skipped.unreadable += 1
      }
    }
    return false
  }

  const run = Effect.repeat(
    Effect.zipLeft(
      Effect.try({
        try: readSome,
        catch: (error) => new UnreadableRoot({ message: error instanceof Error ? error.message : String(error) })
      }),
      yieldToEventLoop
    ),
    { until: (isOver) => isOver }
  )

  const walked = (): Walked => ({ ...flatten(root), skipped: { ...skipped }, isComplete })
  return { run, walked }
}

const flatten = (root: Directory): Pick<Walked, "files" | "completeDirectories"> => {
  const files: Array<string> = []
  const completeDirectories = new Map<string, number>()
  /** Adds the files of a directory. Returns whether nothing in it was skipped. */
  const add = ({ entries, isWhole, path }: Directory): boolean => {
    const before = files.length
    let isAll = isWhole
    for (const entry of entries) {
      if (typeof entry !== "string") isAll = add(entry) && isAll
      else files.push(path === "" ? entry : `${path}/${entry}`)
    }
    if (isAll) completeDirectories.set(path, files.length - before)
    return isAll
  }
  add(root)
  return { files, completeDirectories }
}

const findIgnoreFiles = (
  directory: string,
  entries: ReadonlyArray<Dirent>,
  outer: ReadonlyArray<IgnoreFile>
): ReadonlyArray<IgnoreFile> => {
  const inherited = entries.some(({ name }) => name === ".git") ? [] : outer
  const own = entries.some(({ name }) => name === ".gitignore") ? readIgnoreFile(directory) : undefined
  return own === undefined ? inherited : [...inherited, own]
}

/** Reads only a regular file, because a pipe with this name would block. */
const readIgnoreFile = (directory: string): IgnoreFile | undefined => {
  const path = join(directory, ".gitignore")
  try {
    const stats = statSync(path)
    return stats.isFile() && stats.size <= maxIgnoreFileSize ? parse(directory, readFileSync(path, "utf8")) : undefined
  } catch {
    return undefined
  }
}

/**
 * Finds the ignore files of the parent directories, up to the repository's root; `undefined` if the directory itself is ignored, because a
 * caller that names such a directory expects to see its content.
 */
export const findIgnoreFilesAbove = (directory: string): ReadonlyArray<IgnoreFile> | undefined => {
  const name = basename(directory)
  const above = dirname(directory)
  if (isInstalled(name) || name === ".git") return undefined
  if (above === directory || existsSync(join(directory, ".git"))) return []
  const outer = findIgnoreFilesAbove(above)
  if (outer === undefined) return undefined
  const own = readIgnoreFile(above)
  const files = own === undefined ? outer : [...outer, own]
  return isIgnored(files, above, name, true) ? undefined : files
}
