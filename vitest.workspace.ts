import { availableParallelism } from "node:os"
import { defineConfig } from "vitest/config"

// Most tests wait for a process or a socket: with as many workers as processors, a third of the processors' time is idle.
const workers = Math.ceil(availableParallelism() * 1.5)

export default defineConfig({
  test: {
    // A worker loads Effect and the AWS SDK once, not once in every file. So no test may leave its process changed, e.g. by `vi.mock`.
    isolate: false,
    // Both limits, because tinypool reports a worker that it ends for being idle as crashed.
    minWorkers: workers,
    maxWorkers: workers,
    projects: [
      {
        test: {
          name: "packages",
          include: ["packages/*/test/**/*.test.ts"],
          isolate: false,
          testTimeout: 30_000,
          // The AWS SDK warns about Node 20 once in every worker; the command is tested with the warning on.
          // Gateways of tests are on this machine, whatever proxy the developer's environment names.
          env: { AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED: "true", no_proxy: "*" }
        }
      }
    ]
  }
})
