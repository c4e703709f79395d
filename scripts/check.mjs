// Types, Effect's own diagnostics, lint, format, and generated files: everything that is checked without running a test.
import { spawn } from "node:child_process"
import { availableParallelism } from "node:os"
import { fileURLToPath } from "node:url"

const root = fileURLToPath(new URL("..", import.meta.url))

const checks = [
  ["types", ["tsc", "--build"]],
  ["types of tests", ["tsc", "--project", "tsconfig.tests.json"]],
  // With all packages, which the command's own refers to.
  ["Effect", ["effect-tsgo", "diagnostics", "--project", "packages/cli/tsconfig.json", "--strict"]],
  ["floors and generated files", ["vitest", "run", "--config", "vitest.workspace.ts", "floors", "ConfigFile"]],
  ["lint", ["oxlint", "--deny-warnings"]],
  ["format", ["dprint", "check"]]
]

/** Its output is only of interest when it fails. */
const run = (name, [command, ...args]) =>
  new Promise((resolve) => {
    const child = spawn(`${root}node_modules/.bin/${command}`, args, { cwd: root })
    let output = ""
    child.stdout.setEncoding("utf8").on("data", (text) => output += text)
    child.stderr.setEncoding("utf8").on("data", (text) => output += text)
    child.on("error", (error) => output += error.message)
    child.on("close", (code) => {
      console.log(`${code === 0 ? "ok    " : "FAILED"} ${name}`)
      if (code !== 0) console.log(output)
      resolve(code === 0)
    })
  })

// The others read what the first one builds.
const [types, ...others] = checks
const isTyped = await run(...types)
const waiting = others.values()
const work = async () => {
  let isFine = true
  for (const check of waiting) isFine = await run(...check) && isFine
  return isFine
}
const outcomes = await Promise.all(Array.from({ length: availableParallelism() }, work))

process.exit(isTyped && outcomes.every(Boolean) ? 0 : 1)
