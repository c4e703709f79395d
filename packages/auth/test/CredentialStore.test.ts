import * as NodeContext from "@effect/platform-node/NodeContext"
import * as FileSystem from "@effect/platform/FileSystem"
import { assert, describe, layer } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as Option from "effect/Option"
import * as Redacted from "effect/Redacted"
import * as Schema from "effect/Schema"
import type { AuthError } from "../src/AuthError.ts"
import { makeStore } from "./fixture.ts"

const token = Redacted.make("a-bearer-token")

const permissions = (mode: number) => (mode & 0o777).toString(8)

layer(NodeContext.layer)("stored credentials", (it) => {
  it.scoped("are empty without a file, and reading creates none", () =>
    Effect.gen(function*() {
      const fs = yield* FileSystem.FileSystem
      const { home, key, store } = yield* makeStore
      assert.deepStrictEqual(yield* store.list, [])
      assert.isNull(yield* key())
      assert.isFalse(yield* store.remove("amazon-bedrock"))
      assert.deepStrictEqual(yield* fs.readDirectory(home), [])
    }))

  it.scoped("have the format of existing installations", () =>
    Effect.gen(function*() {
      const { json, key, store } = yield* makeStore
      yield* store.set("amazon-bedrock", token)
      assert.deepStrictEqual(yield* json, { "amazon-bedrock": { type: "api", key: "a-bearer-token" } })
      assert.deepStrictEqual(yield* store.list, [{ provider: "amazon-bedrock", type: "api" }])
      assert.strictEqual(yield* key(), "a-bearer-token")
      assert.isTrue(yield* store.remove("amazon-bedrock"))
      assert.deepStrictEqual(yield* json, {})
    }))

  it.scoped("are readable only by their owner, with no temporary files left over", () =>
    Effect.gen(function*() {
      const fs = yield* FileSystem.FileSystem
      const { directory, home, store } = yield* makeStore
      yield* store.set("amazon-bedrock", token)
      for (const above of [`${home}/.local`, `${home}/.local/share`, directory]) {
        assert.strictEqual(permissions((yield* fs.stat(above)).mode), "700")
      }
      assert.strictEqual(permissions((yield* fs.stat(store.path)).mode), "600")
      assert.deepStrictEqual(yield* fs.readDirectory(directory), ["auth.json"])
    }))

  it.scoped("become readable only by their owner on a write", () =>
    Effect.gen(function*() {
      const fs = yield* FileSystem.FileSystem
      const { directory, store, write } = yield* makeStore
      yield* write("{}")
      yield* fs.chmod(store.path, 0o644)
      yield* fs.chmod(directory, 0o755)
      yield* store.set("amazon-bedrock", token)
      assert.strictEqual(permissions((yield* fs.stat(directory)).mode), "700")
      assert.strictEqual(permissions((yield* fs.stat(store.path)).mode), "600")
    }))

  it.scoped("are replaced atomically: a process that has the old file open still reads the old text", () =>
    Effect.gen(function*() {
      const fs = yield* FileSystem.FileSystem
      const { store, text } = yield* makeStore
      yield* store.set("amazon-bedrock", token)
      const before = yield* text
      const old = yield* fs.open(store.path)
      yield* store.set("amazon-bedrock", Redacted.make("another-token"))
      const read = yield* old.readAlloc(10_000)
      assert.strictEqual(new TextDecoder().decode(Option.getOrThrow(read)), before)
    }))

  it.scoped("keep the entries of other programs unchanged", () =>
    Effect.gen(function*() {
      const { store, text, write } = yield* makeStore
      const others = `{
    "github": {"type": "oauth", "refresh": "r-1",   "access": "a-1", "expires": 123456789012345678901},
    "amazon-bedrock": {"type": "api", "key": "old", "note": "of mine", "nested": {"a": [1.0]}},
    "__proto__": {"type": "api", "key": "odd"}, "plain": "text"
}`
      yield* write(others)
      yield* store.set("amazon-bedrock", Redacted.make("new"))
      assert.strictEqual(yield* text, others.replace("\"old\"", "\"new\""))
      yield* store.set("openai", Redacted.make("more"))
      yield* store.remove("openai")
      assert.deepStrictEqual(JSON.parse(yield* text), JSON.parse(others.replace("\"old\"", "\"new\"")))
      assert.include(yield* text, "123456789012345678901")
      assert.include(yield* text, `"r-1",   "access"`)
    }))

  it.scoped("are listed with their types, including those of other programs", () =>
    Effect.gen(function*() {
      const { store, write } = yield* makeStore
      yield* write(`{"a":{"type":"oauth","access":"x"},"b":{"type":"api","key":"y"},"c":{},"d":"text","e":null}`)
      assert.deepStrictEqual(yield* store.list, [
        { provider: "a", type: "oauth" },
        { provider: "b", type: "api" },
        { provider: "c", type: "unknown" },
        { provider: "d", type: "unknown" },
        { provider: "e", type: "unknown" }
      ])
    }))

  for (
    const entry of [
      `{"type":"api","key":""}`,
      `{"type":"api","key":" \\t\\n"}`,
      `{"type":"api"}`,
      `{"type":"api","key":5}`,
      `{"type":"oauth","key":"a-token"}`,
      `{"key":"a-token"}`,
      `"a-token"`,
      `["a-token"]`,
      `null`
    ]
  ) {
    it.scoped(`have no key in ${entry} until one is set`, () =>
      Effect.gen(function*() {
        const { key, store, write } = yield* makeStore
        yield* write(`{"amazon-bedrock":${entry}}`)
        assert.isNull(yield* key())
        yield* store.set("amazon-bedrock", token)
        assert.strictEqual(yield* key(), "a-bearer-token")
      }))
  }

  it.scoped("are read unchanged, even after a byte order mark", () =>
    Effect.gen(function*() {
      const { key, write } = yield* makeStore
      yield* write(`\uFEFF{"amazon-bedrock":{"type":"api","key":" a-bearer-token\\n"}}`)
      assert.strictEqual(yield* key(), " a-bearer-token\n")
    }))

  it.scoped("are not read from UTF-16, and the error says so", () =>
    Effect.gen(function*() {
      const fs = yield* FileSystem.FileSystem
      const { store, write } = yield* makeStore
      for (const mark of ["\uFEFF", ""]) {
        yield* write("")
        const text = `${mark}{"amazon-bedrock":{"type":"api","key":"canary"}}`
        yield* fs.writeFile(store.path, Buffer.from(text, "utf16le"))
        const error = yield* Effect.flip(store.get("amazon-bedrock"))
        assert.strictEqual(error.reason, "CorruptStore")
        assert.include(error.message, "it is UTF-16 text")
        assert.notInclude(JSON.stringify(error), "canary")
      }
    }))

  it.scoped("are registered as secrets when read or written, whatever their type", () =>
    Effect.gen(function*() {
      const { mask, store, write } = yield* makeStore
      yield* write(
        `{"amazon-bedrock":{"type":"api","key":"canary-1","region":"us-east-1"},"b":{"type":"oauth","access":"canary-2","refresh":"canary-3"},`
          + `"c":{"type":"wellknown","key":"NAME_OF_IT","token":"canary-4"}}`
      )
      yield* store.list
      yield* store.set("d", Redacted.make("canary-5"))
      assert.strictEqual(
        mask("canary-1 canary-2 canary-3 canary-4 canary-5 NAME_OF_IT us-east-1"),
        `${"<redacted> ".repeat(5)}NAME_OF_IT us-east-1`
      )
    }))

  it.effect.prop(
    "can store any token for any provider",
    { provider: Schema.String, key: Schema.String.pipe(Schema.filter((key) => key.trim() === key && key !== "")) },
    ({ key, provider }) =>
      Effect.gen(function*() {
        const { json, key: read, store } = yield* makeStore
        yield* store.set("another", token)
        yield* store.set(provider, Redacted.make(key))
        assert.strictEqual(yield* read(provider), key)
        assert.isTrue(yield* store.remove(provider))
        const left = provider === "another" ? {} : { another: { type: "api", key: "a-bearer-token" } }
        assert.deepStrictEqual(yield* json, left)
      }).pipe(Effect.scoped),
    { fastCheck: { numRuns: 12 } }
  )

  describe("in a corrupt file", () => {
    for (
      const [what, text, line, column] of [
        ["that ends early", `{\n  "amazon-bedrock": {"type":"api","key":"s3cr3t"`, 2, 49],
        ["with a comment", `{\n  // s3cr3t\n}`, 2, 3],
        ["with a comma too many", `{"a":{"type":"api","key":"s3cr3t"},\r\n}`, 2, 1],
        ["that is no JSON at all", `s3cr3t`, 1, 1],
        ["that is an array", `\n ["s3cr3t"]`, 2, 2],
        ["that is a string", `"s3cr3t"`, 1, 1],
        ["that is empty", ``, 1, 1],
        ["that is nested without an end", `{"s3cr3t":${"[".repeat(200_000)}`, 1, 1]
      ] as const
    ) {
      it.scoped(`${what}, fail with the position but without its text, and leave the file unchanged`, () =>
        Effect.gen(function*() {
          const fs = yield* FileSystem.FileSystem
          const { directory, store, write } = yield* makeStore
          yield* write(text)
          for (
            const failing of [
              store.list,
              store.get("amazon-bedrock"),
              store.set("amazon-bedrock", token),
              store.remove("amazon-bedrock")
            ]
          ) {
            const error = yield* Effect.flip(failing as Effect.Effect<unknown, unknown>) as Effect.Effect<
              Effect.Effect.Error<typeof store.list>
            >
            assert.strictEqual(error.reason, "CorruptStore")
            assert.deepStrictEqual([error.path, error.line, error.column], [store.path, line, column])
            assert.include(error.message, `${store.path}:${line}:${column}: `)
            assert.notInclude(JSON.stringify(error) + String(error), "s3cr3t")
          }
          assert.strictEqual(yield* fs.readFileString(store.path), text)
          assert.deepStrictEqual(yield* fs.readDirectory(directory), ["auth.json"])
        }))
    }

    it.scoped("that is nested too deeply to edit can be read but not written", () =>
      Effect.gen(function*() {
        const { key, store, text, write } = yield* makeStore
        const deep = `{"amazon-bedrock":{"type":"api","key":"one"},"s3cr3t":${"[".repeat(100_000)}${
          "]".repeat(100_000)
        }}`
        yield* write(deep)
        assert.strictEqual(yield* key(), "one")
        for (const failing of [store.set("amazon-bedrock", token), store.remove("amazon-bedrock")]) {
          const error = yield* Effect.flip<unknown, AuthError, never>(failing)
          assert.strictEqual(error.reason, "CorruptStore")
          assert.notInclude(JSON.stringify(error) + String(error), "s3cr3t")
        }
        assert.strictEqual(yield* text, deep)
      }))

    it.scoped("with a duplicate name can be read but not written", () =>
      Effect.gen(function*() {
        const { key, store, text, write } = yield* makeStore
        const twice = `{"amazon-bedrock":{"type":"api","key":"one"},\n "amazon-bedrock":{"type":"api","key":"two"}}`
        yield* write(twice)
        assert.strictEqual(yield* key(), "two")
        const error = yield* Effect.flip(store.set("amazon-bedrock", token))
        assert.strictEqual(error.reason, "CorruptStore")
        assert.strictEqual(yield* text, twice)
      }))
  })

  describe("behind a symbolic link", () => {
    it.scoped("are written to its target", () =>
      Effect.gen(function*() {
        const fs = yield* FileSystem.FileSystem
        const { directory, home, store, write } = yield* makeStore
        yield* write("{}")
        yield* fs.makeDirectory(`${home}/dotfiles`, { mode: 0o755 })
        yield* fs.rename(store.path, `${home}/dotfiles/auth`)
        yield* fs.chmod(`${home}/dotfiles/auth`, 0o644)
        yield* fs.symlink(`${home}/dotfiles/auth`, `${home}/dotfiles/link`)
        yield* fs.symlink("../../../dotfiles/link", store.path)
        yield* store.set("amazon-bedrock", token)
        assert.strictEqual(yield* fs.readLink(store.path), "../../../dotfiles/link")
        assert.include(yield* fs.readFileString(`${home}/dotfiles/auth`), "a-bearer-token")
        assert.strictEqual(permissions((yield* fs.stat(`${home}/dotfiles/auth`)).mode), "600")
        assert.strictEqual(permissions((yield* fs.stat(`${home}/dotfiles`)).mode), "755")
        assert.deepStrictEqual((yield* fs.readDirectory(`${home}/dotfiles`)).toSorted(), ["auth", "link"])
        assert.deepStrictEqual(yield* fs.readDirectory(directory), ["auth.json"])
      }))

    it.scoped("are written to the target of a relative link in a linked directory", () =>
      Effect.gen(function*() {
        const fs = yield* FileSystem.FileSystem
        const { directory, home, store } = yield* makeStore
        yield* fs.makeDirectory(`${home}/dotfiles/data`, { recursive: true })
        yield* fs.makeDirectory(`${home}/.local/share`, { recursive: true })
        yield* fs.symlink(`${home}/dotfiles/data`, directory)
        yield* fs.symlink("../secret/auth.json", store.path)
        yield* fs.makeDirectory(`${home}/dotfiles/secret`)
        yield* store.set("amazon-bedrock", token)
        assert.include(yield* fs.readFileString(`${home}/dotfiles/secret/auth.json`), "a-bearer-token")
        assert.strictEqual(yield* fs.readLink(store.path), "../secret/auth.json")
        assert.strictEqual((yield* store.list).length, 1)
        assert.deepStrictEqual(yield* fs.readDirectory(`${home}/.local/share`), ["altimate-code"])
      }))

    it.scoped("are created at its target if that does not exist yet", () =>
      Effect.gen(function*() {
        const fs = yield* FileSystem.FileSystem
        const { directory, home, store } = yield* makeStore
        yield* fs.makeDirectory(directory, { recursive: true })
        yield* fs.symlink(`${home}/later.json`, store.path)
        assert.deepStrictEqual(yield* store.list, [])
        yield* store.set("amazon-bedrock", token)
        assert.include(yield* fs.readFileString(`${home}/later.json`), "a-bearer-token")
        assert.strictEqual(yield* fs.readLink(store.path), `${home}/later.json`)
      }))

    it.scoped("fail if the links form a cycle", () =>
      Effect.gen(function*() {
        const fs = yield* FileSystem.FileSystem
        const { directory, store } = yield* makeStore
        yield* fs.makeDirectory(directory, { recursive: true })
        yield* fs.symlink(store.path, store.path)
        assert.strictEqual((yield* Effect.flip(store.list)).reason, "StoreIO")
        assert.strictEqual((yield* Effect.flip(store.set("amazon-bedrock", token))).reason, "StoreIO")
      }))
  })

  it.scoped("fail with the reason if the system refuses to read or write them", () =>
    Effect.gen(function*() {
      const fs = yield* FileSystem.FileSystem
      const { directory, home, store } = yield* makeStore
      yield* fs.makeDirectory(store.path, { recursive: true })
      const reading = yield* Effect.flip(store.get("amazon-bedrock"))
      assert.strictEqual(reading.reason, "StoreIO")
      assert.match(reading.message, /^Can't read .*auth\.json: it is a directory$/)
      yield* fs.remove(directory, { recursive: true })
      yield* fs.remove(`${home}/.local`, { recursive: true })
      yield* fs.writeFileString(`${home}/.local`, "in the way")
      assert.deepStrictEqual(yield* store.list, [])
      const writing = yield* Effect.flip(store.set("amazon-bedrock", token))
      assert.strictEqual(writing.reason, "StoreIO")
      assert.match(writing.message, /^Can't write .*auth\.json: E/)
    }))
})
