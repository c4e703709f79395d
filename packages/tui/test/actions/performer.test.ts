import * as PermissionPolicy from "@altimate-code/agent/permission/PermissionPolicy"
import * as CommandTemplate from "@altimate-code/agent/prompts/CommandTemplate"
import type { Session } from "@altimate-code/agent/session/Session"
import * as SessionGrants from "@altimate-code/agent/session/SessionGrants"
import * as SessionStore from "@altimate-code/agent/session/SessionStore"
import * as Transcript from "@altimate-code/agent/session/Transcript"
import * as Undo from "@altimate-code/agent/session/Undo"
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
import { type AllowedRule, Host } from "../../src/Host.ts"
import * as Performer from "../../src/internal/actions/performer.ts"
import * as Picker from "../../src/internal/input/picker.ts"
import type { Action } from "../../src/internal/screen/action.ts"
import type { Message } from "../../src/internal/screen/message.ts"
import { itemsOf } from "../../src/internal/transcript/item.ts"
import { makeScreen } from "../update/simulatedScreen.ts"

const projectCommand = {
  name: "look",
  description: "",
  argumentHint: "",
  path: "look.md",
  text: "",
  source: { directory: "/", root: "/" },
  segments: CommandTemplate.parse("Look at !`echo it`."),
  ignored: []
}

/** The actions over a temporary directory. The model answers with nothing. */
const make = Effect.gen(function*() {
  const fs = yield* FileSystem.FileSystem
  const directory = yield* fs.makeTempDirectoryScoped()
  const work = `${directory}/work`
  yield* fs.makeDirectory(work)
  const configured: Array<AllowedRule> = []
  const counts = { systemPrompts: 0, editors: 0 }
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
  /** The path of each file that was written. */
  const written = yield* Queue.unbounded<string>()
  const recordingFs = FileSystem.FileSystem.of({
    ...fs,
    writeFileString: (path, ...rest) => Effect.zipLeft(fs.writeFileString(path, ...rest), Queue.offer(written, path))
  })
  const host = Host.of({
    version: "1",
    keybinds: {},
    theme: "auto",
    yolo: false,
    directory: "~/work",
    setup: Option.none(),
    model: Effect.succeed({
      name: "M",
      isKnown: true,
      configured: "m",
      wire: "m",
      isSameAs: (id) => id === "us.m",
      provider: "P",
      region: "",
      gateway: "",
      credential: "",
      languageModel
    }),
    notices: Stream.make("Log in at https://login.example"),
    models: [{ id: "other", name: "Other", family: "F" }],
    listedModels: Stream.make([{ id: "first", name: "First", family: "F" }, { id: "us.m", name: "M", family: "F" }]),
    select: () => Effect.die("not used"),
    setEffort: () => Effect.die("not used"),
    tools: Effect.map(Toolkit.empty, (toolkit) => ({ toolkit, notices: [] })),
    customCommands: {
      find: () => Effect.succeed({ commands: [projectCommand], notices: [] }),
      isUntrusted: () => Effect.succeed(true),
      trust: () => Effect.void,
      describeIgnored: () => []
    },
    skills: Effect.succeed([]),
    mcp: Effect.succeed(["tickets  connected  stdio"]),
    system: Effect.sync(() => {
      counts.systemPrompts++
      return { text: "You help.", notices: ["AGENTS.md can't be read."] }
    }),
    explain: ({ message }) => ({ message, hint: "" }),
    status: Effect.succeed([]),
    allowAlways: () => Effect.succeed("the file"),
    allowedRules: Effect.sync(() => configured),
    removeRule: (rule) =>
      Effect.sync(() => void configured.splice(configured.findIndex(({ place }) => place === rule.place), 1)),
    notification: "off",
    history,
    mask: (text) => text.replaceAll("hunter22", "<redacted>")
  })
  const layer = Layer.mergeAll(
    Layer.succeed(Host, host),
    Layer.succeed(FileSystem.FileSystem, recordingFs),
    SessionStore.layer({ directory: `${directory}/sessions` }),
    Layer.provide(PermissionPolicy.withModes("ask"), PermissionPolicy.layer),
    Layer.succeed(Workspace, {
      directory: work,
      root: work,
      outputs: `${directory}/outputs`,
      programFiles: { directories: [], names: [] },
      commandEnvironment: { PATH: process.env["PATH"] ?? "" },
      programEnvironment: { PATH: process.env["PATH"] ?? "" },
      makeMasker: () => ({ next: (piece) => piece, end: () => "" })
    })
  ).pipe(Layer.provideMerge(NodeContext.layer))
  const messages = yield* Queue.unbounded<Message>()
  return yield* Effect.gen(function*() {
    const sessions = yield* SessionStore.SessionStore
    const clipboard: Array<string> = []
    const first = yield* Scope.make()
    const session = yield* Scope.extend(sessions.create(work), first)
    const performer = yield* Performer.make({
      session,
      closeSession: Scope.close(first, Exit.void),
      maxSteps: 3,
      dispatch: (message) => void Queue.unsafeOffer(messages, message),
      showPage: () => undefined,
      writeToTerminal: (text) => void clipboard.push(text),
      suspendDuring: () =>
        Effect.suspend(() => {
          counts.editors++
          return Effect.never
        })
    })
    /** All messages up to the first one of this type. */
    const takeUntil = (
      type: Message["type"],
      taken: ReadonlyArray<Message> = []
    ): Effect.Effect<ReadonlyArray<Message>> =>
      Effect.flatMap(
        Queue.take(messages),
        (message) => message.type === type ? Effect.succeed([...taken, message]) : takeUntil(type, [...taken, message])
      )
    /** Performs the action, and returns the messages up to the first one of this type. */
    const performUntil = (action: Action, type: Message["type"]) =>
      Effect.zipRight(performer.perform(action), takeUntil(type))
    return {
      ...performer,
      configured,
      performUntil,
      takeUntil,
      sessions,
      session,
      counts,
      fs,
      work,
      history,
      written,
      clipboard
    }
  }).pipe(Effect.provide(layer))
})

const noticesOf = (messages: ReadonlyArray<Message>) =>
  messages.flatMap((message) => message.type === "item" && message.item.type === "notice" ? [message.item.text] : [])

const append = ({ append }: Session) =>
  append({ type: "grant", permission: "edit", pattern: "x", time: "2026-11-23T05:23:59.000Z" })

describe("Sessions", () => {
  it.scoped("stay open when the user opens the current one", () =>
    Effect.gen(function*() {
      const { currentSession, performUntil, session } = yield* make
      yield* append(session)
      for (const id of [session.id, session.id.slice(0, -2)]) {
        const messages = yield* performUntil({ type: "open-session", id }, "task-ended")
        assert.deepStrictEqual(noticesOf(messages), [`Session ${session.id} is already open.`])
        assert.strictEqual((yield* currentSession).id, session.id)
      }
    }).pipe(Effect.provide(NodeContext.layer)))

  it.scoped("are closed when the user switches, and can be opened again", () =>
    Effect.gen(function*() {
      const { currentSession, performUntil, session, sessions } = yield* make
      yield* append(session)
      const refused = yield* Effect.flip(Effect.scoped(sessions.open(session.id)))
      assert.strictEqual(refused.reason, "InUse")
      yield* performUntil({ type: "new-session" }, "task-ended")
      const second = yield* currentSession
      assert.notStrictEqual(second.id, session.id)
      yield* append(second)
      yield* Effect.scoped(sessions.open(session.id))
      yield* performUntil({ type: "open-session", id: session.id }, "task-ended")
      assert.strictEqual((yield* currentSession).id, session.id)
      yield* Effect.scoped(sessions.open(second.id))
    }).pipe(Effect.provide(NodeContext.layer)))
})

describe("The list of sessions", () => {
  it.scoped("returns the title if the session is in use, and knows which titles were given", () =>
    Effect.gen(function*() {
      const { performUntil, session, sessions, work } = yield* make
      yield* append(session)
      const other = yield* sessions.create(work)
      yield* append(other)
      const refused = yield* performUntil({ type: "retitle-session", id: other.id, title: "Mine" }, "sessions-listed")
      assert.deepStrictEqual(refused[0], { type: "title-refused", id: other.id, title: "Mine" })
      const renamed = yield* performUntil({ type: "retitle-session", id: session.id, title: "Mine" }, "sessions-listed")
      const listed = renamed.at(-1)
      assert.deepStrictEqual(
        listed?.type === "sessions-listed" && listed.choices.map(({ id, title }) => [id, title]).toSorted(),
        [[session.id, "Mine"], [other.id, undefined]].toSorted()
      )
    }).pipe(Effect.provide(NodeContext.layer)))
})

describe("/permissions", () => {
  it.scoped("takes back what was allowed for the session, also if it was allowed twice", () =>
    Effect.gen(function*() {
      const { performUntil, session } = yield* make
      yield* append(session)
      yield* append(session)
      const [opened] = (yield* performUntil({ type: "list-permissions" }, "permissions")).slice(-1)
      assert.strictEqual(opened?.type, "permissions")
      const rules = opened?.type === "permissions" ? opened.rules : []
      assert.deepStrictEqual(rules, [
        { permission: "edit", pattern: "x", place: "in this session", isRemovable: true, isOfSession: true }
      ])
      const removed = yield* performUntil({ type: "remove-rule", rule: rules[0]! }, "permissions")
      assert.deepStrictEqual(noticesOf(removed), ["No longer allowed: edit x (in this session)."])
      assert.deepStrictEqual(removed.at(-1), { type: "permissions", rules: [], isOpening: false })
      assert.deepStrictEqual(SessionGrants.list(yield* session.entries), [])
      // It can be allowed again.
      yield* append(session)
      assert.lengthOf(SessionGrants.list(yield* session.entries), 1)
    }).pipe(Effect.provide(NodeContext.layer)))

  it.scoped("says that another file still allows what is removed", () =>
    Effect.gen(function*() {
      const { configured, performUntil } = yield* make
      const rule = { permission: "*", pattern: "*", place: "~/user.json", isRemovable: true, isOfSession: false }
      configured.push(rule, { ...rule, place: "~/shop/altimate-code.json", isRemovable: false })
      const removed = yield* performUntil({ type: "remove-rule", rule }, "permissions")
      assert.deepStrictEqual(noticesOf(removed), [
        "Removed: everything (~/user.json). It is still allowed by ~/shop/altimate-code.json."
      ])
    }).pipe(Effect.provide(NodeContext.layer)))
})

describe("/model", () => {
  it.scoped("opens its list with the current model selected, also once the models that can be used are known", () =>
    Effect.gen(function*() {
      const { performUntil } = yield* make
      const messages = yield* performUntil({ type: "list-models" }, "models-listed")
      const [opened, listed] = messages
      assert(opened?.type === "models" && listed?.type === "models-listed")
      const current = { id: "m", label: "M", detail: "current · m" }
      assert.deepStrictEqual(Picker.selectedChoice(opened.picker), current)
      assert.deepStrictEqual(
        Picker.selectedChoice(Picker.replaceChoices(opened.picker, listed.choices)),
        { ...current, detail: "current · F · m" }
      )
    }).pipe(Effect.provide(NodeContext.layer)))
})

describe("Commands", () => {
  const answer = (text: string) => ({
    type: "assistant" as const,
    message: Prompt.assistantMessage({ content: [Prompt.textPart({ text })] }),
    reason: "stop",
    usage: { input: 1, output: 1, cacheRead: 0, cacheWrite: 0 },
    time: "2026-11-23T05:23:59.000Z"
  })

  it.scoped("/fork continues in a copy", () =>
    Effect.gen(function*() {
      const { currentSession, performUntil, session, sessions } = yield* make
      assert.deepStrictEqual(noticesOf(yield* performUntil({ type: "fork-session" }, "task-ended")), [
        "Nothing to copy yet."
      ])
      yield* session.append(answer("One"))
      yield* performUntil({ type: "fork-session" }, "task-ended")
      const copy = yield* currentSession
      assert.notStrictEqual(copy.id, session.id)
      assert.lengthOf(yield* copy.entries, 2)
      yield* Effect.scoped(sessions.open(session.id))
    }).pipe(Effect.provide(NodeContext.layer)))

  it.scoped("/init sends its prompt, and is shown as it was typed: live, resumed and as the title", () =>
    Effect.gen(function*() {
      const screen = makeScreen()
      screen.press("/init", "\r")
      assert.deepStrictEqual(screen.state().items.at(-1), { type: "user", text: "/init", images: [] })
      const { fs, performUntil, session, sessions } = yield* make
      const [action] = screen.actionsOf("init")
      yield* performUntil(action!, "turn-ended")
      const lines = yield* session.entries
      assert.include(yield* fs.readFileString(session.path), "Write an AGENTS.md")
      assert.deepStrictEqual(itemsOf(lines)[0], { type: "user", text: "/init", images: [] })
      assert.strictEqual(Transcript.findTitle(lines), "/init")
      const [stored] = [...yield* Stream.runCollect(sessions.requests(Option.none()))]
      assert.strictEqual(stored?.title, "/init")
      const message = Prompt.userMessage({ content: [Prompt.textPart({ text: "Write it." })] })
      yield* session.append({ type: "user", message, typed: "/init", time: "2026-11-23T05:23:59.000Z" })
      assert.deepStrictEqual(Option.getOrThrow(yield* Undo.plan(session)).typed, Option.some("/init"))
    }).pipe(Effect.provide(NodeContext.layer)))

  it.scoped("of the project ask for trust, unless plan mode denies them anyway: then the key that leaves it is named", () =>
    Effect.gen(function*() {
      const { perform, performUntil, takeUntil } = yield* make
      const action = { type: "command", command: { name: "look", args: "" }, text: "/look" } as const
      const asked = (yield* performUntil(action, "question-asked")).at(-1)
      assert(asked?.type === "question-asked")
      assert.strictEqual(asked.question.because, "look.md comes with this project and runs commands")
      yield* perform({ type: "answer", id: asked.question.id, answer: { _tag: "No" } })
      yield* takeUntil("turn-ended")
      yield* perform({ type: "set-mode", mode: "plan" })
      const messages = yield* performUntil(action, "turn-ended")
      assert.isFalse(messages.some(({ type }) => type === "question-asked"))
      const [refused] = messages.flatMap((message) => message.type === "item" ? [message.item] : [])
      assert(refused?.type === "notice")
      assert.include(refused.text, "This is not allowed: plan mode is on")
      assert.strictEqual(refused.hint, "shift-tab: leave plan mode")
    }).pipe(Effect.provide(NodeContext.layer)))

  it.scoped("/copy sends the last answer to the terminal if there is no other clipboard", () =>
    Effect.gen(function*() {
      const { clipboard, performUntil, session } = yield* make
      yield* performUntil({ type: "copy" }, "item")
      assert.deepStrictEqual(clipboard, [])
      for (const text of ["First", "Größe", ""]) yield* session.append(answer(text))
      yield* performUntil({ type: "copy" }, "item")
      assert.deepStrictEqual(clipboard, [`\x1b]52;c;${Buffer.from("Größe").toString("base64")}\x07`])
    }).pipe(Effect.provide(NodeContext.layer)))

  it.scoped("/export does not replace a file that the user names", () =>
    Effect.gen(function*() {
      const { fs, performUntil, session, work } = yield* make
      yield* session.append(answer("One"))
      const file = `${work}/notes/one.md`
      const refused = yield* performUntil({ type: "export", file: "notes/one.md" }, "item")
      assert.deepStrictEqual(noticesOf(refused), [`${work}/notes does not exist.`])
      yield* fs.makeDirectory(`${work}/notes`)
      yield* performUntil({ type: "export", file: "notes/one.md" }, "item")
      assert.include(yield* fs.readFileString(file), "One")
      yield* fs.writeFileString(file, "mine")
      yield* performUntil({ type: "export", file }, "item")
      assert.strictEqual(yield* fs.readFileString(file), "mine")
    }).pipe(Effect.provide(NodeContext.layer)))
})

describe("The system prompt", () => {
  it.scoped("is built once per session and shows its notices once", () =>
    Effect.gen(function*() {
      const { counts, performUntil } = yield* make
      const first = yield* performUntil({ type: "turn", text: "one" }, "turn-ended")
      assert.deepStrictEqual(noticesOf(first), ["AGENTS.md can't be read."])
      assert.deepStrictEqual(noticesOf(yield* performUntil({ type: "turn", text: "two" }, "turn-ended")), [])
      assert.strictEqual(counts.systemPrompts, 1)
      yield* performUntil({ type: "new-session" }, "task-ended")
      const next = yield* performUntil({ type: "turn", text: "three" }, "turn-ended")
      assert.deepStrictEqual(noticesOf(next), ["AGENTS.md can't be read."])
      assert.strictEqual(counts.systemPrompts, 2)
    }).pipe(Effect.provide(NodeContext.layer)))
})

describe("Compaction", () => {
  it.scoped("shows how much of the context is used if there is nothing to compact", () =>
    Effect.gen(function*() {
      const { performUntil, session } = yield* make
      const time = "2026-11-23T05:23:59.000Z"
      yield* session.append({
        type: "user",
        message: Prompt.userMessage({ content: [Prompt.textPart({ text: "x".repeat(120_000) })] }),
        time
      })
      yield* performUntil({ type: "compact" }, "compacted").pipe(
        Effect.map((messages) => messages.at(-1)),
        Effect.tap((message) =>
          Effect.sync(() =>
            assert.deepInclude(message, { type: "compacted", text: "Nothing to compact yet: 30k tokens used." })
          )
        )
      )
    }).pipe(Effect.provide(NodeContext.layer)))
})

describe("The prompt", () => {
  it.scoped("lists files at most once in ten seconds", () =>
    Effect.gen(function*() {
      const { fs, performUntil, work } = yield* make
      const files = Effect.map(
        performUntil({ type: "list-files" }, "files"),
        (messages) => messages.flatMap((message) => message.type === "files" ? message.files : [])
      )
      yield* fs.writeFileString(`${work}/a.ts`, "")
      assert.deepStrictEqual(yield* files, ["a.ts"])
      yield* fs.writeFileString(`${work}/b.ts`, "")
      assert.deepStrictEqual(yield* files, ["a.ts"])
      yield* TestClock.adjust("11 seconds")
      assert.sameMembers([...yield* files], ["a.ts", "b.ts"])
    }).pipe(Effect.provide(NodeContext.layer)))

  it.scoped("opens a single external editor even if Ctrl-G is pressed twice", () =>
    Effect.gen(function*() {
      const { counts, perform } = yield* make
      yield* perform({ type: "edit", text: "" })
      yield* perform({ type: "edit", text: "" })
      yield* Effect.yieldNow()
      assert.strictEqual(counts.editors, 1)
    }).pipe(Effect.provide(NodeContext.layer)))
})

describe("A shell command", () => {
  const ends = (messages: ReadonlyArray<Message>) =>
    messages.flatMap((message) => message.type === "item" && message.item.type === "shell" ? [message.item.end] : [])

  it.scoped("is interrupted by stop", () =>
    Effect.gen(function*() {
      const { perform, performUntil } = yield* make
      yield* perform({ type: "shell", command: "exec sleep 600" })
      assert.deepStrictEqual(ends(yield* performUntil({ type: "stop" }, "task-ended")), ["interrupted"])
    }).pipe(Effect.provide(NodeContext.layer)))

  it.scoped("has reported its end when all actions are interrupted", () =>
    Effect.gen(function*() {
      const { interruptAll, perform, takeUntil } = yield* make
      yield* perform({ type: "shell", command: "exec sleep 600" })
      yield* interruptAll
      assert.deepStrictEqual(ends(yield* takeUntil("task-ended")), ["interrupted"])
    }).pipe(Effect.provide(NodeContext.layer)))
})

describe("The prompt history", () => {
  it.scoped("does not store secrets", () =>
    Effect.gen(function*() {
      const { fs, history, perform, written } = yield* make
      yield* perform({ type: "remember", text: "!login hunter22" })
      assert.strictEqual(yield* Queue.take(written), history)
      assert.strictEqual(yield* fs.readFileString(history), "\"!login <redacted>\"\n")
    }).pipe(Effect.provide(NodeContext.layer)))
})
