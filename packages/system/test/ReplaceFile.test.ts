import * as NodeContext from "@effect/platform-node/NodeContext"
import * as FileSystem from "@effect/platform/FileSystem"
import { assert, layer } from "@effect/vitest"
import * as Effect from "effect/Effect"
import { replaceFile } from "../src/ReplaceFile.ts"
import { temporary } from "./temporary.ts"

const bits = (file: string) =>
  Effect.flatMap(FileSystem.FileSystem, (fs) => Effect.map(fs.stat(file), ({ mode }) => mode & 0o7777))

layer(NodeContext.layer, { excludeTestServices: true })("A file that is replaced", (it) => {
  it.scoped("is made with its directories and the mode that is given", () =>
    Effect.gen(function*() {
      const fs = yield* FileSystem.FileSystem
      const directory = yield* temporary
      yield* replaceFile(`${directory}/a/b/file`, "text", { mode: 0o600 })
      assert.strictEqual(yield* fs.readFileString(`${directory}/a/b/file`), "text")
      assert.strictEqual(yield* bits(`${directory}/a/b/file`), 0o600)
      assert.deepStrictEqual(yield* fs.readDirectory(`${directory}/a/b`), ["file"])
    }))

  it.scoped("keeps its mode, unless it may not", () =>
    Effect.gen(function*() {
      const fs = yield* FileSystem.FileSystem
      const file = `${yield* temporary}/file`
      yield* fs.writeFileString(file, "old")
      yield* fs.chmod(file, 0o4766)
      yield* replaceFile(file, "new", { mode: 0o600 })
      assert.strictEqual(yield* bits(file), 0o4766)
      yield* replaceFile(file, new TextEncoder().encode("newer"), { mode: 0o600, forcesMode: true })
      assert.strictEqual(yield* bits(file), 0o600)
      assert.strictEqual(yield* fs.readFileString(file), "newer")
    }))

  it.scoped("may have the longest name there is", () =>
    Effect.gen(function*() {
      const fs = yield* FileSystem.FileSystem
      const file = `${yield* temporary}/${"n".repeat(255)}`
      yield* replaceFile(file, "text", { mode: 0o644 })
      assert.strictEqual(yield* fs.readFileString(file), "text")
    }))

  it.scoped("stays a symbolic link, also to a file that is not there yet", () =>
    Effect.gen(function*() {
      const fs = yield* FileSystem.FileSystem
      const directory = yield* temporary
      yield* fs.makeDirectory(`${directory}/real`)
      yield* fs.symlink("real/file", `${directory}/link`)
      for (const text of ["one", "two"]) {
        yield* replaceFile(`${directory}/link`, text, { mode: 0o644 })
        assert.strictEqual(yield* fs.readLink(`${directory}/link`), "real/file")
        assert.strictEqual(yield* fs.readFileString(`${directory}/real/file`), text)
      }
      assert.deepStrictEqual((yield* fs.readDirectory(directory)).toSorted(), ["link", "real"])
    }))

  it.scoped("is as it was, and nothing is left beside it, when it can't be replaced", () =>
    Effect.gen(function*() {
      const fs = yield* FileSystem.FileSystem
      const directory = yield* temporary
      yield* fs.makeDirectory(`${directory}/taken/by`, { recursive: true })
      yield* Effect.flip(replaceFile(`${directory}/taken`, "text", { mode: 0o644 }))
      assert.deepStrictEqual(yield* fs.readDirectory(directory), ["taken"])
      assert.deepStrictEqual(yield* fs.readDirectory(`${directory}/taken`), ["by"])
    }))
})
