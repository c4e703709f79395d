import * as Prompt from "@effect/ai/Prompt"
import * as NodeContext from "@effect/platform-node/NodeContext"
import { SystemError } from "@effect/platform/Error"
import * as FileSystem from "@effect/platform/FileSystem"
import { assert, layer } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as Either from "effect/Either"
import * as Layer from "effect/Layer"
import * as Stream from "effect/Stream"
import * as Approver from "../../src/permission/Approver.ts"
import * as PermissionPolicy from "../../src/permission/PermissionPolicy.ts"
import * as PermissionRules from "../../src/permission/PermissionRules.ts"
import * as Tools from "../../src/tools/Tools.ts"
import * as Turn from "../../src/turn/Turn.ts"
import { call, finish, scripted, text } from "../model.ts"
import { assistant, sessionsIn, user } from "../sessions.ts"
import { makeProject } from "../workspace.ts"

/** Sessions, and how often their files were opened, written and flushed. While `isFailing`, a flush fails. */
const makeCounted = Effect.gen(function*() {
  const fs = yield* FileSystem.FileSystem
  const directory = `${yield* fs.makeTempDirectoryScoped()}/session`
  const count = { opened: 0, written: 0, flushed: 0, isFailing: false }
  const counting: FileSystem.FileSystem = {
    ...fs,
    open: (path, options) =>
      Effect.map(fs.open(path, options), (handle) => {
        if (!path.endsWith(".jsonl")) return handle
        count.opened += 1
        return {
          ...handle,
          read: handle.read.bind(handle),
          stat: handle.stat,
          sync: Effect.suspend(() => {
            count.flushed += 1
            return count.isFailing
              ? new SystemError({ reason: "Unknown", module: "FileSystem", method: "sync", description: "EIO" })
              : handle.sync
          }),
          writeAll: (bytes: Uint8Array) => {
            count.written += 1
            return handle.writeAll(bytes)
          }
        }
      })
  }
  return { fs, count, sessions: yield* Effect.provideService(sessionsIn(directory), FileSystem.FileSystem, counting) }
})

const fifty = Array.from({ length: 50 }, (_, index) => index)

layer(NodeContext.layer)("The lines of a session", (it) => {
  it.scoped("are written together with one flush if they are appended at the same time, in their order", () =>
    Effect.gen(function*() {
      const { count, fs, sessions } = yield* makeCounted
      const session = yield* sessions.create("/project")
      yield* Effect.forEach(fifty, (index) => session.append(user(`prompt ${index}`)), { concurrency: "unbounded" })
      assert.deepInclude(count, { opened: 1, written: 1, flushed: 1 })
      const lines = (yield* fs.readFileString(session.path)).trimEnd().split("\n")
      assert.lengthOf(lines, 51)
      assert.deepStrictEqual(
        fifty.map((index) => JSON.parse(lines[index + 1]!).message.content),
        fifty.map((index) => `prompt ${index}`)
      )
      // The file stays open.
      yield* session.append(assistant("two"))
      assert.deepInclude(count, { opened: 1, written: 2, flushed: 2 })
    }))

  it.scoped("all fail if their flush fails, and the next ones replace them", () =>
    Effect.gen(function*() {
      const { count, fs, sessions } = yield* makeCounted
      const session = yield* sessions.create("/project")
      yield* session.append(user("one"))
      count.isFailing = true
      const failed = yield* Effect.forEach(fifty, (index) => Effect.either(session.append(user(`lost ${index}`))), {
        concurrency: "unbounded"
      })
      assert.deepStrictEqual(failed.map((one) => Either.isLeft(one) && one.left.reason), fifty.map(() => "Io" as const))
      assert.lengthOf(yield* session.entries, 2)
      count.isFailing = false
      yield* session.append(user("two"))
      assert.notInclude(yield* fs.readFileString(session.path), "lost")
      assert.lengthOf((yield* fs.readFileString(session.path)).trimEnd().split("\n"), 3)
      // A handle whose flush failed is not used again.
      assert.strictEqual(count.opened, 2)
    }))

  it.scoped("are written to the file at its path, even if another one was there before", () =>
    Effect.gen(function*() {
      const { count, fs, sessions } = yield* makeCounted
      const session = yield* sessions.create("/project")
      yield* session.append(user("one"))
      const copy = `${session.path}.copy`
      yield* fs.copyFile(session.path, copy)
      yield* fs.rename(copy, session.path)
      yield* session.append(user("two"))
      assert.deepStrictEqual((yield* sessions.read(session.id)).lines.slice(1), [user("one"), user("two")])
      yield* fs.remove(session.path)
      yield* session.append(user("three"))
      assert.include(yield* fs.readFileString(session.path), "three")
      assert.strictEqual(count.opened, 3)
    }))

  it.scoped("of fifty calls in one answer need five flushes", () =>
    Effect.gen(function*() {
      const { count, sessions } = yield* makeCounted
      const { put, workspace } = yield* makeProject
      yield* Effect.forEach(fifty, (index) => put(`${index}.txt`, `file ${index}`), { discard: true })
      const session = yield* sessions.create("/project")
      const model = scripted([
        { parts: [...fifty.map((index) => call(`${index}`, "read", { path: `${index}.txt` })), finish("tool-calls")] },
        { parts: [...text("Done."), finish("stop")] }
      ])
      yield* Effect.flatMap(Tools.toolkit, (toolkit) =>
        Turn.run({
          session,
          input: [Prompt.textPart({ text: "go" })],
          system: undefined,
          toolkit,
          maxSteps: 10
        }).pipe(Stream.runDrain)).pipe(
          Effect.provide(Layer.mergeAll(
            Layer.provide(Tools.layer, workspace),
            model,
            PermissionPolicy.layer,
            PermissionRules.layer("allow"),
            Approver.declineAll("no")
          ))
        )
      const lines = yield* session.entries
      const results = lines.flatMap((line) => line.type === "tool-result" ? [line.outcome] : [])
      assert.deepStrictEqual(results, fifty.map(() => "ok"))
      // The prompt, the answer, the starts, the results, and the last answer.
      assert.deepInclude(count, { opened: 1, written: 5, flushed: 5 })
    }))
})
