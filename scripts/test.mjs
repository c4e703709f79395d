// Builds, runs every test against what was built, and leaves the runner's own report for CI. With `--node 24` it runs the tests
// of the command that was built before, and the command on that version of Node, which comes from npm.
import { spawnSync } from "node:child_process"
import { fileURLToPath } from "node:url"

const root = fileURLToPath(new URL("..", import.meta.url))
const run = (command, args, options) => {
  const { status, stdout } = spawnSync(command, args, { cwd: root, stdio: "inherit", encoding: "utf8", ...options })
  if (status !== 0) process.exit(status ?? 1)
  return stdout
}

const [flag, version, ...others] = process.argv.slice(2)
const isOtherNode = flag === "--node"
const filters = isOtherNode
  ? ["guide", "login", "run", ...others].map((name) => `packages/cli/test/process/${name}`)
  : process.argv.slice(2)
const env = isOtherNode
  ? {
    ...process.env,
    ALTIMATE_CODE_TEST_NODE: run("npx", ["-y", "-p", `node@${version}`, "node", "-p", "process.execPath"], {
      stdio: ["ignore", "pipe", "inherit"]
    }).trim()
  }
  : process.env

if (!isOtherNode) run(process.execPath, ["scripts/build.mjs"])
run(process.execPath, [
  "node_modules/vitest/vitest.mjs",
  "run",
  "--config",
  "vitest.workspace.ts",
  "--reporter=default",
  "--reporter=json",
  `--outputFile.json=.vitest/report${isOtherNode ? `-${version}` : ""}.json`,
  ...filters
], { env })
