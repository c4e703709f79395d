import { assert, describe, it } from "@effect/vitest"
import * as Option from "effect/Option"
import { describeResult } from "../../src/internal/actions/reports/undoReport.ts"
import { makeScreen } from "./simulatedScreen.ts"

const plan = { from: 1, prompt: "all of it", typed: Option.some("/all"), files: [], commands: [] }

const planned = { type: "undo-planned", plan, at: 10_000 } as const

describe("/undo", () => {
  it("marks No, because there is no redo", () => {
    const it = makeScreen()
    it.press("/undo", "\r")
    it.send(planned)
    assert.include(it.view(), "› No")
    it.wait(5000)
    it.press("\r")
    assert.lengthOf(it.actionsOf("undo"), 0)
    it.press("/undo", "\r")
    it.send({ ...planned, at: 20_000 })
    it.wait(30_000)
    it.press("\x1b[B", "\r")
    assert.deepStrictEqual(it.actionsOf("undo"), [{ type: "undo", plan }])
  })

  it("asks to close a list that was opened in the meantime", () => {
    const it = makeScreen()
    it.press("/undo", "\r")
    it.send({ type: "permissions", rules: [], isOpening: true })
    it.send({
      type: "permissions",
      rules: [{ permission: "bash", pattern: "ls", place: "here", isRemovable: true, isOfSession: false }],
      isOpening: true
    })
    it.send(planned)
    assert.strictEqual(it.state().overlay?.type, "permissions")
    assert.include(JSON.stringify(it.state().items), "Close the open list first, then /undo.")
    assert.strictEqual(it.state().task.type, "none")
  })

  it("returns what was typed to the input, and nothing if that is not known", () => {
    const it = makeScreen()
    it.send({ type: "turn-undone", typed: Option.none(), context: 0, todos: [] })
    assert.strictEqual(it.state().input.text, "")
    it.send({ type: "turn-undone", typed: plan.typed, context: 0, todos: [] })
    assert.strictEqual(it.state().input.text, "/all")
  })

  it("says what was not undone, where its copy is, and what to do", () => {
    const files = [
      { path: "/p/a", fate: { type: "kept", why: "changed" }, copy: "/s/copy" },
      { path: "/p/b", fate: { type: "restored" } }
    ] as const
    assert.deepStrictEqual(describeResult({ ...plan, typed: Option.none() }, files, "/p"), {
      isUndone: true,
      summary: "The last turn is undone: 1 file restored. Its prompt is not part of the conversation.",
      problems: [
        "a was left as it is: something else has changed it since. Its content from before the turn is in /s/copy."
      ]
    })
    const failed = [{ path: "/p/c", fate: { type: "failed", message: "permission denied. Check it" } }] as const
    assert.deepStrictEqual(describeResult(plan, failed, "/p"), {
      isUndone: false,
      summary: "The last turn is not completely undone, and still part of the conversation. Repeat /undo for the rest.",
      problems: ["c was not undone: permission denied. Check it, then /undo again."]
    })
  })
})
