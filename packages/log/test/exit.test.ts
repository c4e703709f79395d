import * as NodeContext from "@effect/platform-node/NodeContext"
import * as FileSystem from "@effect/platform/FileSystem"
import { assert, layer } from "@effect/vitest"
import * as Effect from "effect/Effect"
import { spawnSync } from "node:child_process"
import { join } from "node:path"
import { bundle } from "../../../test/bundle.ts"

layer(NodeContext.layer)("A process that ends before its log is written", (it) => {
  for (const [how, status] of [["exit", 3], ["crash", 1]] as const) {
    it.scoped(`loses no lines (${how})`, () =>
      Effect.gen(function*() {
        const fs = yield* FileSystem.FileSystem
        const directory = yield* fs.makeTempDirectoryScoped()
        const logs = join(directory, "log")
        const script = yield* bundle(new URL("process/exitEarly.ts", import.meta.url))
        const result = spawnSync(process.execPath, [script, logs, how], { encoding: "utf8" })
        assert.strictEqual(result.status, status, result.stderr)
        const [name = ""] = yield* fs.readDirectory(logs)
        const text = yield* fs.readFileString(join(logs, name))
        assert.match(text, /^INFO .* one\nINFO .* two\nINFO .* three\n$/)
        assert.include(result.stderr, text)
      }))
  }
})
