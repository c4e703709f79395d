import { availableParallelism } from "node:os"
import { defineConfig } from "vitest/config"

// Most tests wait for a process or a socket: with as many workers as processors, a third of the processors' time is idle.
const workers = Math.ceil(availableParallelism() * 1.5)

/** Files that change something of their process for good: a module that they replace, or the terminal. */
const isolated = ["packages/network/test/stalled.test.ts"]

const shared = {
  testTimeout: 30_000,
  // The AWS SDK warns about Node 20 once in every worker; the command is tested with the warning on.
  // Gateways of tests are on this machine, whatever proxy the developer's environment names.
  env: { AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED: "true", no_proxy: "*" }
}

export default defineConfig({
  test: {
    // As many at least as at most: tinypool ends idle workers that still hold modules, and reports them as crashed.
    minWorkers: workers,
    maxWorkers: workers,
    projects: [
      {
        test: {
          ...shared,
          name: "packages",
          include: ["packages/*/test/**/*.test.ts"],
          exclude: isolated,
          // A worker loads Effect and the AWS SDK once, not once in every file.
          isolate: false
        }
      },
      { test: { ...shared, name: "isolated", include: isolated } }
    ]
  }
})
