// Builds what is published: the command as one bundle, the libraries as JavaScript with types, and a tarball of each.
import { spawnSync } from "node:child_process"
import { readdirSync, rmSync } from "node:fs"
import { fileURLToPath } from "node:url"
import { bundle } from "./bundle.mjs"

const root = fileURLToPath(new URL("..", import.meta.url))

/** What a program prints is only of interest when it fails. */
const run = (command, args, env = {}) => {
  const options = { cwd: root, encoding: "utf8", env: { ...process.env, ...env } }
  const { error, status, stderr, stdout } = spawnSync(command, args, options)
  if (status !== 0) throw error ?? new Error(`${command} ${args.join(" ")}\n${stdout}${stderr}`)
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
  run(process.execPath, [process.env.npm_execpath, "--recursive", "pack", "--pack-destination", `${root}dist`], {
    npm_config_pnpmfile: `${root}scripts/pack.cjs`
  })
  console.log(readdirSync(`${root}dist`).map((name) => `dist/${name}`).join("\n"))
}

compile()
await bundle()
pack()
