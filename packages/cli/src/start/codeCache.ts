/**
 * Compiled code of the program in the user's cache directory. V8 loads it in about half of the time that compiling takes.
 * `module.enableCompileCache` does the same, but Node 20 does not have it, and it does not check who can write to its files.
 */
import {
  closeSync,
  fstatSync,
  lstatSync,
  mkdirSync,
  openSync,
  readdirSync,
  readSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync
} from "node:fs"
import { dirname, isAbsolute, join } from "node:path"
import { cachedDataVersionTag } from "node:v8"

/** Compiled code by the name of its chunk. Nothing fails: code that can't be stored is compiled again by the next process. */
export interface CodeCache {
  /** Reads the code into `memory`, if it is large enough, and returns the part of it that the code takes. */
  readonly read: (chunk: string, memory: Buffer) => Buffer | undefined
  /** Stores the code of these chunks; that of other chunks stays. */
  readonly write: (added: ReadonlyMap<string, Buffer>) => void
}

const none: CodeCache = { read: () => undefined, write: () => {} }

/** Anyone who can write to these files decides what the program does. */
const isOnlyOurs = ({ mode, uid }: { readonly mode: number; readonly uid: number }) =>
  uid === process.getuid?.() && (mode & 0o022) === 0

const attempt = <A>(run: () => A): A | undefined => {
  try {
    return run()
  } catch {
    return undefined
  }
}

/** The user who owns the path, or the closest directory above it that exists. */
const ownerOf = (path: string): number | undefined =>
  attempt(() => statSync(path).uid) ?? (dirname(path) === path ? undefined : ownerOf(dirname(path)))

/** Returns `$XDG_CACHE_HOME`, or `~/.cache`. */
const cacheHome = ({ HOME, XDG_CACHE_HOME }: NodeJS.ProcessEnv): string | undefined => {
  if (XDG_CACHE_HOME !== undefined && isAbsolute(XDG_CACHE_HOME)) return XDG_CACHE_HOME
  return HOME !== undefined && isAbsolute(HOME) ? join(HOME, ".cache") : undefined
}

/** How many bytes tell the length of the list at the start of the file. */
const prefixLength = 4

/** The parts of the file in their order, each with its length in bytes. */
type Parts = ReadonlyArray<readonly [chunk: string, length: number]>

const encode = (codes: ReadonlyMap<string, Buffer>): Buffer => {
  const parts: Parts = [...codes].map(([chunk, { length }]) => [chunk, length])
  const list = Buffer.from(JSON.stringify(parts))
  const prefix = Buffer.alloc(prefixLength)
  prefix.writeUInt32LE(list.length)
  return Buffer.concat([prefix, list, ...codes.values()])
}

interface Place {
  readonly position: number
  readonly length: number
}

/** Where the code of each chunk is in the file. */
const readPlaces = (file: number): ReadonlyMap<string, Place> => {
  const prefix = Buffer.alloc(prefixLength)
  readSync(file, prefix, 0, prefixLength, 0)
  const list = Buffer.alloc(Math.min(prefix.readUInt32LE(), fstatSync(file).size))
  readSync(file, list, 0, list.length, prefixLength)
  const places = new Map<string, Place>()
  let position = prefixLength + list.length
  for (const [chunk, length] of JSON.parse(list.toString()) as Parts) {
    places.set(chunk, { position, length })
    position += length
  }
  return places
}

/** Opens the file if it is only ours. It stays open until the process ends. */
const open = (path: string) =>
  attempt(() => {
    const file = openSync(path, "r")
    try {
      if (isOnlyOurs(fstatSync(file))) return { file, places: readPlaces(file) }
    } catch {
      // Not the list that this program writes.
    }
    closeSync(file)
    return undefined
  })

type Opened = NonNullable<ReturnType<typeof open>>

const readPart = ({ file }: Opened, { length, position }: Place, given: Buffer): Buffer | undefined => {
  const memory = length <= given.length ? given : Buffer.alloc(length)
  return attempt(() => readSync(file, memory, 0, length, position)) === length ? memory.subarray(0, length) : undefined
}

/** A copy of all that is stored. */
const readAll = (opened: Opened): ReadonlyMap<string, Buffer> => {
  const codes = new Map<string, Buffer>()
  for (const [chunk, place] of opened.places) {
    const code = readPart(opened, place, Buffer.alloc(0))
    if (code !== undefined) codes.set(chunk, code)
  }
  return codes
}

/**
 * The code cache of this version of the program and of V8: `altimate-code/code/VERSION-TAG` in the cache directory. All code of a program is in
 * one file, because opening a file for each chunk takes as long as loading what is in it. Not used where other users could write to it, nor on
 * Windows, which has no file modes.
 */
export const make = (version: string, program: string, env: NodeJS.ProcessEnv): CodeCache => {
  const base = cacheHome(env)
  if (base === undefined || process.getuid === undefined) return none
  const all = join(base, "altimate-code", "code")
  const directory = join(all, `${version}-${cachedDataVersionTag()}`)
  const path = join(directory, program)
  const isSafe = () => attempt(() => isOnlyOurs(lstatSync(directory))) === true

  const create = () =>
    attempt(() => {
      mkdirSync(directory, { recursive: true, mode: 0o700 })
      for (const name of readdirSync(all)) {
        if (!name.startsWith(`${version}-`)) rmSync(join(all, name), { recursive: true, force: true })
      }
    })

  let isUsable = isSafe()
  const opened = isUsable ? open(path) : undefined
  return {
    read: (chunk, memory) => {
      const place = opened?.places.get(chunk)
      return opened === undefined || place === undefined ? undefined : readPart(opened, place, memory)
    },
    write: (added) => {
      // With `sudo`, the home directory may be another user's, who could not use what root creates there.
      if (!isUsable && ownerOf(directory) === process.getuid?.()) {
        create()
        isUsable = isSafe()
      }
      if (!isUsable) return
      // Opened again: another process may have written it meanwhile.
      const latest = open(path)
      const codes = new Map([...latest === undefined ? [] : readAll(latest), ...added])
      // Renamed when it is complete: other processes may be reading it.
      const temporary = join(directory, `.${program}.${process.pid}`)
      const isWritten = attempt(() => {
        writeFileSync(temporary, encode(codes), { mode: 0o600, flag: "wx" })
        renameSync(temporary, path)
        return true
      })
      if (isWritten !== true) attempt(() => rmSync(temporary, { force: true }))
    }
  }
}
