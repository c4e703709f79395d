import * as Prompt from "@effect/ai/Prompt"
import * as NodeContext from "@effect/platform-node/NodeContext"
import * as FileSystem from "@effect/platform/FileSystem"
import { assert, it, layer } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as Either from "effect/Either"
import * as FastCheck from "effect/FastCheck"
import * as Option from "effect/Option"
import * as Schema from "effect/Schema"
import * as Stream from "effect/Stream"
import { mistaken } from "../../../../test/mistaken.ts"
import { recognizeLine } from "../../src/internal/session/recognizeLine.ts"
import { Entry } from "../../src/session/Session.ts"
import * as Transcript from "../../src/session/Transcript.ts"
import { assistant, makeSessions, result, sessionsIn, started, summary, user } from "../sessions.ts"

const time = "2026-11-23T05:23:59.000Z"
const usage = { input: 1, output: 2, cacheRead: 3, cacheWrite: 4 }

const message = {
  ...assistant(""),
  message: Prompt.assistantMessage({
    content: [
      Prompt.reasoningPart({ text: "Hm.", options: { bedrock: { signature: "s" } } }),
      Prompt.textPart({ text: "I " }),
      Prompt.textPart({ text: "run.", options: { bedrock: { quoted: true } } }),
      Prompt.toolCallPart({ id: "a", name: "bash", params: { command: ["echo", null] }, providerExecuted: false })
    ]
  }),
  cost: 0.5,
  model: "nova",
  interrupted: true,
  cut: "replaced"
} as Entry

const output = {
  ...result("a"),
  output: {
    content: [{ type: "file", mediaType: "image/png", data: "QQ==", fileName: "a.png" }],
    summary: "",
    diff: "+a"
  }
} as Entry

const files = {
  ...user(""),
  message: Prompt.userMessage({ content: [Prompt.filePart({ mediaType: "image/png", data: "QQ==", fileName: "a" })] }),
  instructions: ["/AGENTS.md"]
} as Entry

/** Of each form that the program writes often. */
const common: ReadonlyArray<Entry> = [
  { type: "session", version: 1, id: "a", directory: "/project", time },
  { type: "title", title: "The cart", time },
  user("Grüße 🙂", true),
  files,
  { ...user("Fix it."), typed: "/fix it" } as Entry,
  assistant("I run.", "a", "b"),
  assistant("Done."),
  message,
  started("a"),
  result("a"),
  output,
  { type: "usage", usage, cost: 1, model: "nova", time }
]

const encode = Schema.encodeSync(Entry)
const decode = Schema.decodeUnknownEither(Entry)
const written = common.map((entry) => JSON.stringify(encode(entry)))

/** One with a part of it replaced, removed or added. */
const other = FastCheck.constantFrom(...written).chain((line) =>
  FastCheck.oneof(
    mistaken(
      JSON.parse(line) as object,
      "a",
      "assistant",
      "tool-result",
      "user",
      "text",
      "file",
      "reasoning",
      "replaced"
    ),
    FastCheck.string().map((key) => ({ ...JSON.parse(line), [key]: 1 })),
    FastCheck.constantFrom(...Object.keys(JSON.parse(line))).map((key) => ({ ...JSON.parse(line), [key]: undefined }))
  )
).map((json) => JSON.stringify(json))

it("recognizes the lines that the program writes, as the schema decodes them", () => {
  for (const [index, line] of written.entries()) {
    assert.deepStrictEqual(recognizeLine(JSON.parse(line)), common[index])
    assert.deepStrictEqual(Either.getOrThrow(decode(JSON.parse(line))), common[index])
  }
  // The schema decodes the others.
  assert.isUndefined(recognizeLine(JSON.parse(JSON.stringify(summary("so far", 2)))))
})

it("recognizes nothing that the schema decodes in another way", () =>
  FastCheck.assert(
    FastCheck.property(other, (line) => {
      const recognized = recognizeLine(JSON.parse(line))
      if (recognized !== undefined) assert.deepStrictEqual(recognized, Either.getOrThrow(decode(JSON.parse(line))))
    }),
    { numRuns: 3000 }
  ))

layer(NodeContext.layer)("A session file", (it) => {
  it.scoped("preserves all texts of a message and their options", () =>
    Effect.gen(function*() {
      const fs = yield* FileSystem.FileSystem
      const directory = yield* fs.makeTempDirectoryScoped()
      const sessions = yield* sessionsIn(directory, { mask: (text) => text })
      const content = ["a", "b"].map((text) => Prompt.textPart({ text }))
      const two: Entry = { type: "user", message: Prompt.userMessage({ content }), time }
      const quoted = Prompt.textPart({ text: "c", options: { bedrock: { quoted: true } } })
      const one: Entry = { type: "user", message: Prompt.userMessage({ content: [quoted] }), time }
      const all = [two, one, message, user("d")]
      const session = yield* sessions.create("/project")
      for (const entry of all) yield* session.append(entry)
      assert.deepStrictEqual((yield* sessions.read(session.id)).lines.slice(1), all)
      // Not decoded again, because nothing was masked.
      for (const [index, entry] of (yield* session.entries).slice(1).entries()) assert.strictEqual(entry, all[index])
      assert.include(yield* fs.readFileString(session.path), "\"content\":\"d\"")
    }))

  it.scoped("has the same title in the list and with its requests", () =>
    Effect.gen(function*() {
      const { sessions } = yield* makeSessions
      const session = yield* sessions.create("/project")
      for (const entry of [user("Hi"), assistant("Yes")]) yield* session.append(entry)
      const [listed] = yield* sessions.list
      const [scanned] = [...yield* Stream.runCollect(sessions.requests(Option.none()))]
      assert.deepStrictEqual([scanned?.title, listed?.title], ["Hi", "Hi"])
    }))

  it.scoped("is listed as if all of its answers were decoded", () =>
    Effect.gen(function*() {
      const fs = yield* FileSystem.FileSystem
      const { directory, sessions } = yield* makeSessions
      yield* fs.makeDirectory(directory)
      const confusing =
        ",\"reason\":\"stop\",\"usage\":{\"input\":9,\"output\":9,\"cacheRead\":9,\"cacheWrite\":9},\"time\":\"x\"}"
      const call = { type: "tool-call", id: "a", name: "x", params: { a: 1, reason: "r", usage, time: "x" } }
      const answer: Readonly<Record<string, unknown>> = { ...encode(assistant("", "a")) }
      const { message, ...others } = answer
      const answers = [
        answer,
        { ...answer, cost: 0.25, model: "é".repeat(300) },
        { ...answer, cost: 0.25, interrupted: true, cut: "continued" },
        { ...answer, message: { role: "assistant", content: confusing, options: {} } },
        { ...answer, message: { role: "assistant", content: [call, call], options: {} }, usage },
        // Written by another program.
        { ...others, usage, message: { ...message as object, content: [call] } },
        { ...answer, usage: { ...usage, input: "1" } },
        { ...answer, later: true }
      ]
      for (const [index, entry] of answers.entries()) {
        const lines = [encode(common[0]!), encode(user("Hi")), entry]
        yield* fs.writeFileString(
          `${directory}/${index}.jsonl`,
          lines.map((line) => `${JSON.stringify(line)}\n`).join("")
        )
      }
      const listed = yield* sessions.list
      assert.lengthOf(listed, answers.length)
      for (const session of listed) {
        const { lines } = yield* sessions.read(session.id)
        assert.deepStrictEqual(session, Transcript.toListed(session.id, lines), session.id)
      }
    }))

  it.scoped("is listed with the time of its last readable line, whatever that is", () =>
    Effect.gen(function*() {
      const fs = yield* FileSystem.FileSystem
      const { directory, sessions } = yield* makeSessions
      yield* fs.makeDirectory(directory)
      const at = (seconds: number) => `2026-11-23T05:23:0${seconds}.000Z`
      const line = (entry: Entry, seconds: number) => JSON.stringify({ ...encode(entry), time: at(seconds) })
      const head = [line(common[0]!, 0), line(user("Hi"), 1), line(assistant("", "a"), 2), line(started("a"), 3)]
      const last = {
        a: [[line(result("a"), 4)], 4],
        b: [[line(result("a"), 4), "{\"type\":\"tool-result\"}"], 4],
        c: [[line(result("a"), 4), "{\"type\":\"of a later version\"}", line(summary("so far", 2), 5)], 5],
        d: [[`{"type":"notice","text":1}`], 3]
      } as const
      for (const [id, [lines]] of Object.entries(last)) {
        yield* fs.writeFileString(`${directory}/${id}.jsonl`, [...head, ...lines].map((text) => `${text}\n`).join(""))
      }
      const times = (yield* sessions.list).map(({ id, time, title, turns }) => [id, time, title, turns])
      assert.sameDeepMembers(times, Object.entries(last).map(([id, [, seconds]]) => [id, at(seconds), "Hi", 1]))
    }))
})
