// Types, Effect's own diagnostics, lint, format, and generated files: everything that is checked without running a test.
import { spawnSync } from "node:child_process"
import { readdirSync } from "node:fs"
import { fileURLToPath } from "node:url"

const root = fileURLToPath(new URL("..", import.meta.url))
const packages = readdirSync(`${root}packages`)

const checks = [
  ["types", ["tsc", "--build"]],
  ["types of tests", ["tsc", "--project", "tsconfig.tests.json"]],
  ...packages.map((
    name
  ) => [`Effect in ${name}`, [
    "effect-tsgo",
    "diagnostics",
    "--project",
    `packages/${name}/tsconfig.json`,
    "--strict"
  ]]),
  ["floors and generated files", ["vitest", "run", "--config", "vitest.workspace.ts", "floors", "ConfigFile"]],
  ["lint", ["oxlint", "--deny-warnings"]],
  ["format", ["dprint", "check"]]
]

const failed = checks.filter(([name, [command, ...args]]) => {
  const { status, stdout, stderr, error } = spawnSync(`${root}node_modules/.bin/${command}`, args, {
    cwd: root,
    encoding: "utf8"
  })
  console.log(`${status === 0 ? "ok    " : "FAILED"} ${name}`)
  if (status !== 0) console.log(error?.message ?? `${stdout}${stderr}`)
  return status !== 0
})

process.exit(failed.length === 0 ? 0 : 1)
