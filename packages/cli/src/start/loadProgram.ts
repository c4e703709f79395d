/** Loads the chunks of the bundle, which `scripts/build.mjs` writes as CommonJS, through the code cache. */
import { closeSync, openSync, readFileSync, readSync } from "node:fs"
import { basename, join } from "node:path"
import { Script } from "node:vm"
import type { CodeCache } from "./codeCache.ts"
import * as Engine from "./engine.ts"

type Wrapper = (exports: object, require: (id: string) => unknown, module: { exports: object }) => void

/** In bytes: more than most chunks and their compiled code take. */
const memorySize = 1024 * 1024

/** Reads a file as `readFileSync` does, but into `memory`: getting memory from the system for each file takes as long as reading it. */
const readText = (path: string, memory: Buffer): string => {
  const file = openSync(path, "r")
  let length = 0
  try {
    // More than once: a test puts a pipe in the place of a file.
    for (let read = -1; read !== 0; length += read) read = readSync(file, memory, length, memory.length - length, null)
  } finally {
    closeSync(file)
  }
  // The bundler writes ASCII only, for which this is much quicker than "utf8".
  return length < memory.length ? memory.toString("latin1", 0, length) : readFileSync(path, "latin1")
}

/** Returns a `require` for the chunks in `directory`. Everything else is required with `requireOther`. */
export const makeRequire = (directory: string, cache: CodeCache, requireOther: (id: string) => unknown) => {
  const loaded = new Map<string, { exports: object }>()
  const uncached = new Map<string, Script>()
  const memory = Buffer.allocUnsafeSlow(memorySize)

  const requireChunk = (id: string): unknown => {
    if (!id.startsWith("./")) return requireOther(id)
    const name = basename(id)
    const known = loaded.get(name)
    if (known !== undefined) return known.exports
    const module = { exports: {} }
    loaded.set(name, module)
    const filename = join(directory, name)
    const source = readText(filename, memory)
    const cachedData = cache.read(name, memory)
    const script = Engine.withStart(() => new Script(source, { filename, ...(cachedData && { cachedData }) }))
    if (cachedData === undefined || script.cachedDataRejected === true) uncached.set(name, script)
    const wrapper = script.runInThisContext() as Wrapper
    wrapper(module.exports, requireChunk, module)
    return module.exports
  }

  // At the end, because V8 keeps only functions that have been compiled by then.
  process.once("exit", () => {
    if (uncached.size === 0) return
    const code = ([name, script]: readonly [string, Script]) => [name, script.createCachedData()] as const
    cache.write(Engine.withStart(() => new Map([...uncached].map(code))))
  })
  return requireChunk
}
