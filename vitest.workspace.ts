import { availableParallelism } from "node:os"
import { defineConfig } from "vitest/config"

// Most tests wait for a process or a socket: with as many workers as processors, a third of the processors' time is idle.
const workers = Math.ceil(availableParallelism() * 1.5)

const shared = {
  // They only end a test that hangs: however busy the machine is, every other test passes.
  testTimeout: 300_000,
  hookTimeout: 300_000,
  // The AWS SDK warns about Node 20 once in every worker; the command is tested with the warning on.
  // Gateways of tests are on this machine, whatever proxy the developer's environment names.
  env: { AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED: "true", no_proxy: "*" }
}

// In a worker that has run other files, `TestClock` is sometimes missing from `it.effect` (effect 3.22, @effect/vitest 0.30, vitest 3.2).
const withTestClock = [
  "packages/agent/test/search/describeSkipped.test.ts",
  "packages/agent/test/turn/savePoint.test.ts",
  "packages/auth/test/AwsCredentialsInTime.test.ts",
  "packages/auth/test/Processes.test.ts",
  "packages/provider/test/transport/{faults,readInterval,readLimit,RetryPolicy}.test.ts",
  "packages/system/test/FileLock.test.ts",
  "packages/tui/test/actions/performer.test.ts"
]

export default defineConfig({
  test: {
    poolOptions: {
      // A worker loads Effect and the AWS SDK once, not once in every file. So no test may leave its process changed, e.g. by `vi.mock`.
      // Both limits, because tinypool reports a worker that it ends for being idle as crashed.
      // With V8's default of 16 MiB for young objects, a quarter of the tests' time is garbage collection.
      forks: { isolate: false, execArgv: ["--max-semi-space-size=64"], minForks: workers, maxForks: workers },
      // Beside the others: both pools run at the same time.
      threads: { isolate: true, minThreads: 1, maxThreads: 1 }
    },
    projects: [
      {
        test: {
          ...shared,
          name: "packages",
          include: ["packages/*/test/**/*.test.ts"],
          exclude: withTestClock,
          pool: "forks"
        }
      },
      { test: { ...shared, name: "test clock", include: withTestClock, pool: "threads" } }
    ]
  }
})
