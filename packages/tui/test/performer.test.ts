import * as PermissionPolicy from "@altimate-code/agent/PermissionPolicy"
import type { Session } from "@altimate-code/agent/Session"
import * as SessionStore from "@altimate-code/agent/SessionStore"
import { Workspace } from "@altimate-code/agent/Workspace"
import * as LanguageModel from "@effect/ai/LanguageModel"
import * as Prompt from "@effect/ai/Prompt"
import * as Toolkit from "@effect/ai/Toolkit"
import * as NodeContext from "@effect/platform-node/NodeContext"
import * as FileSystem from "@effect/platform/FileSystem"
import { assert, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import * as Layer from "effect/Layer"
import * as Option from "effect/Option"
import * as Queue from "effect/Queue"
import * as Scope from "effect/Scope"
import * as Stream from "effect/Stream"
import * as TestClock from "effect/TestClock"
import { Host } from "../src/Host.ts"
import * as Performer from "../src/internal/screen/performer.ts"
import type { Command, Message } from "../src/internal/screen/state.ts"

/** A screen's work over conversations in a directory of their own. The model says nothing. */
const make = Effect.gen(function*() {
  const fs = yield* FileSystem.FileSystem
  const directory = yield* fs.makeTempDirectoryScoped()
  const work = `${directory}/work`
  yield* fs.makeDirectory(work)
  const seen = { systems: 0, lent: 0 }
  const languageModel = yield* LanguageModel.make({
    generateText: () => Effect.succeed([]),
    streamText: () =>
      Stream.make(
        {
          type: "finish",
          reason: "stop",
          usage: { inputTokens: 1, outputTokens: 1, totalTokens: 2 }
        } as const
      )
  })
  const history = `${directory}/history.jsonl`
  const host = Host.of({
    version: "1",
    yolo: false,
    directory: "~/work",
    setup: Option.none(),
    model: Effect.succeed({
      name: "M",
      configured: "m",
      wire: "m",
      provider: "P",
      region: "",
      gateway: "",
      credential: "",
      languageModel
    }),
    said: Stream.make("Log in at https://login.example"),
    models: [],
    select: () => Effect.die("not used"),
    tools: Effect.map(Toolkit.empty, (toolkit) => ({ toolkit, notices: [] })),
    mcp: Effect.succeed(["tickets  connected  stdio"]),
    system: Effect.sync(() => {
      seen.systems++
      return { text: "You help.", notices: ["AGENTS.md can't be read."] }
    }),
    explain: ({ message }) => ({ message, hint: "" }),
    status: Effect.succeed([]),
    allowAlways: () => Effect.succeed("the file"),
    history,
    mask: (text) => text.replaceAll("hunter22", "<redacted>")
  })
  const layer = Layer.mergeAll(
    Layer.succeed(Host, host),
    SessionStore.layer({ directory: `${directory}/sessions` }),
    PermissionPolicy.layer,
    Layer.succeed(Workspace, {
      directory: work,
      root: work,
      outputs: `${directory}/outputs`,
      own: { directories: [], names: [] },
      commandEnvironment: { PATH: process.env["PATH"] ?? "" },
      programEnvironment: { PATH: process.env["PATH"] ?? "" },
      makeMasker: () => ({ next: (piece) => piece, end: () => "" })
    })
  ).pipe(Layer.provideMerge(NodeContext.layer))
  const messages = yield* Queue.unbounded<Message>()
  return yield* Effect.gen(function*() {
    const sessions = yield* SessionStore.SessionStore
    const first = yield* Scope.make()
    const session = yield* Scope.extend(sessions.create(work), first)
    const performer = yield* Performer.make({
      session,
      release: Scope.close(first, Exit.void),
      maxSteps: 3,
      dispatch: (message) => void Queue.unsafeOffer(messages, message),
      lend: () =>
        Effect.suspend(() => {
          seen.lent++
          return Effect.never
        })
    })
    /** All that is told up to the first message of this type. */
    const until = (type: Message["type"], told: ReadonlyArray<Message> = []): Effect.Effect<ReadonlyArray<Message>> =>
      Effect.flatMap(
        Queue.take(messages),
        (message) => message.type === type ? Effect.succeed([...told, message]) : until(type, [...told, message])
      )
    const perform = (command: Command, type: Message["type"]) =>
      Effect.zipRight(performer.perform(command), until(type))
    return { ...performer, perform, post: performer.perform, sessions, session, seen, fs, work, history }
  }).pipe(Effect.provide(layer))
})

const said = (told: ReadonlyArray<Message>) =>
  told.flatMap((message) => message.type === "item" && message.item.type === "notice" ? [message.item.text] : [])

const append = ({ append }: Session) =>
  append({ type: "grant", permission: "edit", pattern: "x", time: "2026-11-23T05:23:59.000Z" })

describe("Conversations", () => {
  it.scoped("stays in the one that is open when it is asked for", () =>
    Effect.gen(function*() {
      const { current, perform, session } = yield* make
      yield* append(session)
      for (const id of [session.id, session.id.slice(0, -2)]) {
        const told = yield* perform({ type: "open-session", id }, "ready")
        assert.deepStrictEqual(said(told), [`You are in this conversation already (${session.id}).`])
        assert.strictEqual((yield* current).id, session.id)
      }
    }).pipe(Effect.provide(NodeContext.layer)))

  it.scoped("gives the one that is left back to others, and comes back to it", () =>
    Effect.gen(function*() {
      const { current, perform, session, sessions } = yield* make
      yield* append(session)
      const refused = yield* Effect.flip(Effect.scoped(sessions.open(session.id)))
      assert.strictEqual(refused.reason, "InUse")
      yield* perform({ type: "new-session" }, "ready")
      const second = yield* current
      assert.notStrictEqual(second.id, session.id)
      yield* append(second)
      yield* Effect.scoped(sessions.open(session.id))
      yield* perform({ type: "open-session", id: session.id }, "ready")
      assert.strictEqual((yield* current).id, session.id)
      yield* Effect.scoped(sessions.open(second.id))
    }).pipe(Effect.provide(NodeContext.layer)))
})

describe("The system prompt", () => {
  it.scoped("is made once in a conversation, and tells its notices once", () =>
    Effect.gen(function*() {
      const { perform, seen } = yield* make
      const first = yield* perform({ type: "turn", text: "one" }, "turn-over")
      assert.deepStrictEqual(said(first), ["AGENTS.md can't be read."])
      assert.deepStrictEqual(said(yield* perform({ type: "turn", text: "two" }, "turn-over")), [])
      assert.strictEqual(seen.systems, 1)
      yield* perform({ type: "new-session" }, "ready")
      const next = yield* perform({ type: "turn", text: "three" }, "turn-over")
      assert.deepStrictEqual(said(next), ["AGENTS.md can't be read."])
      assert.strictEqual(seen.systems, 2)
    }).pipe(Effect.provide(NodeContext.layer)))
})

describe("Compaction", () => {
  it.scoped("says how much is used where there is nothing to compact, and what was done as a notice", () =>
    Effect.gen(function*() {
      const { perform, session } = yield* make
      const time = "2026-11-23T05:23:59.000Z"
      yield* session.append({
        type: "user",
        message: Prompt.userMessage({ content: [Prompt.textPart({ text: "x".repeat(120_000) })] }),
        time
      })
      yield* perform({ type: "compact" }, "compacted").pipe(
        Effect.map((told) => told.at(-1)),
        Effect.tap((message) =>
          Effect.sync(() =>
            assert.deepInclude(message, { type: "compacted", text: "Nothing to compact yet: 30k tokens used." })
          )
        )
      )
    }).pipe(Effect.provide(NodeContext.layer)))
})

describe("Files and the editor", () => {
  it.scoped("are looked for once in ten seconds", () =>
    Effect.gen(function*() {
      const { fs, perform, work } = yield* make
      const files = Effect.map(
        perform({ type: "list-files" }, "files"),
        (told) => told.flatMap((message) => message.type === "files" ? message.files : [])
      )
      yield* fs.writeFileString(`${work}/a.ts`, "")
      assert.deepStrictEqual(yield* files, ["a.ts"])
      yield* fs.writeFileString(`${work}/b.ts`, "")
      assert.deepStrictEqual(yield* files, ["a.ts"])
      yield* TestClock.adjust("11 seconds")
      assert.sameMembers([...yield* files], ["a.ts", "b.ts"])
    }).pipe(Effect.provide(NodeContext.layer)))

  it.scoped("opens one editor, however often Ctrl-G is pressed", () =>
    Effect.gen(function*() {
      const { post, seen } = yield* make
      yield* post({ type: "edit", text: "" })
      yield* post({ type: "edit", text: "" })
      yield* Effect.yieldNow()
      assert.strictEqual(seen.lent, 1)
    }).pipe(Effect.provide(NodeContext.layer)))
})

describe("The history of prompts", () => {
  it.scoped("has no secrets", () =>
    Effect.gen(function*() {
      const { fs, history, post } = yield* make
      yield* post({ type: "remember", text: "!login hunter22" })
      const written = yield* fs.readFileString(history).pipe(
        Effect.filterOrFail((text) => text.endsWith("\n")),
        Effect.tapError(() => Effect.promise(() => new Promise((resolve) => setTimeout(resolve, 10)))),
        Effect.retry({ times: 200 })
      )
      assert.strictEqual(written, "\"!login <redacted>\"\n")
    }).pipe(Effect.provide(NodeContext.layer)))
})
