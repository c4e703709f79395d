// Bundles the command: it needs no node_modules, and loads a part only when it is used. The chunks are CommonJS, because Node 20 keeps
// compiled code only of scripts, not of ES modules (packages/cli/src/start/loadProgram.ts).
import { build, stop, transform } from "esbuild"
import { chmodSync, mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs"
import { basename } from "node:path"
import { fileURLToPath, pathToFileURL } from "node:url"
import { toCommonJs } from "./chunks.mjs"
import { dependencies } from "./dependencies.mjs"

const cli = fileURLToPath(new URL("../packages/cli", import.meta.url))
const dist = `${cli}/dist`

const output = { minify: true, legalComments: "none", platform: "node", target: "node20.19" }
const shared = { ...output, absWorkingDir: cli, bundle: true }

/** What runs first: it prints the version or a help text, or loads the program. */
const bundleBin = (define) =>
  build({ ...shared, entryPoints: ["src/bin.ts"], outfile: "dist/bin.js", format: "cjs", define })

/** The program in chunks; returns the name of the first one. esbuild splits only ES modules, so each chunk is translated afterwards. */
const bundleProgram = async (define) => {
  const { outputFiles } = await build({
    ...shared,
    entryPoints: ["src/Process.ts"],
    outdir: "dist/program",
    // The names change with the content: code is cached by name.
    entryNames: "[name]-[hash]",
    chunkNames: "[name]-[hash]",
    splitting: true,
    write: false,
    minify: false,
    format: "esm",
    // ES modules where a package has them: esbuild can't follow the other kind (UMD) that jsonc-parser has too.
    mainFields: ["module", "main"],
    // A file watcher with a native part, which Effect's file system loads only when a file is watched.
    external: ["@parcel/watcher"],
    plugins: dependencies,
    define
  })
  mkdirSync(`${dist}/program`)
  const chunks = toCommonJs(new Map(outputFiles.map(({ path, text }) => [basename(path), text])))
  await Promise.all([...chunks].map(async ([name, text]) => {
    const { code } = await transform(text, {
      ...output,
      format: "cjs",
      // loadProgram.ts reads these files as ASCII.
      charset: "ascii",
      // Scripts in the code cache have no `import()`.
      supported: { "dynamic-import": false }
    })
    writeFileSync(`${dist}/program/${name}`, `(function(exports,require,module){"use strict";${code}})`)
  }))
  return basename(outputFiles.find(({ path }) => basename(path).startsWith("Process-")).path)
}

/** The help of every command, so that `--help` does not have to load the program. */
const renderHelp = async (define) => {
  const file = `${dist}/help.mjs`
  await build({
    ...shared,
    stdin: {
      contents: `export { commands } from "./src/Cli.ts"
        export { renderAll } from "./src/command-line/help.ts"`,
      resolveDir: cli
    },
    outfile: file,
    format: "esm",
    mainFields: ["module", "main"],
    define,
    plugins: [{
      name: "only what is loaded at once",
      setup: ({ onResolve }) =>
        onResolve(
          { filter: /.*/ },
          ({ kind, path }) => kind === "dynamic-import" ? { path, external: true } : undefined
        )
    }]
  })
  const { commands, renderAll } = await import(pathToFileURL(file).href)
  rmSync(file)
  writeFileSync(`${dist}/help.json`, JSON.stringify(renderAll(commands)))
}

/** Writes `packages/cli/dist`. */
export const bundle = async () => {
  const { version } = JSON.parse(readFileSync(`${cli}/package.json`, "utf8"))
  const define = { ALTIMATE_CODE_VERSION: JSON.stringify(version) }
  rmSync(dist, { recursive: true, force: true })
  mkdirSync(dist)
  writeFileSync(`${dist}/package.json`, JSON.stringify({ type: "commonjs" }))
  await renderHelp(define)
  await bundleBin({ ...define, ALTIMATE_CODE_PROGRAM: JSON.stringify(await bundleProgram(define)) })
  await stop()
  chmodSync(`${dist}/bin.js`, 0o755)
}
