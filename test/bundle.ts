/** Programs in TypeScript that tests run as processes. */
import * as Effect from "effect/Effect"
import { build } from "esbuild"
import { fileURLToPath } from "node:url"

/** Bundles the program into `outfile`, which Node can run, and returns `outfile`. */
export const bundle = (program: URL, outfile: string): Effect.Effect<string> =>
  Effect.promise(() =>
    build({
      entryPoints: [fileURLToPath(program)],
      outfile,
      bundle: true,
      platform: "node",
      format: "esm",
      mainFields: ["module", "main"],
      external: ["@parcel/watcher"],
      banner: { js: "import { createRequire } from 'node:module'; const require = createRequire(import.meta.url)" }
    })
  ).pipe(Effect.as(outfile))
