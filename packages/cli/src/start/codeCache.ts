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
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync
} from "node:fs"
import { dirname, isAbsolute, join } from "node:path"
import { cachedDataVersionTag } from "node:v8"

/** Compiled code by the name of its chunk. Nothing fails: code that can't be stored is compiled again by the next process. */
export interface CodeCache {
  readonly read: (chunk: string) => Buffer | undefined
  readonly write: (chunk: string, data: Buffer) => void
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

/**
 * The code cache of this version of the program and of V8: `altimate-code/code/VERSION-TAG` in the cache directory. Not used where other
 * users could write to it, nor on Windows, which has no file modes.
 */
export const make = (version: string, env: NodeJS.ProcessEnv): CodeCache => {
  const base = cacheHome(env)
  if (base === undefined || process.getuid === undefined) return none
  const all = join(base, "altimate-code", "code")
  const directory = join(all, `${version}-${cachedDataVersionTag()}`)
  const isSafe = () => attempt(() => isOnlyOurs(lstatSync(directory))) === true

  const create = () =>
    attempt(() => {
      mkdirSync(directory, { recursive: true, mode: 0o700 })
      for (const name of readdirSync(all)) {
        if (!name.startsWith(`${version}-`)) rmSync(join(all, name), { recursive: true, force: true })
      }
    })

  let isUsable = isSafe()
  return {
    read: (chunk) => {
      if (!isUsable) return undefined
      return attempt(() => {
        const file = openSync(join(directory, chunk), "r")
        try {
          return isOnlyOurs(fstatSync(file)) ? readFileSync(file) : undefined
        } finally {
          closeSync(file)
        }
      })
    },
    write: (chunk, data) => {
      // With `sudo`, the home directory may be another user's, who could not use what root creates there.
      if (!isUsable && ownerOf(directory) === process.getuid?.()) {
        create()
        isUsable = isSafe()
      }
      if (!isUsable) return
      // Renamed when it is complete: other processes may be reading it.
      const temporary = join(directory, `.${chunk}.${process.pid}`)
      const isWritten = attempt(() => {
        writeFileSync(temporary, data, { mode: 0o600, flag: "wx" })
        renameSync(temporary, join(directory, chunk))
        return true
      })
      if (isWritten !== true) attempt(() => rmSync(temporary, { force: true }))
    }
  }
}
