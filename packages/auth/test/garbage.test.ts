import * as NodeContext from "@effect/platform-node/NodeContext"
import * as FileSystem from "@effect/platform/FileSystem"
import { assert, layer } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as FastCheck from "effect/FastCheck"
import * as Redacted from "effect/Redacted"
import { AuthError } from "../src/AuthError.ts"
import { makeStore } from "./fixture.ts"

const canary = "canary-token-in-the-store"

const good = JSON.stringify(
  {
    "amazon-bedrock": { type: "api", key: canary },
    another: { type: "oauth", access: canary, refresh: canary, expires: 1 },
    "ü": { type: "wellknown", token: canary }
  },
  null,
  1
)

/** A valid file in which pieces are removed and inserted. */
const damaged = FastCheck.array(
  FastCheck.tuple(
    FastCheck.nat(good.length),
    FastCheck.nat(12),
    FastCheck.constantFrom("", "{", "}", "[", "\"", ",", ":", "\\", "null", "\u0000", "//", "1e9", canary)
  ),
  { minLength: 1, maxLength: 4 }
).map((cuts) => cuts.reduce((text, [at, length, put]) => text.slice(0, at) + put + text.slice(at + length), good))

const encode = (text: string) => new TextEncoder().encode(text)

const garbage = FastCheck.oneof(
  damaged.map(encode),
  FastCheck.json().map(encode),
  FastCheck.string({ unit: "binary" }).map(encode),
  FastCheck.uint8Array({ maxLength: 200 }),
  FastCheck.nat(good.length).map((length) => encode(good.slice(0, length))),
  // Too deeply nested for a recursive parser.
  FastCheck.tuple(FastCheck.constantFrom("[", "{\"a\":"), FastCheck.nat(100_000)).map(([piece, times]) =>
    encode(piece.repeat(times))
  )
)

layer(NodeContext.layer)("a corrupt auth.json", (it) => {
  it.effect.prop(
    "is either read or rejected without showing secrets; a rejected file stays unchanged",
    [garbage],
    ([bytes]) =>
      Effect.gen(function*() {
        const fs = yield* FileSystem.FileSystem
        const { directory, json, key, store, write } = yield* makeStore
        yield* write("")
        const operations: ReadonlyArray<Effect.Effect<unknown, AuthError>> = [
          store.list,
          store.get("amazon-bedrock"),
          store.set("amazon-bedrock", Redacted.make("a-new-token")),
          store.remove("amazon-bedrock")
        ]
        for (const [index, operation] of operations.entries()) {
          yield* fs.writeFile(store.path, bytes)
          const before = yield* Effect.option(json.pipe(Effect.catchAllDefect(() => Effect.fail("no JSON"))))
          const outcome = yield* Effect.either(operation)
          const after = yield* fs.readFile(store.path)
          assert.deepStrictEqual(yield* fs.readDirectory(directory), ["auth.json"])
          if (outcome._tag === "Left") {
            assert.instanceOf(outcome.left, AuthError)
            assert.strictEqual(outcome.left.reason, "CorruptStore")
            assert.isNotEmpty(outcome.left.message)
            assert.notInclude(JSON.stringify(outcome.left) + String(outcome.left), canary)
          }
          if (outcome._tag === "Left" || index < 2) {
            assert.isTrue(Buffer.from(bytes).equals(after))
            continue
          }
          // The entries of other programs are still there.
          const others = (entries: unknown) => ({ ...entries as object, "amazon-bedrock": undefined })
          assert.deepStrictEqual(others(yield* json), others(before._tag === "Some" ? before.value : {}))
          if (index === 2) assert.strictEqual(yield* key(), "a-new-token")
        }
      }).pipe(Effect.scoped),
    { fastCheck: { numRuns: 40 } }
  )
})
