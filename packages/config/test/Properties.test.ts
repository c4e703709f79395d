import * as NodeContext from "@effect/platform-node/NodeContext"
import * as FileSystem from "@effect/platform/FileSystem"
import { assert, layer } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as Either from "effect/Either"
import * as FastCheck from "effect/FastCheck"
import { ConfigError } from "../src/ConfigError.ts"
import { bedrock, makeFixture } from "./fixture.ts"

/** Multiplies the number of random cases. */
const runs = Number(process.env["PROPERTY_RUNS"] ?? 1)

type Json = null | boolean | number | string | ReadonlyArray<Json> | { readonly [key: string]: Json }

/** A few names that are not settings, so that files often have the same ones. */
const name = FastCheck.constantFrom(
  "a",
  "b",
  "c",
  "__proto__",
  "constructor",
  "toString",
  "a.b",
  "",
  "ü",
  "x y",
  "\u001b",
  "\""
)

const scalar = FastCheck.oneof(
  FastCheck.constant(null),
  FastCheck.boolean(),
  FastCheck.integer(),
  FastCheck.stringMatching(/^[ -~\n\u00e9\u{1f600}]{0,10}$/u).filter((text) => !text.includes(":"))
)

/** `JSON.parse` treats `__proto__` as an ordinary name. */
const object = (entries: ReadonlyArray<readonly [string, Json]>): Json =>
  JSON.parse(`{${entries.map(([key, value]) => `${JSON.stringify(key)}: ${JSON.stringify(value)}`).join(", ")}}`)

const { file } = FastCheck.letrec<{ readonly value: Json; readonly file: Json }>((tie) => ({
  value: FastCheck.oneof(
    { maxDepth: 4 },
    scalar,
    FastCheck.array(tie("value"), { maxLength: 3 }),
    tie("file")
  ),
  file: FastCheck.uniqueArray(FastCheck.tuple(name, tie("value")), { selector: ([key]) => key, maxLength: 4 }).map(
    object
  )
}))

const isObject = (value: Json): value is { readonly [key: string]: Json } =>
  typeof value === "object" && value !== null && !Array.isArray(value)

/** Paths as text, because `Map` compares arrays by identity. */
const leavesOf = (value: Json, path: ReadonlyArray<string> = []): ReadonlyArray<readonly [path: string, value: Json]> =>
  isObject(value)
    ? Object.entries(value).flatMap(([key, child]) => leavesOf(child, [...path, key]))
    : [[JSON.stringify(path), value]]

const startsWith = (path: ReadonlyArray<string>, start: ReadonlyArray<string>) =>
  start.every((key, at) => path[at] === key)

/** A model of merging without a tree: a later file removes the leaves that it overrides. */
const expectedLeaves = (files: ReadonlyArray<Json>) => {
  const survivors = new Map<string, { readonly value: Json; readonly file: number }>()
  for (const [index, file] of files.entries()) {
    const branches: Array<ReadonlyArray<string>> = []
    const collect = (value: Json, path: ReadonlyArray<string>) => {
      if (!isObject(value)) return
      branches.push(path)
      for (const [key, child] of Object.entries(value)) collect(child, [...path, key])
    }
    collect(file, [])
    for (const survivor of survivors.keys()) {
      const replaced = leavesOf(file).some(([path]) => startsWith(JSON.parse(survivor), JSON.parse(path))) ||
        branches.some((path) => JSON.stringify(path) === survivor)
      if (replaced) survivors.delete(survivor)
    }
    for (const [path, value] of leavesOf(file)) survivors.set(path, { value, file: index })
  }
  return survivors
}

const unquoted = (key: string): string =>
  JSON.stringify(
    Array.from(key.matchAll(/"(?:[^"\\]|\\.)*"|[^."]+/g), ([part]) =>
      part.startsWith("\"")
        ? JSON.parse(part.replaceAll(/\\u\{([0-9a-f]+)\}/g, (_, code) => `\\u${code.padStart(4, "0")}`))
        : part)
  )

const blank = FastCheck.array(
  FastCheck.constantFrom(" ", "\n", "\r\n", "\t", "/* { \" // */", "// ] , \"\n"),
  { maxLength: 3 }
).map((pieces) => pieces.join(""))

const around = (text: FastCheck.Arbitrary<string>) => FastCheck.tuple(blank, text, blank).map((all) => all.join(""))

const list = (open: string, close: string, items: ReadonlyArray<FastCheck.Arbitrary<string>>) =>
  FastCheck.tuple(blank, blank, FastCheck.constantFrom("", items.length > 0 ? "," : ""), FastCheck.tuple(...items)).map(
    ([before, after, comma, texts]) => `${open}${before}${texts.join(",")}${comma}${after}${close}`
  )

/** The value's tokens with white space and comments between them, and trailing commas. */
const decorated = (value: Json): FastCheck.Arbitrary<string> => {
  if (Array.isArray(value)) return list("[", "]", value.map((item) => around(decorated(item))))
  if (!isObject(value)) return FastCheck.constant(JSON.stringify(value))
  return list(
    "{",
    "}",
    Object.entries(value).map(([key, child]) =>
      FastCheck.tuple(around(FastCheck.constant(JSON.stringify(key))), around(decorated(child))).map((all) =>
        all.join(":")
      )
    )
  )
}

layer(NodeContext.layer)("For any configuration", (it) => {
  it.effect.prop(
    "merging keeps each leaf of the last file that has it, with the exact position of its key",
    [file, file, file, file],
    (files) =>
      Effect.gen(function*() {
        const { globalFile, home, load, projectFile, write } = yield* makeFixture
        const named = `${home}/named.json`
        const texts = files.map((content, index) => JSON.stringify(content, null, index))
        const [first = "", second = "", third = "", inline = ""] = texts
        yield* write(globalFile, first)
        yield* write(named, second)
        yield* write(projectFile, third)
        const { leaves } = yield* load({ env: { ALTIMATE_CLI_CONFIG: named, ALTIMATE_CLI_CONFIG_CONTENT: inline } })

        const places = [globalFile, named, projectFile]
        const expected = expectedLeaves(files)
        assert.deepStrictEqual(
          leaves.map(({ key }) => unquoted(key)).toSorted(),
          Array.from(expected.keys()).toSorted()
        )
        for (const { key, origin, value } of leaves) {
          const leaf = expected.get(unquoted(key))
          assert.isDefined(leaf)
          assert.deepStrictEqual(JSON.stringify(value), JSON.stringify(leaf?.value))
          const from = origin._tag === "File" ? places.indexOf(origin.path) : 3
          assert.strictEqual(from, leaf?.file)
          if (origin._tag !== "File" && origin._tag !== "Inline") return assert.fail(origin._tag)
          assert.strictEqual(origin.key, key)
          const last = JSON.parse(unquoted(key)).at(-1)
          const line = texts[from]?.split("\n")[origin.line - 1] ?? ""
          assert.isTrue(line.slice(origin.column - 1).startsWith(`${JSON.stringify(last)}:`))
        }
      }).pipe(Effect.scoped),
    { fastCheck: { numRuns: 25 * runs } }
  )

  it.effect.prop(
    "comments, blanks and trailing commas change nothing",
    [file.chain((content) => FastCheck.tuple(FastCheck.constant(content), decorated(content), blank, blank))],
    ([[content, text, before, after]]) =>
      Effect.gen(function*() {
        const { load } = yield* makeFixture
        const plain = yield* load({ env: { ALTIMATE_CLI_CONFIG_CONTENT: JSON.stringify(content) } })
        const fancy = yield* load({ env: { ALTIMATE_CLI_CONFIG_CONTENT: `${before}${text}${after}` } })
        const shown = (leaves: typeof plain.leaves) => leaves.map(({ key, value }) => [key, value])
        assert.deepStrictEqual(shown(fancy.leaves), shown(plain.leaves))
      }).pipe(Effect.scoped),
    { fastCheck: { numRuns: 25 * runs } }
  )

  const guide = JSON.stringify(
    { model: "amazon-bedrock/x", ...bedrock({ baseURL: "https://u:p@gw.example/{env:A}" }) },
    null,
    1
  )

  const damaged = FastCheck.array(
    FastCheck.tuple(
      FastCheck.nat(guide.length),
      FastCheck.nat(5),
      FastCheck.constantFrom(
        "",
        "{",
        "}",
        "[",
        "]",
        ",",
        ":",
        "\"",
        "\\",
        "\\u",
        "/*",
        "//",
        "null",
        "1e",
        "-",
        "\u0000",
        "\ud800",
        "{file:",
        "x"
      )
    ),
    { minLength: 1, maxLength: 6 }
  ).map((cuts) => cuts.reduce((text, [at, length, put]) => text.slice(0, at) + put + text.slice(at + length), guide))

  const garbage = FastCheck.oneof(
    FastCheck.string({ unit: "binary", maxLength: 200 }),
    FastCheck.array(
      FastCheck.constantFrom(
        "{",
        "}",
        "[",
        "]",
        ",",
        ":",
        "\"",
        "\\",
        "/*",
        "*/",
        "//",
        "\n",
        "1",
        "true",
        "\"model\"",
        "\"provider\""
      )
    ).map(
      (tokens) => tokens.join("")
    ),
    FastCheck.tuple(
      FastCheck.constantFrom("[", "{\"a\":", "{", "\"", "/*", "\\", "{\"a\":[", "-", "//"),
      FastCheck.nat(300_000)
    ).map(
      ([piece, times]) => piece.repeat(times / piece.length)
    ),
    damaged,
    FastCheck.tuple(
      FastCheck.constantFrom("a", "{env:", "{file:", "a:", "http://", "?a&", "@", "-", "}", "\n", "\u001b"),
      FastCheck.nat(300_000)
    ).map(([piece, times]) => {
      const long = piece.repeat(times / piece.length)
      return JSON.stringify({ model: long, ...bedrock({ baseURL: `https://${long}` }), [long]: [long] })
    })
  )

  it.effect.prop(
    "invalid files result in settings or in a single error with its position",
    [garbage, FastCheck.uint8Array({ maxLength: 100 })],
    ([text, bytes]) =>
      Effect.gen(function*() {
        const fs = yield* FileSystem.FileSystem
        const { load, projectFile, write } = yield* makeFixture
        yield* write(projectFile, text)
        const ofText = yield* Effect.either(load())
        yield* fs.writeFile(projectFile, bytes)
        const ofBytes = yield* Effect.either(load())
        const inline = yield* Effect.either(load({ env: { ALTIMATE_CLI_CONFIG_CONTENT: text, A: "a" } }))
        for (const outcome of [ofText, ofBytes, inline]) {
          if (Either.isRight(outcome)) continue
          assert.instanceOf(outcome.left, ConfigError)
          assert.isNotEmpty(outcome.left.hint)
          assert.notMatch(outcome.left.message, /[\p{Cc}\p{Cs}]/u)
        }
      }).pipe(Effect.scoped),
    { fastCheck: { numRuns: 25 * runs } }
  )
})
