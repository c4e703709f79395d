/** Programs in TypeScript that tests run as processes. */
import * as Effect from "effect/Effect"
import { build } from "esbuild"
import { renameSync } from "node:fs"
import { parse } from "node:path"
import { fileURLToPath } from "node:url"

const directory = fileURLToPath(new URL("../node_modules/.cache/test-programs", import.meta.url))

/** What this worker has bundled, by its URL: a file of tests that runs a program many times bundles it once. */
const bundled = new Map<string, Promise<string>>()

/** Bundles the program into a file that Node can run, and returns the path of that file. */
export const bundle = (program: URL): Effect.Effect<string> =>
  Effect.promise(() => {
    const done = bundled.get(program.href) ?? buildProgram(fileURLToPath(program))
    bundled.set(program.href, done)
    return done
  })

const buildProgram = async (program: string) => {
  const outfile = `${directory}/${parse(program).name}.mjs`
  // Another worker may be running the program meanwhile.
  const unfinished = `${outfile}.${process.pid}.${performance.now()}`
  await build({
    entryPoints: [program],
    outfile: unfinished,
    bundle: true,
    platform: "node",
    format: "esm",
    mainFields: ["module", "main"],
    external: ["@parcel/watcher"],
    banner: { js: "import { createRequire } from 'node:module'; const require = createRequire(import.meta.url)" }
  })
  renameSync(unfinished, outfile)
  return outfile
}
