// Builds what is published: the command as one bundle, the libraries as JavaScript with types, and a tarball of each.
import { build, stop } from "esbuild"
import { spawnSync } from "node:child_process"
import { chmodSync, readdirSync, readFileSync, rmSync } from "node:fs"
import { fileURLToPath } from "node:url"

const root = fileURLToPath(new URL("..", import.meta.url))

/** What a program prints is only of interest when it fails. */
const run = (command, args) => {
  const { error, status, stderr, stdout } = spawnSync(command, args, { cwd: root, encoding: "utf8" })
  if (status !== 0) throw error ?? new Error(`${command} ${args.join(" ")}\n${stdout}${stderr}`)
}

/** Ink draws only its last frame if `CI` is set. The screen is shown only on a terminal, so CI does not matter. */
const neverInCi = {
  name: "never in CI",
  setup: ({ onLoad, onResolve }) => {
    onResolve({ filter: /^is-in-ci$/ }, () => ({ path: "is-in-ci", namespace: "never-in-ci" }))
    onLoad({ filter: /.*/, namespace: "never-in-ci" }, () => ({ contents: "export default false" }))
  }
}

/** The command: needs no node_modules, and loads a part only when it is used. */
export const bundle = async () => {
  const cli = `${root}packages/cli`
  const { version } = JSON.parse(readFileSync(`${cli}/package.json`, "utf8"))
  rmSync(`${cli}/dist`, { recursive: true, force: true })
  await build({
    absWorkingDir: cli,
    entryPoints: ["src/bin.ts"],
    outdir: "dist",
    chunkNames: "chunks/[name]-[hash]",
    bundle: true,
    splitting: true,
    minify: true,
    keepNames: false,
    legalComments: "none",
    format: "esm",
    platform: "node",
    target: "node20.19",
    // ES modules where a package has them: esbuild can't follow the other kind (UMD) that jsonc-parser has too.
    mainFields: ["module", "main"],
    // A file watcher with a native part, which Effect's file system loads only when a file is watched; and what Ink loads only
    // when its developers set DEV.
    external: ["@parcel/watcher", "react-devtools-core"],
    plugins: [neverInCi],
    define: {
      ALTIMATE_CODE_VERSION: JSON.stringify(version),
      // React and Ink without what helps to develop them.
      "process.env.NODE_ENV": "\"production\"",
      "process.env.DEV": "\"false\""
    },
    banner: {
      js:
        "import { createRequire as __createRequire } from \"node:module\";const require = __createRequire(import.meta.url);"
    }
  })
  await stop()
  chmodSync(`${cli}/dist/bin.js`, 0o755)
}

/** The libraries: JavaScript and types of each, without leftovers from deleted sources. */
const compile = () => {
  for (const name of readdirSync(`${root}packages`)) {
    rmSync(`${root}packages/${name}/dist`, { recursive: true, force: true })
    rmSync(`${root}packages/${name}/tsconfig.tsbuildinfo`, { force: true })
  }
  run(`${root}node_modules/.bin/tsc`, ["--build"])
}

/** A tarball of each package, by the pnpm that runs this script: it swaps workspace and catalog versions for real ones. */
const pack = () => {
  rmSync(`${root}dist`, { recursive: true, force: true })
  run(process.execPath, [process.env.npm_execpath, "--recursive", "pack", "--pack-destination", `${root}dist`])
  console.log(readdirSync(`${root}dist`).map((name) => `dist/${name}`).join("\n"))
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  compile()
  await bundle()
  pack()
}
