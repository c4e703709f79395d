/** The title that a tool gives its calls. */
import * as AiError from "@effect/ai/AiError"
import * as Prompt from "@effect/ai/Prompt"
import * as Tool from "@effect/ai/Tool"
import * as Toolkit from "@effect/ai/Toolkit"
import * as NodeContext from "@effect/platform-node/NodeContext"
import { assert, layer } from "@effect/vitest"
import * as Chunk from "effect/Chunk"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Schema from "effect/Schema"
import * as Stream from "effect/Stream"
import * as Approver from "../../src/permission/Approver.ts"
import * as PermissionPolicy from "../../src/permission/PermissionPolicy.ts"
import * as Transcript from "../../src/session/Transcript.ts"
import * as ToolTitle from "../../src/tools/ToolTitle.ts"
import * as Turn from "../../src/turn/Turn.ts"
import { call, finish, scripted, type Step } from "../model.ts"
import { makeSessions } from "../sessions.ts"

const Deploy = Tool.make("deploy", { parameters: { service: Schema.String, at: Schema.Date }, success: Schema.String })
  .pipe(ToolTitle.annotate(({ at, service }) => {
    if (service === "crash") throw new Error("no title")
    return service === "blank" ? " " : `${service} at ${at.getUTCHours()}\nand more`
  }))

const toolkit = Toolkit.make(Deploy)
const layers = (steps: ReadonlyArray<Step>) =>
  Layer.mergeAll(
    toolkit.toLayer({ deploy: () => Effect.succeed("done") }),
    scripted(steps),
    PermissionPolicy.layer,
    Approver.declineAll("nobody")
  )

const play = (steps: ReadonlyArray<Step>) =>
  Effect.gen(function*() {
    const { sessions } = yield* makeSessions
    const session = yield* sessions.create("/project")
    const events = yield* Turn.run({
      session,
      input: [Prompt.textPart({ text: "go" })],
      system: undefined,
      toolkit: yield* toolkit,
      maxSteps: 5
    }).pipe(Stream.runCollect)
    return {
      titles: Chunk.toReadonlyArray(events).flatMap((event) =>
        event.type === "tool-asked" || event.type === "tool-done" ? [`${event.type}: ${event.title}`] : []
      ),
      lines: yield* session.entries
    }
  }).pipe(Effect.provide(layers(steps)))

const at = "2026-01-01T09:00:00.000Z"

layer(NodeContext.layer)("the title of a tool's calls", (it) => {
  it.scoped("is made of its decoded parameters, on one line, for events, the session and the transcript", () =>
    Effect.gen(function*() {
      const { lines, titles } = yield* play([
        { parts: [call("1", "deploy", { service: "shop", at }), finish("tool-calls")] },
        { parts: [finish("stop")] }
      ])
      assert.deepStrictEqual(titles, ["tool-asked: shop at 9…", "tool-done: shop at 9…"])
      assert.deepStrictEqual(lines.flatMap((line) => line.type === "tool-result" ? [line.title] : []), ["shop at 9…"])
      const transcript = Transcript.toMarkdown(lines)
      assert.include(transcript, "**deploy** `shop at 9…`")
      assert.notInclude(transcript, at)
    }))

  it.scoped("is the usual one for wrong parameters, and if the function throws or returns nothing", () =>
    Effect.gen(function*() {
      const wrong = [{ service: "shop", at: "never" }, { service: "crash", at }, { service: "blank", at }]
      const { titles } = yield* play([
        { parts: [...wrong.map((params, id) => call(`${id}`, "deploy", params)), finish("tool-calls")] },
        { parts: [finish("stop")] }
      ])
      const usual = wrong.map((params) => JSON.stringify(params))
      assert.deepStrictEqual(titles.slice(0, 3), usual.map((title) => `tool-asked: ${title}`))
      assert.deepStrictEqual(titles.slice(3), usual.map((title) => `tool-done: ${title}`))
    }))

  it.scoped("is kept for a call that was not run because the answer failed", () =>
    Effect.gen(function*() {
      const fails = new AiError.UnknownError({ module: "t", method: "t", description: "cut off" })
      const { titles } = yield* play([{ parts: [call("1", "deploy", { service: "shop", at })], fails }])
      assert.deepStrictEqual(titles, ["tool-asked: shop at 9…", "tool-done: shop at 9…"])
    }))
})
