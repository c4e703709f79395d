// What the command is compared with: small programs in programs/, bundled as anyone would bundle a script.
import { build } from "esbuild"
import { readFileSync } from "node:fs"
import { fileURLToPath } from "node:url"

const root = fileURLToPath(new URL("../..", import.meta.url))

/** Each program, and the package whose dependencies it uses. */
const programs = { sdk: "provider", codec: "sandbox", library: "cli" }

/** Bundles the programs into a directory and returns their paths by name. */
export const bundlePrograms = async (directory) => {
  const paths = {}
  for (const [name, packageName] of Object.entries(programs)) {
    const file = fileURLToPath(new URL(`programs/${name}.mjs`, import.meta.url))
    paths[name] = `${directory}/${name}.cjs`
    await build({
      stdin: { contents: readFileSync(file, "utf8"), sourcefile: file, resolveDir: `${root}packages/${packageName}` },
      outfile: paths[name],
      bundle: true,
      minify: true,
      legalComments: "none",
      platform: "node",
      target: "node20.19",
      format: "cjs",
      mainFields: ["module", "main"],
      external: ["@parcel/watcher"]
    })
  }
  return paths
}
