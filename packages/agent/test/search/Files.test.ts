import * as NodeContext from "@effect/platform-node/NodeContext"
import { assert, layer } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as Files from "../../src/Files.ts"
import { makeProject } from "../workspace.ts"

layer(NodeContext.layer)("The files of a project", (it) => {
  it.scoped("can't be listed in an unreadable directory: the error names it", () =>
    Effect.gen(function*() {
      const { at, put } = yield* makeProject
      yield* put("a.ts", "")
      assert.deepStrictEqual(yield* Files.listMatching(at("."), "*.ts"), ["a.ts"])
      const error = yield* Effect.flip(Files.listMatching(at("nowhere"), "*.ts"))
      assert.strictEqual(error._tag, "FilesError")
      assert.include(error.message, at("nowhere"))
      assert.include(error.message, "ENOENT")
    }))
})
