import * as NodeContext from "@effect/platform-node/NodeContext"
import * as FileSystem from "@effect/platform/FileSystem"
import { assert, layer } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as Either from "effect/Either"
import * as FastCheck from "effect/FastCheck"
import * as Option from "effect/Option"
import { mistaken } from "../../../../test/mistaken.ts"
import * as History from "../../src/session/History.ts"
import { SessionError } from "../../src/session/SessionError.ts"
import * as Transcript from "../../src/session/Transcript.ts"
import { assistant, result, sessionsIn, started, summary, user } from "../sessions.ts"

const id = "20261123-052359-abcd"

const lines: ReadonlyArray<object> = [
  { type: "session", version: 1, id, directory: "/project", time: "2026-11-23T05:23:59.000Z" },
  user("Grüße 🙂"),
  assistant("I run.", "a", "b"),
  started("a"),
  result("a"),
  started("b"),
  { type: "grant", permission: "bash", pattern: "echo *", time: "2026-11-23T05:23:59.000Z" },
  summary("so far", 2),
  assistant("Done.", "c"),
  user("more"),
  { type: "of a later version", what: [1, 2, 3] }
]
const good = `${lines.map((line) => JSON.stringify(line)).join("\n")}\n`

const encode = (text: string) => new TextEncoder().encode(text)

/** A good line with another thing somewhere in it. */
const wrongLine = FastCheck.constantFrom(...lines).chain((line) =>
  mistaken(line, "a", "assistant", "tool-result", "summary")
).map((line) => JSON.stringify(line))

/** A good file with other lines in it, in other places, or without some. */
const otherLines = FastCheck.array(
  FastCheck.tuple(
    FastCheck.nat(lines.length),
    FastCheck.nat(3),
    FastCheck.oneof(
      wrongLine,
      wrongLine,
      FastCheck.constantFrom(...lines).map((line) => JSON.stringify(line)),
      FastCheck.json(),
      FastCheck.string()
    )
  ),
  { minLength: 1, maxLength: 4 }
).map((changes) => {
  const all = good.trimEnd().split("\n")
  for (const [at, removed, line] of changes) all.splice(at, removed, line)
  return encode(`${all.join("\n")}\n`)
})

const damaged = FastCheck.array(
  FastCheck.tuple(FastCheck.nat(good.length), FastCheck.nat(20), FastCheck.string({ unit: "binary", maxLength: 4 })),
  { minLength: 1, maxLength: 3 }
).map((cuts) =>
  encode(cuts.reduce((text, [at, length, put]) => text.slice(0, at) + put + text.slice(at + length), good))
)

const flipped = FastCheck.tuple(FastCheck.nat(encode(good).length - 1), FastCheck.nat(7)).map(([at, bit]) => {
  const bytes = encode(good)
  bytes[at]! ^= 1 << bit
  return bytes
})

const garbage = FastCheck.oneof(
  otherLines,
  damaged,
  flipped,
  FastCheck.uint8Array({ maxLength: 300 }),
  FastCheck.constantFrom("[", "{\"type\":").map((piece) => encode(`${piece.repeat(100_000)}\n`))
)

layer(NodeContext.layer)("a session file with arbitrary content", (it) => {
  it.effect.prop(
    "is opened or rejected, and hides no other session; it is unchanged, except that opening may remove an incomplete last line",
    [garbage],
    ([bytes]) =>
      Effect.gen(function*() {
        const fs = yield* FileSystem.FileSystem
        const directory = yield* fs.makeTempDirectoryScoped()
        const file = `${directory}/${id}.jsonl`
        yield* fs.writeFile(file, bytes)
        const healthy = "20261122-000000-good"
        yield* fs.writeFileString(`${directory}/${healthy}.jsonl`, good.replaceAll(id, healthy))
        const sessions = yield* sessionsIn(directory)

        // Looking at it changes nothing.
        const listed = yield* sessions.list
        assert.deepStrictEqual(listed.map((session) => session.id).toSorted(), [healthy, id])
        assert.isTrue(Option.isSome(yield* sessions.latest("/project")))
        const read = yield* Effect.either(sessions.read(id))
        assert.isTrue(Buffer.from(bytes).equals(yield* fs.readFile(file)))
        if (Either.isRight(read)) {
          Transcript.toMarkdown(read.right.lines)
          History.toPrompt(read.right.lines)
        }

        const opened = yield* Effect.either(Effect.scoped(Effect.gen(function*() {
          const session = yield* sessions.open(id)
          yield* session.append(user("go on"))
          const entries = yield* session.entries
          History.toPrompt(entries)
          History.estimateContext(entries)
        })))
        assert.strictEqual(Either.isRight(opened), Either.isRight(read))
        const after = yield* fs.readFile(file)
        if (Either.isLeft(opened)) {
          assert.instanceOf(opened.left, SessionError)
          assert.isNotEmpty(opened.left.hint)
          assert.isTrue(Buffer.from(bytes).equals(after))
        } else {
          // Only the last line can have been half written.
          const beforeLast = bytes.subarray(0, bytes.lastIndexOf(10)).lastIndexOf(10) + 1
          assert.isTrue(Buffer.from(bytes.subarray(0, beforeLast)).equals(after.subarray(0, beforeLast)))
          assert.strictEqual((yield* sessions.read(id)).lines.at(-1)?.type, "user")
        }
        assert.deepStrictEqual((yield* fs.readDirectory(directory)).toSorted(), [`${healthy}.jsonl`, `${id}.jsonl`])
      }).pipe(Effect.scoped),
    { fastCheck: { numRuns: 50 } }
  )
})
