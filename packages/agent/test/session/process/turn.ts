/** Plays a turn in a session of the directory that it is given, and kills itself, as `kill -9` would, after so many events. */
import * as AiError from "@effect/ai/AiError"
import * as Prompt from "@effect/ai/Prompt"
import * as Toolkit from "@effect/ai/Toolkit"
import * as NodeContext from "@effect/platform-node/NodeContext"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Stream from "effect/Stream"
import { appendFileSync } from "node:fs"
import * as Approver from "../../../src/permission/Approver.ts"
import * as PermissionPolicy from "../../../src/permission/PermissionPolicy.ts"
import * as PermissionRules from "../../../src/permission/PermissionRules.ts"
import * as SessionStore from "../../../src/session/SessionStore.ts"
import { ToolCall } from "../../../src/tools/ToolCall.ts"
import { unknown } from "../../../src/turn/ModelProvider.ts"
import * as Turn from "../../../src/turn/Turn.ts"
import { change } from "../../changeTool.ts"
import { call, finish, scripted, text } from "../../model.ts"

const [directory = "", count = ""] = process.argv.slice(2)

const toolkit = Toolkit.make(change)
const handlers = toolkit.toLayer({
  change: ({ what }) =>
    Effect.gen(function*() {
      yield* (yield* ToolCall).permit({ parts: [{ permission: "change", subject: what }], title: what })
      appendFileSync(`${directory}/effects`, `${what}\n`)
      return { content: [{ type: "text", text: `changed ${what}` }], summary: "" } as const
    })
})
const fails = new AiError.UnknownError({ module: "t", method: "t", description: "cut off" })
const model = scripted([
  { parts: [...text("I ").slice(0, 2), call("1", "change", { what: "a" })], fails },
  {
    parts: [
      ...text("change."),
      call("1", "change", { what: "a" }),
      call("2", "change", { what: "b" }),
      finish("tool-calls")
    ]
  },
  { parts: [call("3", "change", { what: "c" })], fails },
  { parts: [call("3", "change", { what: "c" }), finish("tool-calls")] },
  { parts: [...text("Done."), finish("stop")] }
])

let events = 0
Effect.gen(function*() {
  const session = yield* (yield* SessionStore.SessionStore).create("/project")
  yield* Turn.run({
    session,
    input: [Prompt.textPart({ text: "go" })],
    system: undefined,
    toolkit: yield* toolkit,
    maxSteps: 10,
    cutAnswers: "continued",
    provider: { ...unknown, canRetryAnswer: () => true }
  }).pipe(Stream.runForEach(() =>
    Effect.sync(() => {
      events += 1
      if (events === Number(count)) process.kill(process.pid, "SIGKILL")
    })
  ))
}).pipe(
  Effect.scoped,
  Effect.provide(Layer.mergeAll(
    handlers,
    model,
    PermissionPolicy.layer,
    PermissionRules.layer("allow"),
    Approver.declineAll("no"),
    SessionStore.layer({ directory: `${directory}/session` })
  )),
  Effect.provide(NodeContext.layer),
  Effect.runFork
)
