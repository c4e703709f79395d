/** Loads the chunks of the bundle, which `scripts/build.mjs` writes as CommonJS, through the code cache. */
import { readFileSync } from "node:fs"
import { basename, join } from "node:path"
import { Script } from "node:vm"
import type { CodeCache } from "./codeCache.ts"
import * as Engine from "./engine.ts"

type Wrapper = (exports: object, require: (id: string) => unknown, module: { exports: object }) => void

/** Returns a `require` for the chunks in `directory`. Everything else is required with `requireOther`. */
export const makeRequire = (directory: string, cache: CodeCache, requireOther: (id: string) => unknown) => {
  const loaded = new Map<string, { exports: object }>()
  const uncached = new Map<string, Script>()

  const requireChunk = (id: string): unknown => {
    if (!id.startsWith("./")) return requireOther(id)
    const name = basename(id)
    const known = loaded.get(name)
    if (known !== undefined) return known.exports
    const module = { exports: {} }
    loaded.set(name, module)
    const filename = join(directory, name)
    const cachedData = cache.read(name)
    // The bundler writes ASCII only, for which this is much quicker than "utf8".
    const source = readFileSync(filename, "latin1")
    const script = Engine.withStart(() => new Script(source, { filename, ...(cachedData && { cachedData }) }))
    if (cachedData === undefined || script.cachedDataRejected === true) uncached.set(name, script)
    const wrapper = script.runInThisContext() as Wrapper
    wrapper(module.exports, requireChunk, module)
    return module.exports
  }

  // At the end, because V8 keeps only functions that have been compiled by then.
  process.once("exit", () => {
    uncached.forEach((script, name) => cache.write(name, Engine.withStart(() => script.createCachedData())))
  })
  return requireChunk
}
