// Builds, runs every test against what was built, and leaves the runner's own report for CI.
import { spawnSync } from "node:child_process"
import { fileURLToPath } from "node:url"

const root = fileURLToPath(new URL("..", import.meta.url))
const node = (args) => {
  const { status } = spawnSync(process.execPath, args, { cwd: root, stdio: "inherit" })
  if (status !== 0) process.exit(status ?? 1)
}

node(["scripts/build.mjs"])
node([
  "node_modules/vitest/vitest.mjs",
  "run",
  "--config",
  "vitest.workspace.ts",
  "--reporter=default",
  "--reporter=json",
  "--outputFile.json=.vitest/report.json",
  ...process.argv.slice(2)
])
