import * as NodeContext from "@effect/platform-node/NodeContext"
import * as FileSystem from "@effect/platform/FileSystem"
import { assert, layer } from "@effect/vitest"
import * as Effect from "effect/Effect"
import { replaceFile } from "../src/ReplaceFile.ts"
import { temporary } from "./temporary.ts"

const bits = (file: string) =>
  Effect.flatMap(FileSystem.FileSystem, (fs) => Effect.map(fs.stat(file), ({ mode }) => mode & 0o7777))

layer(NodeContext.layer, { excludeTestServices: true })("Replacing a file", (it) => {
  it.scoped("creates it with its directories and the given mode", () =>
    Effect.gen(function*() {
      const fs = yield* FileSystem.FileSystem
      const directory = yield* temporary
      yield* replaceFile(`${directory}/a/b/file`, "text", { mode: 0o600 })
      assert.strictEqual(yield* fs.readFileString(`${directory}/a/b/file`), "text")
      assert.strictEqual(yield* bits(`${directory}/a/b/file`), 0o600)
      assert.deepStrictEqual(yield* fs.readDirectory(`${directory}/a/b`), ["file"])
    }))

  it.scoped("keeps its mode unless the mode is forced", () =>
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

  it.scoped("works with the longest possible name", () =>
    Effect.gen(function*() {
      const fs = yield* FileSystem.FileSystem
      const file = `${yield* temporary}/${"n".repeat(255)}`
      yield* replaceFile(file, "text", { mode: 0o644 })
      assert.strictEqual(yield* fs.readFileString(file), "text")
    }))

  it.scoped("keeps a symbolic link, even to a file that does not exist yet", () =>
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

  it.scoped("leaves it unchanged and no other files if it fails", () =>
    Effect.gen(function*() {
      const fs = yield* FileSystem.FileSystem
      const directory = yield* temporary
      yield* fs.makeDirectory(`${directory}/taken/by`, { recursive: true })
      yield* Effect.flip(replaceFile(`${directory}/taken`, "text", { mode: 0o644 }))
      assert.deepStrictEqual(yield* fs.readDirectory(directory), ["taken"])
      assert.deepStrictEqual(yield* fs.readDirectory(`${directory}/taken`), ["by"])
    }))
})
