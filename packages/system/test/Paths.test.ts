import * as NodeContext from "@effect/platform-node/NodeContext"
import * as FileSystem from "@effect/platform/FileSystem"
import { assert, describe, it, layer } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as FastCheck from "effect/FastCheck"
import { join } from "node:path"
import * as Paths from "../src/Paths.ts"
import { temporary } from "./temporary.ts"

const names = FastCheck.array(FastCheck.constantFrom("a", "..b", "c d", "..."), { maxLength: 4 })

describe("Paths", () => {
  it("isBelow compares whole path segments", () => {
    FastCheck.assert(FastCheck.property(names, names, (above, below) => {
      const directory = join("/", ...above)
      const path = join(directory, ...below)
      assert.isTrue(Paths.isBelow(path, directory))
      assert.strictEqual(Paths.isBelow(directory, path), below.length === 0)
      assert.strictEqual(Paths.isBelow(`${directory}x`, directory), directory === "/")
      assert.deepStrictEqual(Paths.descend(directory, path).length, below.length + 1)
      assert.deepStrictEqual(
        Paths.descend("/", path),
        Paths.ascend(path).toReversed()
      )
    }))
    assert.deepStrictEqual(Paths.descend("/a/b", "/a/c"), ["/a/c"])
  })

  it("expandHome expands only a tilde that is the whole first segment", () => {
    assert.deepStrictEqual(["~", "~/x", "~x", "a/~", "/~"].map((path) => Paths.expandHome(path, "/home/me")), [
      "/home/me",
      "/home/me/x",
      "~x",
      "a/~",
      "/~"
    ])
  })
})

layer(NodeContext.layer, { excludeTestServices: true })("A real path", (it) => {
  it.scoped("is the path that a write would change", () =>
    Effect.gen(function*() {
      const fs = yield* FileSystem.FileSystem
      const directory = yield* temporary
      yield* fs.makeDirectory(`${directory}/real/inner`, { recursive: true })
      yield* fs.symlink("real", `${directory}/link`)
      yield* fs.symlink("../link/new", `${directory}/real/dangling`)
      yield* fs.symlink("dangling", `${directory}/real/twice`)
      for (
        const [path, expected] of [
          ["link/inner", "real/inner"],
          ["link/not/yet", "real/not/yet"],
          ["link/dangling", "real/new"],
          ["link/twice", "real/new"],
          ["link/twice/below", "real/new/below"]
        ] as const
      ) {
        assert.strictEqual(yield* Paths.realPath(`${directory}/${path}`), `${directory}/${expected}`)
        assert.strictEqual(yield* Paths.resolveLinks(`${directory}/${path}`), `${directory}/${expected}`)
        assert.strictEqual(Paths.resolveLinksSync(`${directory}/${path}`), `${directory}/${expected}`)
      }
      assert.strictEqual(yield* Paths.realPath("/"), "/")
      assert.strictEqual(Paths.resolveLinksSync("/"), "/")
    }))

  it.scoped("does not exist for links that form a circle", () =>
    Effect.gen(function*() {
      const fs = yield* FileSystem.FileSystem
      const directory = yield* temporary
      yield* fs.symlink("b", `${directory}/a`)
      yield* fs.symlink("a", `${directory}/b`)
      const error = yield* Effect.flip(Paths.realPath(`${directory}/a/x`))
      assert.include(error.message, "ELOOP")
      assert.strictEqual(yield* Paths.resolveLinks(`${directory}/a/x`), `${directory}/a/x`)
      assert.strictEqual(Paths.resolveLinksSync(`${directory}/a/x`), `${directory}/a/x`)
    }))
})
