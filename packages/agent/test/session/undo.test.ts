import * as Prompt from "@effect/ai/Prompt"
import * as NodeContext from "@effect/platform-node/NodeContext"
import * as Platform from "@effect/platform/Error"
import * as FileSystem from "@effect/platform/FileSystem"
import { assert, layer } from "@effect/vitest"
import * as Clock from "effect/Clock"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Option from "effect/Option"
import * as Stream from "effect/Stream"
import { execFileSync } from "node:child_process"
import { randomBytes } from "node:crypto"
import {
  chmodSync,
  existsSync,
  lstatSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  symlinkSync
} from "node:fs"
import { dirname } from "node:path"
import { maxCopySize, store } from "../../src/internal/files/fileCopies.ts"
import { makeChangeLog } from "../../src/internal/turn/changeLog.ts"
import { findTaskReports } from "../../src/internal/turn/taskReports.ts"
import * as Approver from "../../src/permission/Approver.ts"
import * as PermissionPolicy from "../../src/permission/PermissionPolicy.ts"
import * as PermissionRules from "../../src/permission/PermissionRules.ts"
import * as History from "../../src/session/History.ts"
import { SessionError } from "../../src/session/SessionError.ts"
import * as SessionGrants from "../../src/session/SessionGrants.ts"
import * as Spending from "../../src/session/Spending.ts"
import * as TodoList from "../../src/session/TodoList.ts"
import * as Undo from "../../src/session/Undo.ts"
import * as UserCommand from "../../src/session/UserCommand.ts"
import * as Turn from "../../src/turn/Turn.ts"
import { faults } from "../conversation.ts"
import { finish, scripted, text } from "../model.ts"
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

const time = "2026-11-23T05:23:59.000Z"

const refuse = (code: string) =>
  new Platform.SystemError({ reason: "Unknown", module: "FileSystem", method: "open", cause: { code } })

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

  it.scoped("keeps the turn and the copies when a file can't be restored, and does the rest when it is repeated", () =>
    Effect.gen(function*() {
      const { at, copies, get, put, root, session, turn, undo } = yield* start()
      for (const name of ["a", "b"]) yield* put(name, "old")
      yield* turn("go", read("a"), edit("a", "old", "new"), read("b"), edit("b", "old", "new"), write("c", "new"))
      const plan = Option.getOrThrow(yield* Undo.plan(session))
      const fs = yield* FileSystem.FileSystem
      const full = yield* Effect.provideService(Undo.apply(session, plan), FileSystem.FileSystem, {
        ...fs,
        open: (path, options) =>
          options?.flag === "wx" && readdirSync(root).includes("c") && dirname(path) === root
            ? refuse("ENOSPC")
            : fs.open(path, options)
      })
      assert.deepStrictEqual(describe(full, root), { a: "failed", b: "failed", c: "deleted" })
      const [first] = full
      assert.deepStrictEqual(first?.fate, {
        type: "failed",
        message: "there is no space left. Free some space on the disk"
      })
      assert.lengthOf(copies(), 2)
      assert.strictEqual(yield* get("a"), "new")
      assert.deepStrictEqual((yield* undo).fates, { a: "restored", b: "restored", c: "unchanged" })
      assert.strictEqual(readFileSync(at("b"), "utf8"), "old")
      assert.lengthOf(copies(), 0)
      assert.isTrue(Option.isNone(yield* Undo.plan(session)))
    }))

  it.scoped("keeps the copies of files that it leaves, until they are among the oldest", () =>
    Effect.gen(function*() {
      const { at, copies, put, session, turn } = yield* start()
      for (const name of ["a", "b"]) yield* put(name, "old")
      yield* turn("go", read("a"), edit("a", "old", "new"), read("b"), edit("b", "old", "new"))
      yield* put("b", "mine")
      const [a, b] = yield* Undo.apply(session, Option.getOrThrow(yield* Undo.plan(session)))
      assert.deepStrictEqual([a?.fate.type, b?.fate.type], ["restored", "kept"])
      assert.isUndefined(a?.copy)
      assert.deepStrictEqual(copies(), [b?.copy])
      assert.strictEqual(readFileSync(b?.copy ?? "", "utf8"), "old")
      yield* session.append(user("more"))
      for (let index = 0; index < 5; index++) {
        yield* store(makeChangeLog(session), {
          path: at(`${index}`),
          before: Option.some({ bytes: randomBytes(maxCopySize), text: "" }),
          after: Buffer.from("new"),
          isSecret: false
        })
      }
      assert.lengthOf(copies(), 5)
      assert.notInclude(copies(), b?.copy)
    }))

  it.scoped("says that the files are restored if only the session can't be saved, for which it has made room", () =>
    Effect.gen(function*() {
      const { copies, get, put, session, turn, undo } = yield* start()
      yield* put("a", "old")
      yield* turn("go", read("a"), edit("a", "old", "new"))
      const plan = Option.getOrThrow(yield* Undo.plan(session))
      const append = () =>
        new SessionError({ reason: "Io", message: "No space left.", hint: "Free some space on the disk." })
      const error = yield* Effect.flip(Undo.apply({ ...session, append }, plan))
      assert.match(error.message, /^The files are restored already, .* No space left\.$/)
      assert.lengthOf(copies(), 0)
      assert.strictEqual(yield* get("a"), "old")
      assert.deepStrictEqual((yield* undo).fates, { a: "unchanged" })
      assert.isTrue(Option.isNone(yield* Undo.plan(session)))
    }))

  it.scoped("keeps a grant that was taken back in the turn taken back", () =>
    Effect.gen(function*() {
      const { session, turn, undo } = yield* start()
      const grant = { permission: "bash", pattern: "npm *", time }
      yield* turn("first")
      yield* session.append({ type: "grant", ...grant })
      yield* turn("second")
      yield* session.append({ type: "revoke", ...grant })
      yield* undo
      assert.deepStrictEqual(SessionGrants.list(yield* session.entries), [])
    }))

  it.scoped("returns what was typed, never the text of a custom command", () =>
    Effect.gen(function*() {
      const { root, session, sessions } = yield* start()
      const input = [Prompt.textPart({ text: "! the command's text with @.env" })]
      const model = scripted([{ parts: [...text("Done."), finish("stop")] }, {
        parts: [...text("Done."), finish("stop")]
      }])
      const services = Layer.mergeAll(
        model,
        PermissionPolicy.layer,
        PermissionRules.layer("allow"),
        Approver.declineAll("no")
      )
      const run = (typed?: string) =>
        Turn.run({ session, input, system: undefined, maxSteps: 1, ...(typed === undefined ? {} : { typed }) }).pipe(
          Stream.runDrain
        )
      yield* Effect.provide(Effect.zipRight(run(), run("/fix it")), services)
      const fork = yield* sessions.open((yield* sessions.fork(session.id)).id)
      assert.strictEqual(fork.directory, root)
      for (const typed of [Option.some("/fix it"), Option.none()]) {
        const plan = Option.getOrThrow(yield* Undo.plan(fork))
        assert.deepStrictEqual(plan.typed, typed)
        assert.include(plan.prompt, "the command's text")
        yield* Undo.apply(fork, plan)
      }
    }))

  it.scoped("leaves a created file that is read-only now", () =>
    Effect.gen(function*() {
      const { at, turn, undo } = yield* start()
      yield* turn("go", write("a", "new"), write("b", "new"))
      chmodSync(at("a"), 0o444)
      assert.deepStrictEqual((yield* undo).fates, { a: "read-only", b: "deleted" })
      assert.isTrue(existsSync(at("a")))
    }))

  it.scoped("leaves a created file if a command before it may have deleted an earlier one", () =>
    Effect.gen(function*() {
      const { at, put, turn, undo } = yield* start()
      yield* put("a", "the user's")
      yield* turn("go", write("b", "new"), ["bash", { command: "rm a" }], write("a", "new"))
      assert.deepStrictEqual((yield* undo).fates, { b: "deleted", a: "command" })
      assert.isTrue(existsSync(at("a")))
    }))

  it.scoped("does not announce background tasks that the turn has started, only those of earlier turns", () =>
    Effect.gen(function*() {
      const { session, turn, undo } = yield* start()
      const process = { pid: 1, start: "", host: "h", boot: "b", namespace: "n" }
      const started = (id: string) =>
        session.append({ type: "task", id, state: "started", command: `run ${id}`, process, time })
      const ended = (id: string) =>
        session.append({
          type: "task",
          id,
          state: "ended",
          command: `run ${id}`,
          ending: "exit code 0",
          ok: true,
          time
        })
      const reported = (id: string) => session.append({ type: "task", id, state: "reported", time })
      yield* turn("first")
      yield* started("b1")
      yield* turn("second")
      yield* started("b2")
      yield* started("b3")
      yield* ended("b1")
      yield* ended("b2")
      yield* reported("b1")
      yield* reported("b2")
      yield* undo
      yield* ended("b3")
      assert.deepStrictEqual(findTaskReports(yield* session.entries).map(({ id }) => id), ["b1"])
    }))

  it.scoped("stores nothing about a file whose path contains a secret, and the digests and names of copies as they are", () =>
    Effect.gen(function*() {
      // Every digest and every name of a copy has such a text, and no path.
      const { get, put, session, turn, undo } = yield* start({
        mask: (text) => text.replaceAll(/sesame|[0-9a-f]{7}/g, "***")
      })
      yield* put("sesame.txt", "old")
      yield* put("a.txt", "old")
      yield* turn(
        "go",
        read("sesame.txt"),
        edit("sesame.txt", "old", "new"),
        read("a.txt"),
        edit("a.txt", "old", "new")
      )
      assert.strictEqual(yield* get("sesame.txt"), "new")
      assert.notInclude(readFileSync(session.path, "utf8"), "sesame")
      assert.deepStrictEqual((yield* undo).fates, { "a.txt": "restored" })
      assert.strictEqual(yield* get("a.txt"), "old")
    }))

  it.scoped("removes no directory that a link leads to", () =>
    Effect.gen(function*() {
      const { at, beside, turn, undo } = yield* start()
      yield* turn("go", write("made/by/a.txt", "new"))
      renameSync(at("made"), at("moved"))
      mkdirSync(`${beside}/elsewhere/by`, { recursive: true })
      symlinkSync(`${beside}/elsewhere`, at("made"))
      assert.deepStrictEqual((yield* undo).fates, { "made/by/a.txt": "changed" })
      assert.isTrue(existsSync(`${beside}/elsewhere/by`))
    }))

  it.scoped("names the end of a background task", () =>
    Effect.gen(function*() {
      const { turn, undo } = yield* start()
      yield* turn(
        "go",
        ["bash", { command: "sleep 60", background: true }],
        ["tasks", { action: "list" }],
        ["tasks", { action: "end", id: "b1" }]
      ).pipe(Effect.withClock(Clock.make()))
      assert.deepStrictEqual((yield* undo).plan.commands, ["sleep 60", "tasks end b1"])
    }))

  it.scoped("does not call a file changed that can't be read", () =>
    Effect.gen(function*() {
      const { at, put, session, turn } = yield* start()
      yield* put("a", "old")
      yield* turn("go", read("a"), edit("a", "old", "new"))
      const fs = yield* FileSystem.FileSystem
      const plan = yield* Effect.provideService(Undo.plan(session), FileSystem.FileSystem, {
        ...fs,
        readFile: (path) => path === at("a") ? refuse("EIO") : fs.readFile(path)
      })
      const [file] = Option.getOrThrow(plan).files
      assert.deepStrictEqual(file?.fate, { type: "kept", why: "unreadable" })
    }))

  it.scoped("says that a content was not stored if it never was", () =>
    Effect.gen(function*() {
      const { at, put, session, undo } = yield* start()
      yield* put("a", "new")
      yield* session.append(user("go"))
      yield* store({ ...makeChangeLog(session), copies: Option.none() }, {
        path: at("a"),
        before: Option.some({ bytes: Buffer.from("old"), text: "old" }),
        after: Buffer.from("new"),
        isSecret: false
      })
      assert.deepStrictEqual((yield* undo).fates, { a: "not-stored" })
    }))

  it.scoped("works in a fork without the copies, which can't be copied", () =>
    Effect.gen(function*() {
      const { copies, put, session, sessions, turn } = yield* start()
      yield* put("a", "old")
      yield* turn("go", read("a"), edit("a", "old", "new"))
      const [copy] = copies()
      // Nobody can copy a pipe.
      rmSync(copy!)
      execFileSync("mkfifo", [copy!])
      const fork = yield* sessions.open((yield* sessions.fork(session.id)).id)
      const [file] = Option.getOrThrow(yield* Undo.plan(fork)).files
      assert.deepStrictEqual(file?.fate, { type: "kept", why: "lost" })
    }))
})
