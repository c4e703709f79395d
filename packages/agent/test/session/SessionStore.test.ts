import * as ProcessId from "@altimate-code/system/ProcessId"
import * as Prompt from "@effect/ai/Prompt"
import * as NodeContext from "@effect/platform-node/NodeContext"
import { SystemError } from "@effect/platform/Error"
import * as FileSystem from "@effect/platform/FileSystem"
import { assert, layer } from "@effect/vitest"
import { assertNone, assertSome } from "@effect/vitest/utils"
import * as Effect from "effect/Effect"
import * as Either from "effect/Either"
import { spawn } from "node:child_process"
import { randomUUID } from "node:crypto"
import { once } from "node:events"
import { hostname } from "node:os"
import * as History from "../../src/session/History.ts"
import type { Entry, Line } from "../../src/session/Session.ts"
import { faults } from "../conversation.ts"
import { assistant, makeSessions, result, sessionsIn, started, summary, user } from "../sessions.ts"

const types = (lines: ReadonlyArray<Line>) => lines.map(({ type }) => type)

/** A session with these lines, closed again. */
const written = (...lines: ReadonlyArray<Entry>) =>
  Effect.gen(function*() {
    const { directory, sessions } = yield* makeSessions
    const session = yield* Effect.scoped(
      Effect.tap(sessions.create("/project"), (session) => Effect.forEach(lines, session.append))
    )
    return { directory, sessions, id: session.id, file: session.path }
  })

const outcomes = (lines: ReadonlyArray<Line>) =>
  lines.flatMap((line) =>
    line.type === "tool-result"
      ? [[line.id, line.outcome, ...line.output.content.map((part) => part.type === "text" ? part.text : "")]]
      : []
  )

/** Of a process that has been. */
const deadPid = Effect.promise(async () => {
  const child = spawn(process.execPath, ["-e", ""])
  await once(child, "exit")
  return child.pid!
})

const lockedBy = (file: string, pid: number, host = hostname()) =>
  Effect.gen(function*() {
    const fs = yield* FileSystem.FileSystem
    yield* fs.makeDirectory(`${file}.lock`)
    yield* fs.writeFileString(`${file}.lock/${pid}@${encodeURIComponent(host)}@${randomUUID()}`, "")
  })

layer(NodeContext.layer, { excludeTestServices: true })("A session", (it) => {
  it.scoped("gets a file with its first line, which only the user can read", () =>
    Effect.gen(function*() {
      const fs = yield* FileSystem.FileSystem
      const { directory, sessions } = yield* makeSessions
      const session = yield* sessions.create("/project")
      assert.match(session.id, /^\d{8}-\d{6}-[0-9a-z]{4}$/)
      assert.isFalse(yield* fs.exists(session.path))
      assert.deepStrictEqual(yield* sessions.list, [])

      yield* session.append(user("Hello"))
      assert.strictEqual((yield* fs.stat(session.path)).mode & 0o777, 0o600)
      assert.strictEqual((yield* fs.stat(directory)).mode & 0o777, 0o700)
      assert.deepStrictEqual(types(yield* session.entries), ["session", "user"])
      const lines = (yield* fs.readFileString(session.path)).split("\n")
      assert.strictEqual(lines.length, 3)
      assert.include(JSON.parse(lines[0]!), { type: "session", version: 1, id: session.id, directory: "/project" })
    }))

  it.scoped("leaves no file behind if it has no prompt", () =>
    Effect.gen(function*() {
      const { directory, sessions } = yield* makeSessions
      yield* Effect.scoped(sessions.create("/project"))
      const fs = yield* FileSystem.FileSystem
      assert.deepStrictEqual(yield* fs.readDirectory(directory), [])
    }))

  it.scoped("is opened by its ID or a unique prefix, unchanged", () =>
    Effect.gen(function*() {
      const { id, sessions } = yield* written(user("Grüße 🙂\n"), assistant("Hello"))
      for (const given of [id, id.slice(0, -1)]) {
        const session = yield* Effect.scoped(sessions.open(given))
        assert.deepStrictEqual([session.id, session.directory, session.notices], [id, "/project", []])
        assert.deepStrictEqual((yield* session.entries).slice(1), [user("Grüße 🙂\n"), assistant("Hello")])
      }
      yield* Effect.scoped(Effect.flatMap(sessions.create("/project"), (other) => other.append(user("Hi"))))
      for (const given of [id.slice(0, 4), "19", ""]) {
        const error = yield* Effect.flip(Effect.scoped(sessions.open(given)))
        assert.strictEqual(error.reason, "NotFound")
      }
    }))

  it.scoped("is found as the latest of its directory and listed newest first", () =>
    Effect.gen(function*() {
      const { directory, sessions } = yield* makeSessions
      const start = (directory: string, time: string, text: string) =>
        Effect.scoped(Effect.gen(function*() {
          const session = yield* sessions.create(directory)
          yield* session.append({ ...user(text), time })
          yield* session.append({ ...assistant("Yes"), time })
          return session.id
        }))
      const newest = yield* start("/a", "2026-11-23T12:00:00.000Z", "  the\nnewest ")
      const old = yield* start("/a", "2026-11-21T12:00:00.000Z", "old")
      const other = yield* start("/b", "2026-11-22T12:00:00.000Z", "other")
      const fs = yield* FileSystem.FileSystem
      yield* fs.writeFileString(`${directory}/20260101-000000-aaaa.jsonl`, "{}\n{}\n")
      yield* fs.utimes(`${directory}/20260101-000000-aaaa.jsonl`, 0, 0)

      for (const [index, id] of [other, old, newest].entries()) {
        yield* fs.utimes(`${directory}/${id}.jsonl`, 1000 + index, 1000 + index)
      }
      const list = yield* sessions.list
      assert.deepStrictEqual(list.map(({ id }) => id), [newest, other, old, "20260101-000000-aaaa"])
      assert.deepInclude(list[0]!, { directory: "/a", title: "the newest", turns: 1 })
      assert.deepStrictEqual(list[0]!.spending.usage, { input: 100, output: 10, cacheRead: 5, cacheWrite: 1 })
      assert.include(list[3]!.title, "is not a session header")
      assertSome(yield* sessions.latest("/a"), newest)
      assertSome(yield* sessions.latest("/b"), other)
      assertNone(yield* sessions.latest("/c"))
    }))

  it.scoped("is found as the latest by the beginning of its file, without reading older sessions", () =>
    Effect.gen(function*() {
      const fs = yield* FileSystem.FileSystem
      const { directory, id } = yield* written(user("old"))
      yield* fs.utimes(`${directory}/${id}.jsonl`, 1000, 1000)
      const opened: Array<string> = []
      const counting: FileSystem.FileSystem = {
        ...fs,
        readFile: () => Effect.dieMessage("a whole file was read"),
        open: (path, options) => Effect.zipRight(Effect.sync(() => opened.push(path)), fs.open(path, options))
      }
      const sessions = yield* Effect.provideService(sessionsIn(directory), FileSystem.FileSystem, counting)
      const newest = yield* Effect.scoped(Effect.tap(sessions.create("/project"), (one) => one.append(user("new"))))
      opened.length = 0
      assertSome(yield* sessions.latest("/project"), newest.id)
      assert.deepStrictEqual(opened, [newest.path])
    }))

  it.scoped("contains no secrets, and stays readable even if a secret equals one of its keywords", () =>
    Effect.gen(function*() {
      const { directory } = yield* makeSessions
      const words = ["session", "user", "ok", "version", "tool-result", "text"]
      const mask = (text: string) => words.reduce((all, word) => all.replaceAll(word, "<redacted>"), text)
      const sessions = yield* sessionsIn(directory, { mask })
      const call = {
        ...assistant("my session"),
        message: Prompt.assistantMessage({
          content: [
            Prompt.toolCallPart({
              id: "a",
              name: "bash",
              params: { id: "a user", deep: [{ type: "ok", ["a version"]: 1 }] },
              providerExecuted: false
            })
          ]
        })
      } as Entry
      const session = yield* Effect.scoped(
        Effect.tap(
          sessions.create("/project"),
          (session) => Effect.forEach([user("the user"), call, result("a", "a tool-result")], session.append)
        )
      )
      const { lines, text } = yield* sessions.read(session.id)
      assert.deepStrictEqual(types(lines), ["session", "user", "assistant", "tool-result"])
      for (const word of ["the user", "a user", "a version", "a tool-result", "\"ok\",\"a"]) {
        assert.notInclude(text, word)
      }
      assert.include(text, "{\"id\":\"a <redacted>\",\"deep\":[{\"type\":\"<redacted>\",\"a <redacted>\":1}]}")
      assert.deepStrictEqual(yield* session.entries, lines)
    }))

  it.scoped("loses only an incomplete last line, reports that, and continues", () =>
    Effect.gen(function*() {
      const fs = yield* FileSystem.FileSystem
      for (const torn of ["{\"type\":\"us", "{\"type\":\"user\"}", "{}"]) {
        const { file, id, sessions } = yield* written(user("one"))
        const before = yield* fs.readFileString(file)
        yield* fs.writeFileString(file, torn, { flag: "a" })
        yield* Effect.scoped(Effect.gen(function*() {
          const session = yield* sessions.open(id)
          assert.strictEqual(session.notices.length, 1)
          yield* session.append(assistant("two"))
        }))
        const after = yield* fs.readFileString(file)
        assert.isTrue(after.startsWith(before))
        const again = yield* Effect.scoped(sessions.open(id))
        assert.deepStrictEqual(again.notices, [])
        assert.deepStrictEqual(types(yield* again.entries), ["session", "user", "assistant"])
      }
    }))

  it.scoped("skips complete lines that can't be read, reports their numbers, and does not change the file", () =>
    Effect.gen(function*() {
      const fs = yield* FileSystem.FileSystem
      for (const foreign of ["{\"type\":\"us\n", "\n", "{\"type\":\"user\"}\n"]) {
        const { file, id, sessions } = yield* written(user("one"))
        yield* fs.writeFileString(file, foreign, { flag: "a" })
        const before = yield* fs.readFileString(file)
        // In one scope: the first time must not keep the lock.
        const session = yield* Effect.scoped(sessions.open(id))
        assert.deepStrictEqual(session.notices, [
          `A line of the session can't be read and was skipped: ${file}:3. The file was not changed.`
        ])
        assert.deepStrictEqual(types(yield* session.entries), ["session", "user", "unknown"])
        assert.strictEqual(yield* fs.readFileString(file), before)
        assert.deepStrictEqual((yield* sessions.read(id)).notices, session.notices)
        assert.lengthOf((yield* sessions.read(id)).text.trimEnd().split("\n"), 2)
      }
    }))

  it.scoped("is still the latest of its directory if it is damaged, so that no older one is resumed by mistake", () =>
    Effect.gen(function*() {
      const fs = yield* FileSystem.FileSystem
      const { directory, id: older, sessions } = yield* written(user("one"))
      const id = yield* Effect.scoped(Effect.gen(function*() {
        const session = yield* sessions.create("/project")
        yield* session.append(user("two"))
        yield* fs.writeFileString(session.path, "what?\n", { flag: "a" })
        return session.id
      }))
      yield* fs.utimes(`${directory}/${older}.jsonl`, new Date(0), new Date(0))
      assertSome(yield* sessions.latest("/project"), id)
      // Still empty, because its process was killed before it wrote the first line.
      yield* fs.writeFileString(`${directory}/30000101-000000-aaaaaa.jsonl`, "")
      assertSome(yield* sessions.latest("/project"), id)
      // Both began at the same moment.
      const [first, second] = yield* sessions.list
      assert.sameMembers([first!.title, second!.title], ["two", "one"])
    }))

  it.scoped("continues after unreadable lines: line numbers stay valid and no call is closed twice", () =>
    Effect.gen(function*() {
      const fs = yield* FileSystem.FileSystem
      const { file, id, sessions } = yield* written(
        user("one"),
        assistant("I run.", "a"),
        started("a"),
        result("a"),
        assistant("two"),
        user("three"),
        assistant("four"),
        summary("It was short.", 6),
        user("five")
      )
      const lines = (yield* fs.readFileString(file)).split("\n")
      // The result, and an answer.
      const broken = lines.map((line, index) => index === 4 || index === 7 ? line.slice(1) : line).join("\n")
      yield* fs.writeFileString(file, broken)
      const session = yield* sessions.open(id)
      assert.deepStrictEqual(session.notices, [
        `2 lines of the session can't be read and were skipped: ${file}:5, ${file}:8. The file was not changed.`
      ])
      assert.strictEqual(yield* fs.readFileString(file), broken)
      const told = JSON.stringify(History.toPrompt(yield* session.entries))
      for (const word of ["It was short.", "three", "five"]) assert.include(told, word)
      assert.notInclude(told, "one")
      yield* session.append(assistant("six"))
      assert.isTrue((yield* fs.readFileString(file)).startsWith(broken))
    }))

  it.scoped("preserves the lines of a later version and their positions", () =>
    Effect.gen(function*() {
      const fs = yield* FileSystem.FileSystem
      const { file, id, sessions } = yield* written(user("one"))
      yield* fs.writeFileString(file, "{\"type\":\"rating\",\"stars\":5}\n", { flag: "a" })
      const before = yield* fs.readFileString(file)
      const session = yield* sessions.open(id)
      yield* session.append(assistant("two"))
      assert.deepStrictEqual(types(yield* session.entries), ["session", "user", "unknown", "assistant"])
      assert.isTrue((yield* fs.readFileString(file)).startsWith(before))
    }))

  it.scoped("is repaired after a partial write", () =>
    Effect.gen(function*() {
      const fs = yield* FileSystem.FileSystem
      const { directory, file, id } = yield* written(user("one"))
      let isFull = true
      const full = {
        ...fs,
        open: (path: string, options?: FileSystem.OpenFileOptions) =>
          Effect.map(fs.open(path, options), (handle) => ({
            ...handle,
            read: handle.read.bind(handle),
            stat: handle.stat,
            sync: handle.sync,
            writeAll: (bytes: Uint8Array) =>
              isFull
                ? Effect.zipRight(
                  handle.writeAll(bytes.subarray(0, 20)),
                  new SystemError({ reason: "Unknown", module: "FileSystem", method: "write", description: "ENOSPC" })
                )
                : handle.writeAll(bytes)
          }))
      }
      const sessions = yield* Effect.provideService(sessionsIn(directory), FileSystem.FileSystem, full)
      const session = yield* sessions.open(id)
      const error = yield* Effect.flip(session.append(assistant("lost")))
      assert.strictEqual(error.reason, "Io")
      isFull = false
      yield* session.append(assistant("two"))
      const { lines } = yield* sessions.read(id)
      assert.deepStrictEqual(lines.slice(1), [user("one"), assistant("two")])
      assert.strictEqual((yield* fs.readFileString(file)).split("\n").length, 4)
    }))

  it.scoped("is opened by one process at a time, which the error names; reading needs no lock", () =>
    Effect.gen(function*() {
      const { directory, id, sessions } = yield* written(user("one"))
      const others = yield* sessionsIn(directory)
      yield* Effect.scoped(Effect.gen(function*() {
        yield* sessions.open(id)
        for (const attempt of [Effect.asVoid(Effect.scoped(others.open(id))), Effect.asVoid(others.remove(id))]) {
          const error = yield* Effect.flip(attempt)
          assert.strictEqual(error.reason, "InUse")
          assert.include(error.message, `process ${process.pid}`)
          assert.strictEqual(error.hint, "Close it there first.")
        }
        assert.deepStrictEqual(types((yield* others.read(id)).lines), ["session", "user"])
      }))
      yield* Effect.scoped(others.open(id))
      const fs = yield* FileSystem.FileSystem
      assert.deepStrictEqual(yield* fs.readDirectory(directory), [`${id}.jsonl`])
    }))

  it.scoped("is taken over immediately from a dead process, by one process only", () =>
    Effect.gen(function*() {
      const { file, id, sessions } = yield* written(user("one"))
      yield* lockedBy(file, yield* deadPid)
      const all = yield* Effect.forEach(Array.from({ length: 8 }), () => Effect.either(sessions.open(id)), {
        concurrency: "unbounded"
      })
      const failures = all.flatMap((one) => Either.isLeft(one) ? [one.left.reason] : [])
      assert.deepStrictEqual(failures, Array.from({ length: 7 }, () => "InUse"))
    }))

  it.scoped("is taken over from a process that had the same ID before a restart", () =>
    Effect.gen(function*() {
      const { file, id, sessions } = yield* written(user("one"))
      yield* lockedBy(file, process.pid)
      yield* Effect.scoped(sessions.open(id))
    }))

  it.scoped("is not taken over from a process on another machine", () =>
    Effect.gen(function*() {
      const { file, id, sessions } = yield* written(user("one"))
      yield* lockedBy(file, yield* deadPid, "far-away")
      const error = yield* Effect.flip(sessions.open(id))
      assert.strictEqual(error.reason, "InUse")
      assert.include(error.message, "far-away")
    }))

  it.scoped("tells the model which calls were interrupted, and never runs them again", () =>
    Effect.gen(function*() {
      const { id, sessions } = yield* written(
        user("go"),
        assistant("", "a", "b", "c"),
        started("a"),
        result("a"),
        started("b")
      )
      const session = yield* Effect.scoped(sessions.open(id))
      assert.strictEqual(session.notices.length, 1)
      const lines = yield* session.entries
      assert.deepStrictEqual(outcomes(lines), [
        ["a", "ok", "did a"],
        [
          "b",
          "interrupted",
          "This call was interrupted while it was running. It may have had effects. It was not retried."
        ],
        ["c", "interrupted", "This call was not run, because the turn was interrupted."]
      ])
      assert.deepStrictEqual(faults(History.toPrompt(lines)), [])
      const again = yield* Effect.scoped(sessions.open(id))
      assert.deepStrictEqual(again.notices, [])
      assert.strictEqual((yield* again.entries).length, lines.length)
    }))

  it.scoped("no longer exists after it was removed", () =>
    Effect.gen(function*() {
      const { directory, id, sessions } = yield* written(user("one"))
      assert.strictEqual(yield* sessions.remove(id.slice(0, 18)), id)
      const fs = yield* FileSystem.FileSystem
      assert.deepStrictEqual(yield* fs.readDirectory(directory), [])
      assert.strictEqual((yield* Effect.flip(sessions.read(id))).reason, "NotFound")
    }))

  it.scoped("can be resumed wherever its file was cut", () =>
    Effect.gen(function*() {
      const fs = yield* FileSystem.FileSystem
      const lines = [
        user("Grüße 🙂"),
        assistant("I run.", "a", "b"),
        started("a"),
        result("a"),
        started("b"),
        result("b", "no", "denied"),
        summary("so far", 2),
        assistant("", "c"),
        started("c"),
        result("c", "漢字"),
        assistant("Done."),
        user("more")
      ]
      const { directory, file, id } = yield* written(...lines)
      const bytes = yield* fs.readFile(file)
      const ends = [...bytes.keys()].filter((index) => bytes[index] === 10)
      // Every thirteenth, each inside a character, and each around the end of a line.
      const cuts = [...bytes.keys()].filter((length) =>
        length % 13 === 0 || (bytes[length]! & 0xc0) === 0x80 || ends.some((end) => Math.abs(end - length) < 2)
      )
      yield* Effect.forEach(cuts, (length) =>
        Effect.scoped(Effect.gen(function*() {
          const own = `${directory}/${length}`
          yield* fs.makeDirectory(own)
          yield* fs.writeFile(`${own}/${id}.jsonl`, bytes.subarray(0, length))
          const sessions = yield* sessionsIn(own)
          const whole = ends.filter((end) => end < length).length
          const session = yield* sessions.open(id)
          yield* session.append(user("on"))
          const { lines: after } = yield* sessions.read(id)
          // All that was whole is still there, then the missing results, then what was said next.
          assert.deepStrictEqual(after.slice(1, Math.max(1, whole)), lines.slice(0, Math.max(0, whole - 1)))
          const rest = types(after.slice(Math.max(1, whole)))
          assert.deepStrictEqual(rest, [...rest.slice(0, -1).map(() => "tool-result"), "user"])
          const answered = outcomes(after).map(([call]) => call)
          assert.strictEqual(new Set(answered).size, answered.length)
          assert.deepStrictEqual(faults(History.toPrompt(after)), [])
          yield* fs.remove(own, { recursive: true, force: true })
        })).pipe(Effect.catchAll((error) => Effect.die(new Error(`cut at ${length}: ${String(error)}`)))), {
        concurrency: 8,
        discard: true
      })
    }))
})

layer(NodeContext.layer, { excludeTestServices: true })(
  "A command that was running when the program was killed",
  (it) => {
    const resumed = (id: string, process: ProcessId.ProcessId | undefined) =>
      Effect.gen(function*() {
        const time = new Date().toISOString()
        const ran: ReadonlyArray<Entry> = process === undefined ? [] : [{ type: "tool-process", id, process, time }]
        const { id: session, sessions } = yield* written(user("go"), assistant("", id), started(id), ...ran)
        const again = yield* sessions.open(session)
        const lines = yield* again.entries
        return { notices: again.notices, told: JSON.stringify(lines.at(-1)) }
      })

    const start = (line: string) =>
      Effect.gen(function*() {
        const child = spawn("sh", ["-c", line], { detached: true, stdio: ["ignore", "pipe", "ignore"] })
        yield* Effect.addFinalizer(() => Effect.ignore(Effect.try(() => process.kill(-child.pid!, "SIGKILL"))))
        yield* Effect.promise(() => once(child.stdout, "data"))
        return { child, process: yield* ProcessId.of(child.pid!) }
      })

    const interrupted =
      "A tool call was interrupted when the program ended. It was not retried; the model has been informed."
    const mayRun = (pid: number) =>
      `A command may still be running as process ${pid}: echo 1 (to end it: kill -- -${pid})`

    it.scoped("is not reported in a copy of the session: it belongs to the original", () =>
      Effect.gen(function*() {
        const { process: command } = yield* start("echo; exec sleep 60")
        const time = new Date().toISOString()
        const ran: Entry = { type: "tool-process", id: "1", process: command, time }
        const { id, sessions } = yield* written(user("go"), assistant("", "1"), started("1"), ran)
        const copy = yield* sessions.open((yield* sessions.fork(id)).id)
        assert.deepStrictEqual(copy.notices, [interrupted])
      }))

    it.scoped("is reported to the user and the model with its process while it runs", () =>
      Effect.gen(function*() {
        const { child, process: { pid }, process: command } = yield* start("echo; exec sleep 60")
        const { notices, told } = yield* resumed("1", command)
        assert.deepStrictEqual(notices, [interrupted, mayRun(pid)])
        assert.include(told, `may still be running as process ${pid}: check that before you run it again`)
        child.kill("SIGKILL")
        yield* Effect.promise(() => once(child, "exit"))
        assert.deepStrictEqual((yield* resumed("1", command)).notices, [interrupted])
      }))

    it.scoped("counts as running while any process that it has started runs", () =>
      Effect.gen(function*() {
        const { child, process: command } = yield* start("sleep 60 & echo")
        if (child.exitCode === null) yield* Effect.promise(() => once(child, "exit"))
        assert.deepStrictEqual((yield* resumed("1", command)).notices, [interrupted, mayRun(command.pid)])
      }))

    it.scoped("is not confused with a new process that has the same ID, nor with one before a restart", () =>
      Effect.gen(function*() {
        const { process: command } = yield* start("echo; exec sleep 60")
        assert.deepStrictEqual((yield* resumed("1", { ...command, start: "1" })).notices, [interrupted])
        assert.deepStrictEqual((yield* resumed("1", { ...command, boot: "another" })).notices, [interrupted])
        assert.deepStrictEqual((yield* resumed("1", undefined)).notices, [interrupted])
      }))

    it.scoped("may still run on another machine", () =>
      Effect.gen(function*() {
        const elsewhere = { pid: 7, host: "far-away", boot: "b", namespace: "1", start: "1" }
        const { notices } = yield* resumed("1", elsewhere)
        assert.match(notices[1]!, /may still be running as process 7 on far-away: echo 1/)
      }))
  }
)

layer(NodeContext.layer)("A session that can't be stored", (it) => {
  it.scoped("exists only in memory, with a notice", () =>
    Effect.gen(function*() {
      const fs = yield* FileSystem.FileSystem
      const directory = `${yield* fs.makeTempDirectoryScoped()}/session`
      const { create } = yield* sessionsIn(directory, {
        unstorable: "Nothing is kept.",
        mask: (text) => text.replace("canary", "***")
      })
      const { append, entries, isStored, notices } = yield* create("/project")
      yield* append(user("a canary"))
      const lines = yield* entries
      assert.deepStrictEqual(lines.map(({ type }) => type), ["session", "user"])
      assert.include(JSON.stringify(lines[1]), "a ***")
      assert.deepStrictEqual(notices, ["Nothing is kept."])
      assert.isFalse(isStored)
      assert.isFalse(yield* fs.exists(directory))
    }))

  it.scoped("is copied while it is open, and the copy goes its own way", () =>
    Effect.gen(function*() {
      const fs = yield* FileSystem.FileSystem
      const { sessions } = yield* makeSessions
      const session = yield* sessions.create("/project")
      for (const entry of [user("Hi"), assistant("", "a"), started("a")]) yield* session.append(entry)
      // Another process is about to finish this line.
      yield* fs.writeFileString(session.path, "{\"type\":\"assis", { flag: "a" })
      const { id, of } = yield* sessions.fork(session.id.slice(0, 12))
      assert.strictEqual(of, session.id)
      const copy = yield* sessions.open(id)
      const entries = yield* copy.entries
      assert.deepStrictEqual(types(entries), ["session", "user", "assistant", "tool-start", "title", "tool-result"])
      assert.deepStrictEqual(entries.slice(1, 4), (yield* session.entries).slice(1))
      assert.deepInclude(entries[0], { id, directory: "/project", forkOf: session.id })
      yield* copy.append(user("Another way"))
      assert.lengthOf(yield* session.entries, 4)
      assert.strictEqual(Number((yield* fs.stat(copy.path)).mode) & 0o777, 0o600)
      assert.strictEqual((yield* Effect.flip(sessions.fork("nothing"))).reason, "NotFound")
    }))
})
