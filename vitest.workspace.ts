import { availableParallelism } from "node:os"
import { defineConfig } from "vitest/config"

export default defineConfig({
  test: {
    // Most tests wait for a process or a socket: with as many workers as processors, a third of the processors' time is idle.
    maxWorkers: Math.ceil(availableParallelism() * 1.5),
    projects: [
      {
        test: {
          name: "packages",
          include: ["packages/*/test/**/*.test.ts"],
          testTimeout: 30_000,
          // The AWS SDK warns about Node 20 once in every worker; the command is tested with the warning on.
          // And whoever works behind a proxy has the gateways of tests on this machine all the same.
          env: { AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED: "true", no_proxy: "*" }
        }
      }
    ]
  }
})
