import * as NodeContext from "@effect/platform-node/NodeContext"
import { assert, layer } from "@effect/vitest"
import * as Effect from "effect/Effect"
import { readFileSync, writeFileSync } from "node:fs"
import { join } from "node:path"
import { guideConfig, makeHome } from "../BuiltCli.ts"

layer(NodeContext.layer)("memory", (it) => {
  it.scoped("stays small for new objects, however many are created, and nothing is reported about it", () =>
    Effect.gen(function*() {
      const { home, spawn, writeGlobalConfig } = yield* makeHome
      yield* writeGlobalConfig(guideConfig("https://gateway.test"))
      const file = join(home, "new-space")
      const probe = join(home, "probe.cjs")
      writeFileSync(
        probe,
        `process.on("exit", () => {
          const kept = Array.from({ length: 200_000 }, (_, index) => ({ index }))
          const space = require("v8").getHeapSpaceStatistics().find(({ space_name }) => space_name === "new_space")
          require("fs").writeFileSync(${JSON.stringify(file)}, String(kept.length && space.space_size))
        })`
      )
      const { code, stderr } = yield* spawn(["config", "show"], { env: { NODE_OPTIONS: `--require ${probe}` } })
      assert.strictEqual(stderr, "")
      assert.strictEqual(code, 0)
      assert.isAtMost(Number(readFileSync(file, "utf8")), 2 * 1024 * 1024)
    }))
})
