import * as NodeContext from "@effect/platform-node/NodeContext"
import * as FileSystem from "@effect/platform/FileSystem"
import { assert, layer } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as Option from "effect/Option"
import { randomBytes } from "node:crypto"
import { chmodSync, existsSync, lstatSync, readdirSync, readFileSync, statSync, symlinkSync } from "node:fs"
import { dirname } from "node:path"
import { maxCopySize, store } from "../../src/internal/files/fileCopies.ts"
import { makeChangeLog } from "../../src/internal/turn/changeLog.ts"
import * as History from "../../src/session/History.ts"
import * as Spending from "../../src/session/Spending.ts"
import * as TodoList from "../../src/session/TodoList.ts"
import * as Undo from "../../src/session/Undo.ts"
import * as UserCommand from "../../src/session/UserCommand.ts"
import { faults } from "../conversation.ts"
import { sessionsIn, summary, user } from "../sessions.ts"
import { makeProject } from "../workspace.ts"
import { type Call, runTurn } from "./changingTurn.ts"

const start = (options: Parameters<typeof sessionsIn>[1] = {}) =>
  Effect.gen(function*() {
    const project = yield* makeProject
    const directory = `${project.beside}/session`
    const sessions = yield* sessionsIn(directory, options)
    const session = yield* sessions.create(project.root)
    const turn = (prompt: string, ...calls: ReadonlyArray<Call>) => runTurn(session, project.workspace, prompt, calls)
    /** The plan, and what has become of each file of it. */
    const undo = Effect.gen(function*() {
      const plan = Option.getOrThrow(yield* Undo.plan(session))
      return { plan, fates: describe(yield* Undo.apply(session, plan), project.root) }
    })
    const copies = () => {
      const path = session.path.replace(".jsonl", ".copies")
      return existsSync(path) ? readdirSync(path).map((name) => `${path}/${name}`) : []
    }
    return { ...project, copies, directory, sessions, session, turn, undo }
  })

const describe = (files: ReadonlyArray<Undo.File>, root: string) =>
  Object.fromEntries(
    files.map(({ fate, path }) => [path.replace(`${root}/`, ""), fate.type === "kept" ? fate.why : fate.type])
  )

const read = (path: string): Call => ["read", { path }]
const edit = (path: string, oldText: string, newText: string): Call => ["edit", { path, oldText, newText }]
const write = (path: string, content: string): Call => ["write", { path, content }]

layer(NodeContext.layer)("Undo", (it) => {
  it.scoped("restores changed files, deletes created ones, and takes the turn out of the conversation", () =>
    Effect.gen(function*() {
      const { at, get, put, session, turn, undo } = yield* start()
      yield* put("a.txt", "one\r\ntwo\r\n")
      yield* turn("first", read("a.txt"), edit("a.txt", "one", "1"))
      yield* turn(
        "second",
        read("a.txt"),
        edit("a.txt", "two", "2"),
        edit("a.txt", "1", "first"),
        write("new/deep/b.txt", "b"),
        write("new/c.txt", "c")
      )
      const before = Spending.sum(yield* session.entries)
      const { fates, plan } = yield* undo
      assert.strictEqual(plan.prompt, "second")
      assert.deepStrictEqual(fates, { "a.txt": "restored", "new/deep/b.txt": "deleted", "new/c.txt": "deleted" })
      assert.strictEqual(yield* get("a.txt"), "1\r\ntwo\r\n")
      assert.isFalse(existsSync(at("new")))
      const sent = JSON.stringify(History.toPrompt(yield* session.entries))
      assert.include(sent, "Did first.")
      assert.notInclude(sent, "second")
      assert.deepStrictEqual(Spending.sum(yield* session.entries), before)
      assert.deepStrictEqual((yield* undo).fates, { "a.txt": "restored" })
      assert.strictEqual(yield* get("a.txt"), "one\r\ntwo\r\n")
      assert.lengthOf(History.toPrompt(yield* session.entries).content, 0)
      assert.isTrue(Option.isNone(yield* Undo.plan(session)))
    }))

  it.scoped("keeps bytes, permission bits, links and what else is in a created directory", () =>
    Effect.gen(function*() {
      const { at, put, turn, undo } = yield* start()
      const utf16 = Buffer.concat([Buffer.from([0xff, 0xfe]), Buffer.from("größe\r\n", "utf16le")])
      yield* put("utf16.txt", utf16)
      yield* put("western.txt", Buffer.from("größe\n", "latin1"))
      yield* put("run.sh", "echo 1")
      chmodSync(at("run.sh"), 0o750)
      yield* put("target.txt", "target")
      symlinkSync("target.txt", at("link.txt"))
      symlinkSync("later.txt", at("dangling.txt"))
      yield* turn(
        "go",
        ...["utf16.txt", "western.txt", "run.sh", "link.txt"].map(read),
        edit("utf16.txt", "größe", "x"),
        edit("western.txt", "größe", "ä"),
        edit("run.sh", "1", "2"),
        edit("link.txt", "target", "changed"),
        write("dangling.txt", "made"),
        write("made/by/turn.txt", "x")
      )
      assert.strictEqual(readFileSync(at("later.txt"), "utf8"), "made")
      yield* put("made/user.txt", "mine")
      const { fates } = yield* undo
      assert.deepStrictEqual(new Set(Object.values(fates)), new Set(["restored", "deleted"]))
      assert.deepStrictEqual(readFileSync(at("utf16.txt")), utf16)
      assert.deepStrictEqual(readFileSync(at("western.txt")), Buffer.from("größe\n", "latin1"))
      assert.strictEqual(readFileSync(at("run.sh"), "utf8"), "echo 1")
      assert.strictEqual(statSync(at("run.sh")).mode & 0o777, 0o750)
      assert.strictEqual(readFileSync(at("target.txt"), "utf8"), "target")
      assert.isTrue(lstatSync(at("link.txt")).isSymbolicLink())
      assert.isTrue(lstatSync(at("dangling.txt")).isSymbolicLink())
      assert.isFalse(existsSync(at("later.txt")))
      assert.deepStrictEqual(readdirSync(at("made")), ["user.txt"])
      assert.include(fates, { "later.txt": "deleted" })
    }))

  it.scoped("leaves files that something else has changed, before or after the user has agreed", () =>
    Effect.gen(function*() {
      const { at, get, put, root, session, turn } = yield* start()
      for (const name of ["edited", "between", "deleted", "late", "same", "moved", "ours"]) yield* put(name, "old")
      const all = ["edited", "between", "deleted", "late", "same", "moved", "ours"]
      yield* turn("go", ...all.flatMap((name) => [read(name), edit(name, "old", "new")]), write("created", "new"))
      yield* put("edited", "mine")
      yield* put("created", "mine")
      yield* put("same", "old")
      yield* Effect.flatMap(FileSystem.FileSystem, (fs) => fs.remove(at("deleted")))
      yield* Effect.flatMap(FileSystem.FileSystem, (fs) => fs.rename(at("moved"), at("elsewhere")))
      symlinkSync("elsewhere", at("moved"))
      // In the same turn.
      yield* put("between", "formatted")
      yield* store(makeChangeLog(session), {
        path: at("between"),
        before: Option.some({ bytes: Buffer.from("formatted"), text: "formatted" }),
        after: Buffer.from("new again"),
        isSecret: false
      })
      yield* put("between", "new again")

      const plan = Option.getOrThrow(yield* Undo.plan(session))
      yield* put("late", "mine")
      assert.deepStrictEqual(describe(plan.files, root), {
        edited: "changed",
        between: "changed",
        deleted: "changed",
        late: "restored",
        same: "unchanged",
        moved: "changed",
        ours: "restored",
        created: "changed"
      })
      assert.strictEqual((describe(yield* Undo.apply(session, plan), root))["late"], "changed")
      for (const name of ["edited", "created", "late"]) assert.strictEqual(yield* get(name), "mine")
      assert.strictEqual(yield* get("between"), "new again")
      assert.strictEqual(yield* get("elsewhere"), "new")
      assert.strictEqual(yield* get("ours"), "old")
      assert.isFalse(existsSync(at("deleted")))
      assert.isTrue(Option.isNone(yield* Undo.plan(session)))
    }))

  it.scoped("stores no copy of files that may contain secrets, or are too large", () =>
    Effect.gen(function*() {
      const { at, copies, get, put, session, turn, undo } = yield* start({
        mask: (text) => text.replaceAll("sesame", "***")
      })
      yield* put(".env", "PASSWORD=1\n")
      yield* put("config.txt", "opened by sesame\nline\n")
      yield* put("large.txt", `${"x".repeat(maxCopySize)}\nend\n`)
      yield* turn(
        "go",
        read(".env"),
        edit(".env", "PASSWORD=1", "PASSWORD=2"),
        read("config.txt"),
        edit("config.txt", "line", "other"),
        write(".env.local", "PASSWORD=3")
      )
      yield* store(makeChangeLog(session), {
        path: at("large.txt"),
        before: Option.some({ bytes: readFileSync(at("large.txt")), text: "" }),
        after: Buffer.from("small"),
        isSecret: false
      })
      yield* put("large.txt", "small")
      assert.lengthOf(copies(), 0)
      assert.deepStrictEqual((yield* undo).fates, {
        ".env": "secret",
        "config.txt": "secret",
        ".env.local": "deleted",
        "large.txt": "size"
      })
      assert.strictEqual(yield* get(".env"), "PASSWORD=2\n")
      assert.isFalse(existsSync(at(".env.local")))
    }))

  it.scoped("stores copies that only the user can read, as few as needed", () =>
    Effect.gen(function*() {
      const { copies, put, session, sessions, turn, undo } = yield* start()
      yield* put("a.txt", "one")
      yield* turn("go", read("a.txt"), edit("a.txt", "one", "two"), edit("a.txt", "two", "three"))
      const [copy, ...others] = copies()
      assert.lengthOf(others, 0)
      assert.strictEqual(readFileSync(copy!, "utf8"), "one")
      assert.strictEqual(statSync(copy!).mode & 0o777, 0o600)
      assert.strictEqual(statSync(dirname(copy!)).mode & 0o777, 0o700)
      const fork = yield* sessions.fork(session.id)
      yield* undo
      assert.lengthOf(copies(), 0)

      // The copy of the session has its own.
      yield* put("a.txt", "three")
      const forked = yield* sessions.open(fork.id)
      const plan = Option.getOrThrow(yield* Undo.plan(forked))
      assert.deepStrictEqual(plan.files.map(({ fate }) => fate.type), ["restored"])
    }))

  it.scoped("deletes the copies with the session", () =>
    Effect.gen(function*() {
      const { directory, put, root, sessions, workspace } = yield* start()
      yield* put("a.txt", "one")
      const id = yield* Effect.scoped(Effect.gen(function*() {
        const session = yield* sessions.create(root)
        yield* runTurn(session, workspace, "go", [read("a.txt"), edit("a.txt", "one", "two")])
        return session.id
      }))
      assert.isTrue(existsSync(`${directory}/${id}.copies`))
      yield* sessions.remove(id)
      assert.deepStrictEqual(readdirSync(directory).filter((name) => name.startsWith(id)), [])
    }))

  it.scoped("removes the oldest copies when they take more than 50 MiB", () =>
    Effect.gen(function*() {
      const { at, copies, put, session } = yield* start()
      const bytes = randomBytes(maxCopySize)
      for (let index = 0; index < 6; index++) {
        yield* session.append(user(`prompt ${index}`))
        yield* store(makeChangeLog(session), {
          path: at(`${index}`),
          before: Option.some({ bytes, text: "" }),
          after: Buffer.from("new"),
          isSecret: false
        })
        yield* put(`${index}`, "new")
      }
      assert.lengthOf(copies(), 5)
      const lines = yield* session.entries
      for (const line of lines.toReversed()) {
        if (line.type !== "change") continue
        const [file] = Option.getOrThrow(yield* Undo.plan(session)).files
        const isKept = Number(line.path.slice(line.path.lastIndexOf("/") + 1)) >= 1
        assert.deepStrictEqual(file?.fate, isKept ? { type: "restored" } : { type: "kept", why: "lost" })
        yield* Undo.apply(session, Option.getOrThrow(yield* Undo.plan(session)))
      }
    }))

  it.scoped("works in a resumed session, and is remembered there", () =>
    Effect.gen(function*() {
      const { get, put, root, sessions, workspace } = yield* start()
      yield* put("a.txt", "one")
      const { id } = yield* Effect.scoped(Effect.gen(function*() {
        const session = yield* sessions.create(root)
        yield* runTurn(session, workspace, "first", [read("a.txt"), edit("a.txt", "one", "two")])
        yield* runTurn(session, workspace, "second", [read("a.txt"), edit("a.txt", "two", "three")])
        return session
      }))
      yield* Effect.scoped(Effect.gen(function*() {
        const session = yield* sessions.open(id)
        yield* Undo.apply(session, Option.getOrThrow(yield* Undo.plan(session)))
        assert.strictEqual(yield* get("a.txt"), "two")
      }))
      const session = yield* sessions.open(id)
      assert.notInclude(JSON.stringify(History.toPrompt(yield* session.entries)), "second")
      yield* Undo.apply(session, Option.getOrThrow(yield* Undo.plan(session)))
      assert.strictEqual(yield* get("a.txt"), "one")
      // What the file says stays complete.
      assert.include((yield* sessions.read(id)).text, "second")
    }))

  it.scoped("names commands, which it does not undo, and takes the user's own out of the conversation", () =>
    Effect.gen(function*() {
      const { session, turn, undo } = yield* start()
      yield* turn("go", ["bash", { command: "echo from bash" }], ["glob", { pattern: "*" }])
      yield* session.append(user(UserCommand.toMessage("git status", "exit code 0", "clean")))
      const { plan } = yield* undo
      assert.strictEqual(plan.prompt, "go")
      assert.deepStrictEqual(plan.commands, ["echo from bash", "! git status"])
      assert.lengthOf(History.toPrompt(yield* session.entries).content, 0)
    }))

  it.scoped("passes over withdrawn prompts, and takes back lists of steps, summaries and the announced mode", () =>
    Effect.gen(function*() {
      const { session, turn, undo } = yield* start()
      const todo = (content: string): Call => ["todo", { todos: [{ content, status: "pending" }] }]
      yield* turn("first", todo("one"))
      yield* turn("second", todo("two"))
      const at = (yield* session.entries).length
      yield* session.append(user("withdrawn"))
      yield* session.append({ type: "withdrawn", line: at, time: "2026-11-23T05:23:59.000Z" })
      yield* session.append(summary("all of it", at))
      assert.include(JSON.stringify(History.toPrompt(yield* session.entries)), "all of it")
      assert.strictEqual((yield* undo).plan.prompt, "second")
      const lines = yield* session.entries
      const sent = JSON.stringify(History.toPrompt(lines))
      assert.include(sent, "Did first.")
      assert.notInclude(sent, "all of it")
      assert.deepStrictEqual(TodoList.latest(lines).map(({ content }) => content), ["one"])
      assert.deepStrictEqual(faults(History.toPrompt(lines)), [])
      assert.strictEqual((yield* undo).plan.prompt, "first")
    }))

  it.scoped("keeps a summary of older turns", () =>
    Effect.gen(function*() {
      const { session, turn, undo } = yield* start()
      yield* turn("first")
      const at = (yield* session.entries).length
      yield* turn("second")
      yield* session.append(summary("the first turn", at))
      yield* undo
      assert.include(JSON.stringify(History.toPrompt(yield* session.entries)), "the first turn")
      assert.strictEqual((yield* undo).plan.prompt, "first")
      assert.lengthOf(History.toPrompt(yield* session.entries).content, 0)
    }))
})
