import * as NodeContext from "@effect/platform-node/NodeContext"
import * as FileSystem from "@effect/platform/FileSystem"
import { assert, describe, it as plain, layer } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as FastCheck from "effect/FastCheck"
import * as Option from "effect/Option"
import { decode, encode } from "../../src/internal/files/encoding.ts"
import { replaceText, withLineEndingsOf } from "../../src/internal/files/lineEndings.ts"
import { makeTools } from "../workspace.ts"

layer(NodeContext.layer)("An edit", (it) => {
  /** Reads and edits the file. Returns the text for the model and the new content. */
  const edited = (before: string | Uint8Array, params: object, file = "a.txt") =>
    Effect.gen(function*() {
      const fs = yield* FileSystem.FileSystem
      const { at, put, use } = yield* makeTools()
      yield* put(file, before)
      const read = yield* use("read", { path: file })
      const { isFailure, text } = yield* use("edit", { path: file, ...params })
      return { read: read.text, isFailure, text, after: Buffer.from(yield* fs.readFile(at(file))) }
    })

  it.scoped("preserves each line ending, and ends added lines like their neighbors", () =>
    Effect.gen(function*() {
      const mixed = "first\r\nalpha\r\nbeta\r\ngamma\r\nunix\nlast\r\n"
      const cases: ReadonlyArray<readonly [oldText: string, newText: string, after: string]> = [
        ["alpha\nbeta", "alpha\nBETA", "first\r\nalpha\r\nBETA\r\ngamma\r\nunix\nlast\r\n"],
        ["gamma", "gamma\ndelta", "first\r\nalpha\r\nbeta\r\ngamma\r\ndelta\r\nunix\nlast\r\n"],
        ["unix", "unix\nmore", "first\r\nalpha\r\nbeta\r\ngamma\r\nunix\nmore\nlast\r\n"],
        ["gamma\nunix\nlast", "gamma\nunix\nnew\nlast", "first\r\nalpha\r\nbeta\r\ngamma\r\nunix\nnew\nlast\r\n"],
        ["gamma\nunix\n", "unix\n", "first\r\nalpha\r\nbeta\r\nunix\nlast\r\n"],
        ["beta\r\ngamma", "b\nc", "first\r\nalpha\r\nb\r\nc\r\nunix\nlast\r\n"]
      ]
      for (const [oldText, newText, after] of cases) {
        assert.strictEqual((yield* edited(mixed, { oldText, newText })).after.toString(), after, oldText)
      }
    }))

  it.scoped("explains that it does not convert line endings", () =>
    Effect.gen(function*() {
      const { isFailure, text } = yield* edited("one\r\ntwo\r\n", { oldText: "one\r\ntwo", newText: "one\ntwo" })
      assert.isTrue(isFailure)
      assert.include(text, "only in line endings")
    }))

  const encodings: ReadonlyArray<readonly [name: string, of: (text: string) => Uint8Array]> = [
    ["UTF-16LE", (text) => Buffer.from(`\uFEFF${text}`, "utf16le")],
    ["UTF-16BE", (text) => Buffer.from(`\uFEFF${text}`, "utf16le").swap16()],
    ["Windows-1252", (text) => Buffer.from(text, "latin1")]
  ]
  for (const [name, of] of encodings) {
    it.scoped(`reads and preserves ${name}`, () =>
      Effect.gen(function*() {
        const { after, read, text } = yield* edited(of("Größe\r\nnaïve\r\n"), {
          oldText: "Größe",
          newText: "Größe: 5 à 6\nmehr"
        })
        assert.include(read, "     1\tGröße\n     2\tnaïve")
        assert.include(read, name)
        assert.strictEqual(text, "Changed a.txt.")
        assert.deepStrictEqual(after, Buffer.from(of("Größe: 5 à 6\r\nmehr\r\nnaïve\r\n")))
      }))
  }

  it.scoped("rejects characters that the encoding can't represent", () =>
    Effect.gen(function*() {
      const before = Buffer.from("Größe €".replace("€", "\x80"), "latin1")
      const { after, text } = yield* edited(before, { oldText: "€", newText: "→" })
      assert.include(text, "Windows-1252, which can't represent “→”")
      assert.deepStrictEqual(after, before)
    }))

  const unreadable: ReadonlyArray<readonly [bytes: Uint8Array, name: string]> = [
    [Buffer.from("one\ntwo\n", "utf16le"), "UTF-16 without a byte order mark"],
    [Buffer.from("fffe00006100000062000000", "hex"), "UTF-32"],
    [Buffer.from("fffe610062", "hex"), "invalid UTF-16"],
    [Buffer.from("fffe610000d86200", "hex"), "invalid UTF-16"],
    [Buffer.concat([Buffer.from("für größere Änderungen "), Buffer.from([0xff])]), "UTF-8 with invalid bytes"],
    [Buffer.from("cff0e8e2e5f220ece8f0", "hex"), "unknown encoding"],
    [Buffer.from([0x7f, 0x45, 0x4c, 0x46, 1, 0, 0, 0xff]), "neither text nor an image"]
  ]
  for (const [bytes, name] of unreadable) {
    it.scoped(`explains why it can't read ${name}`, () =>
      Effect.gen(function*() {
        const { after, read } = yield* edited(bytes, { oldText: "a", newText: "b" })
        assert.include(read, name)
        assert.deepStrictEqual(after, Buffer.from(bytes))
      }))
  }

  const hints: ReadonlyArray<readonly [content: string, oldText: string, hint: string]> = [
    ["one\n  two\n", "     1\tone\n     2\t  two", "line numbers"],
    ["caf\u0065\u0301\n", "caf\u00e9", "Unicode normalization"],
    ["say “hello”…\n", "say \"hello\"...", "quotes"],
    ["\tif (a) {\n\t\tb()\n", "  if (a) {\n    b()", "indentation"],
    ["a  =  b\n", "a = b", "white space"],
    ["const Value = 1\n", "const value = 1", "case"],
    ["one\n", "three", "Read the file again"]
  ]
  for (const [content, oldText, hint] of hints) {
    it.scoped(`explains why ${JSON.stringify(oldText)} is not found`, () =>
      Effect.gen(function*() {
        const { after, isFailure, text } = yield* edited(content, { oldText, newText: "new" })
        assert.isTrue(isFailure)
        assert.match(text, new RegExp(`^The text to replace is not in a.txt\\. .*${hint}`))
        assert.strictEqual(after.toString(), content)
      }))
  }

  it.scoped("finds a file by its name in another Unicode form, and creates no second file", () =>
    Effect.gen(function*() {
      const fs = yield* FileSystem.FileSystem
      const { at, get, put, root, use } = yield* makeTools()
      const decomposed = "re\u0301sume\u0301/e\u0301te\u0301.txt"
      yield* put(decomposed, "one\n")
      const path = decomposed.normalize("NFC")
      assert.include((yield* use("read", { path })).text, "one")
      assert.isFalse((yield* use("edit", { path, oldText: "one", newText: "two" })).isFailure)
      assert.isFalse((yield* use("write", { path, content: "three\n" })).isFailure)
      assert.strictEqual(yield* get(decomposed), "three\n")
      assert.deepStrictEqual(yield* fs.readDirectory(root), ["re\u0301sume\u0301"])
      assert.strictEqual((yield* fs.readDirectory(at("re\u0301sume\u0301"))).length, 1)
      assert.include((yield* use("grep", { pattern: "three", path })).text, "three")
    }))

  it.scoped("does not change a read-only file and explains how to allow it", () =>
    Effect.gen(function*() {
      const fs = yield* FileSystem.FileSystem
      const { asked, at, get, put, use } = yield* makeTools()
      yield* put("a.txt", "one\n")
      yield* fs.chmod(at("a.txt"), 0o444)
      yield* use("read", { path: "a.txt" })
      const count = asked.length
      for (
        const call of [
          use("edit", { path: "a.txt", oldText: "one", newText: "two" }),
          use("write", { path: "a.txt", content: "two\n" })
        ]
      ) {
        assert.include((yield* call).text, "a.txt is read-only. To make it writable: chmod u+w a.txt")
      }
      assert.strictEqual(yield* get("a.txt"), "one\n")
      assert.strictEqual(asked.length, count)
    }))

  it.scoped.skipIf(process.getuid?.() !== 0)(
    "preserves the owner and the hard links of a file",
    () =>
      Effect.gen(function*() {
        const fs = yield* FileSystem.FileSystem
        const { at, get, put, use } = yield* makeTools()
        yield* put("a.txt", "one\n")
        yield* put("b.txt", "one\n")
        yield* fs.link(at("b.txt"), at("c.txt"))
        for (const path of ["a.txt", "b.txt"]) {
          yield* fs.chown(at(path), 1234, 2345)
          yield* use("read", { path })
          assert.isFalse((yield* use("edit", { path, oldText: "one", newText: "two" })).isFailure)
          const { gid, uid } = yield* fs.stat(at(path))
          assert.deepStrictEqual([uid, gid], [Option.some(1234), Option.some(2345)])
        }
        assert.strictEqual(yield* get("c.txt"), "two\n")
      })
  )
})

const lines = (end: FastCheck.Arbitrary<string>) =>
  FastCheck.array(FastCheck.tuple(FastCheck.constantFrom("", "a", "b", "c\r", "\u00e9"), end), { maxLength: 8 })

describe("Line endings", () => {
  plain("outside the replaced text stay unchanged", () => {
    FastCheck.assert(FastCheck.property(
      lines(FastCheck.constantFrom("\n", "\r\n")),
      lines(FastCheck.constant("\n")),
      lines(FastCheck.constantFrom("\n", "\r\n")),
      (before, middle, after) => {
        const text = (lines: ReadonlyArray<readonly [string, string]>) => lines.flat().join("")
        const content = `${text(before)}<x\r\ny\nz>${text(after)}`
        const { count, text: replaced } = replaceText(content, "<x\ny\nz>", `<${text(middle)}>`)
        assert.strictEqual(count, 1)
        assert.isTrue(replaced.startsWith(`${text(before)}<`))
        assert.isTrue(replaced.endsWith(`>${text(after)}`))
        assert.strictEqual(
          replaced.replaceAll("\r\n", "\n"),
          `${text(before)}<${text(middle)}>${text(after)}`.replaceAll("\r\n", "\n")
        )
      }
    ))
  })

  plain("of a rewritten file are taken from its unchanged lines", () => {
    assert.strictEqual(withLineEndingsOf("a\r\nb\nc\r\n", "a\nc\nd\n"), "a\r\nc\r\nd\r\n")
    assert.strictEqual(withLineEndingsOf("a\nb\n", "a\r\nb\n"), "a\r\nb\n")
    assert.strictEqual(withLineEndingsOf("", "a\nb\n"), "a\nb\n")
  })
})

describe("An encoding", () => {
  plain("restores the same bytes or is rejected, for any bytes", () => {
    FastCheck.assert(FastCheck.property(
      FastCheck.oneof(
        FastCheck.uint8Array({ maxLength: 40 }),
        FastCheck.string({ unit: "binary", maxLength: 20 }).map((text) => new TextEncoder().encode(text)),
        FastCheck.string({ unit: "binary", maxLength: 20 }).map((text) => Buffer.from(`\uFEFF${text}`, "utf16le")),
        FastCheck.array(FastCheck.integer({ min: 0x20, max: 0xff })).map((bytes) => Uint8Array.from(bytes))
      ),
      (bytes) => {
        const decoded = decode(bytes)
        if (typeof decoded === "string") return
        assert.deepStrictEqual(Buffer.from(encode(decoded.text, decoded.encoding)), Buffer.from(bytes))
      }
    ))
  })
})
