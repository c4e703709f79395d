import * as NodeContext from "@effect/platform-node/NodeContext"
import * as FileSystem from "@effect/platform/FileSystem"
import { assert, layer } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as Option from "effect/Option"
import { execFileSync, spawnSync } from "node:child_process"
import { bundle } from "../../../test/bundle.ts"
import { checkWritable, replaceFile } from "../src/ReplaceFile.ts"
import { temporary } from "./temporary.ts"

const isRoot = process.getuid?.() === 0
const nobody = 65534

/** Runs a shell line in which `$0` is Node and `$1` is a program that replaces a file. */
const runIn = (line: string, ...more: ReadonlyArray<string>) =>
  Effect.gen(function*() {
    const fs = yield* FileSystem.FileSystem
    const directory = yield* temporary
    yield* fs.chmod(directory, 0o755)
    const script = `${directory}/replace.mjs`
    yield* fs.copyFile(yield* bundle(new URL("process/replace.ts", import.meta.url)), script)
    const { stderr, stdout } = spawnSync("sh", ["-c", line, process.execPath, script, ...more], { encoding: "utf8" })
    return `${stdout}${stderr}`.trim()
  })

/** A new temporary directory that every user may enter. */
const open = Effect.tap(
  temporary,
  (directory) => Effect.flatMap(FileSystem.FileSystem, (fs) => fs.chmod(directory, 0o755))
)

const owner = (file: string) =>
  Effect.map(
    Effect.flatMap(FileSystem.FileSystem, (fs) => fs.stat(file)),
    ({ gid, mode, uid }) => [Option.getOrNull(uid), Option.getOrNull(gid), mode & 0o7777]
  )

/** Uses Python, since Node has no functions for extended attributes. */
const attributes = (file: string, ...script: ReadonlyArray<string>) =>
  execFileSync("python3", ["-c", ["import os, sys", "f = sys.argv[1]", ...script].join("\n"), file], {
    encoding: "utf8",
    stdio: ["ignore", "pipe", "ignore"]
  }).trim()

const accessControlList = [
  "acl = bytes.fromhex('0200000001000600ffffffff02000600d204000004000400ffffffff10000600ffffffff20000400ffffffff')",
  "os.setxattr(f, 'system.posix_acl_access', acl)",
  "os.setxattr(f, 'user.note', b'kept')"
]

layer(NodeContext.layer, { excludeTestServices: true })("When a file is replaced", (it) => {
  it.scoped("its hard links show the new content", () =>
    Effect.gen(function*() {
      const fs = yield* FileSystem.FileSystem
      const directory = yield* temporary
      yield* fs.writeFileString(`${directory}/one`, "old and long")
      yield* fs.link(`${directory}/one`, `${directory}/two`)
      yield* replaceFile(`${directory}/one`, "new", { mode: 0o644 })
      assert.strictEqual(yield* fs.readFileString(`${directory}/two`), "new")
      assert.deepStrictEqual((yield* fs.readDirectory(directory)).toSorted(), ["one", "two"])
    }))

  it.scoped("the hard links of a secret file do not", () =>
    Effect.gen(function*() {
      const fs = yield* FileSystem.FileSystem
      const directory = yield* temporary
      yield* fs.writeFileString(`${directory}/one`, "old")
      yield* fs.link(`${directory}/one`, `${directory}/two`)
      yield* replaceFile(`${directory}/one`, "secret", { mode: 0o600, forcesMode: true })
      assert.strictEqual(yield* fs.readFileString(`${directory}/two`), "old")
    }))

  it.scoped.skipIf(!isRoot)("it keeps its owner and group, secret or not", () =>
    Effect.gen(function*() {
      const fs = yield* FileSystem.FileSystem
      const file = `${yield* temporary}/file`
      yield* fs.writeFileString(file, "old")
      yield* fs.chown(file, 1234, 2345)
      yield* fs.chmod(file, 0o664)
      yield* replaceFile(file, "new", { mode: 0o600 })
      assert.deepStrictEqual(yield* owner(file), [1234, 2345, 0o664])
      yield* replaceFile(file, "newer", { mode: 0o600, forcesMode: true })
      assert.deepStrictEqual(yield* owner(file), [1234, 2345, 0o600])
    }))

  it.scoped.skipIf(process.platform !== "linux")(
    "it keeps its access control list and extended attributes",
    (context) =>
      Effect.gen(function*() {
        const fs = yield* FileSystem.FileSystem
        const file = `${yield* temporary}/file`
        yield* fs.writeFileString(file, "old")
        try {
          attributes(file, ...accessControlList)
        } catch {
          return context.skip("no Python here, or a file system without such attributes")
        }
        const list = () => attributes(file, "print(sorted((n, os.getxattr(f, n)) for n in os.listxattr(f)))")
        const before = list()
        const mode = yield* owner(file)
        yield* replaceFile(file, "new", { mode: 0o600 })
        assert.include(before, "posix_acl_access")
        assert.strictEqual(list(), before)
        assert.deepStrictEqual(yield* owner(file), mode)
      })
  )
})

layer(NodeContext.layer, { excludeTestServices: true })("A file is written in place", (it) => {
  it.scoped.skipIf(!isRoot)("if it belongs to another user", () =>
    Effect.gen(function*() {
      const fs = yield* FileSystem.FileSystem
      const directory = yield* open
      yield* fs.chown(directory, nobody, nobody)
      const file = `${directory}/file`
      yield* fs.writeFileString(file, "old and long")
      yield* fs.chmod(file, 0o666)
      assert.strictEqual(yield* runIn(`"$0" "$1" "$2" 3 ${nobody}`, file), "replaced")
      assert.strictEqual(yield* fs.readFileString(file), "nnn")
      assert.deepStrictEqual(yield* owner(file), [0, 0, 0o666])
      assert.deepStrictEqual(yield* fs.readDirectory(directory), ["file"])
    }))

  it.scoped.skipIf(!isRoot)("if its directory is not writable", () =>
    Effect.gen(function*() {
      const fs = yield* FileSystem.FileSystem
      const directory = yield* open
      const file = `${directory}/file`
      yield* fs.writeFileString(file, "old")
      yield* fs.chown(file, nobody, nobody)
      assert.strictEqual(yield* runIn(`"$0" "$1" "$2" 5 ${nobody}`, file), "replaced")
      assert.strictEqual(yield* fs.readFileString(file), "nnnnn")
    }))

  it.scoped.skipIf(!isRoot)("if something is mounted on it", (context) =>
    Effect.gen(function*() {
      const fs = yield* FileSystem.FileSystem
      const directory = yield* open
      yield* fs.writeFileString(`${directory}/real`, "old")
      yield* fs.writeFileString(`${directory}/file`, "")
      const line = `mount --bind "$2/real" "$2/file" && exec "$0" "$1" "$2/file" 5`
      const said = yield* runIn(`unshare -m sh -c '${line}' "$0" "$1" "$2"`, directory)
      if (/mount|unshare/.test(said)) return context.skip("nothing can be mounted here")
      assert.strictEqual(said, "replaced")
      assert.strictEqual(yield* fs.readFileString(`${directory}/real`), "nnnnn")
      assert.deepStrictEqual((yield* fs.readDirectory(directory)).toSorted(), ["file", "real"])
    }))

  it.scoped("and restored if that fails halfway", () =>
    Effect.gen(function*() {
      const fs = yield* FileSystem.FileSystem
      const directory = yield* open
      const old = "old".repeat(1000)
      yield* fs.writeFileString(`${directory}/one`, old)
      yield* fs.link(`${directory}/one`, `${directory}/two`)
      // Files are limited to 8 blocks of 512 bytes.
      const said = yield* runIn(`trap '' XFSZ; ulimit -f 8; exec "$0" "$1" "$2" 100000`, `${directory}/one`)
      assert.match(said, /EFBIG/)
      assert.strictEqual(yield* fs.readFileString(`${directory}/one`), old)
      assert.deepStrictEqual((yield* fs.readDirectory(directory)).toSorted(), ["one", "two"])
    }))
})

layer(NodeContext.layer, { excludeTestServices: true })("A read-only file", (it) => {
  it.scoped("is not replaced, not even by root", () =>
    Effect.gen(function*() {
      const fs = yield* FileSystem.FileSystem
      const file = `${yield* temporary}/file`
      yield* fs.writeFileString(file, "old")
      yield* fs.chmod(file, 0o444)
      for (const attempt of [checkWritable(file), replaceFile(file, "new", { mode: 0o644 })]) {
        const error = yield* Effect.flip(attempt)
        assert.strictEqual(error._tag === "SystemError" ? error.reason : "", "PermissionDenied")
      }
      assert.strictEqual(yield* fs.readFileString(file), "old")
    }))
})
