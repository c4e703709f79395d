/**
 * Changes files in a turn of a session, or undoes that, in the directory that it is given, and kills itself, as `kill -9` would, before it has
 * changed so many things on the disk.
 */
import * as NodeContext from "@effect/platform-node/NodeContext"
import * as FileSystem from "@effect/platform/FileSystem"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Option from "effect/Option"
import * as SessionStore from "../../../src/session/SessionStore.ts"
import * as Undo from "../../../src/session/Undo.ts"
import { Workspace } from "../../../src/Workspace.ts"
import { toPrograms } from "../../workspace.ts"
import { runTurn } from "../changingTurn.ts"

const [directory = "", mode = "", count = ""] = process.argv.slice(2)
const root = `${directory}/project`

let changes = 0
const counted = Effect.sync(() => {
  changes += 1
  if (changes === Number(count)) process.kill(process.pid, "SIGKILL")
})

const fileSystem = Layer.effect(
  FileSystem.FileSystem,
  Effect.map(FileSystem.FileSystem, (fs): FileSystem.FileSystem => ({
    ...fs,
    makeDirectory: (...args) => Effect.zipRight(counted, fs.makeDirectory(...args)),
    open: (...args) => Effect.zipRight(counted, fs.open(...args)),
    remove: (...args) => Effect.zipRight(counted, fs.remove(...args)),
    rename: (...args) => Effect.zipRight(counted, fs.rename(...args))
  }))
).pipe(Layer.provide(NodeContext.layer))

const workspace = Layer.succeed(Workspace, {
  directory: root,
  root,
  outputs: `${directory}/outputs`,
  programFiles: { directories: [], names: [] },
  ...toPrograms
})

Effect.gen(function*() {
  const sessions = yield* SessionStore.SessionStore
  if (mode === "turn") {
    const session = yield* sessions.create(root)
    return yield* runTurn(session, workspace, "go", [
      ["read", { path: "a" }],
      ["edit", { path: "a", oldText: "a before", newText: "a after" }],
      ["write", { path: "new/c", content: "c" }],
      ["read", { path: "b" }],
      ["edit", { path: "b", oldText: "b before", newText: "b after" }]
    ])
  }
  const [listed] = yield* sessions.list
  const session = yield* sessions.open(listed!.id)
  yield* Undo.apply(session, Option.getOrThrow(yield* Undo.plan(session)))
}).pipe(
  Effect.scoped,
  Effect.provide(SessionStore.layer({ directory: `${directory}/session` })),
  Effect.provide(fileSystem),
  Effect.provide(NodeContext.layer),
  Effect.runFork
)
