import { assert, describe, it } from "@effect/vitest"
import * as Picker from "../../src/internal/input/picker.ts"
import { makeScreen, spending } from "./simulatedScreen.ts"

describe("Another session", () => {
  const picker = Picker.make("Sessions", [{ id: "older", label: "older", detail: "" }])
  const conversation = { type: "session-opened", items: [], spending, context: 0, todos: [] } as const

  it("is opened when it is chosen", () => {
    const it = makeScreen()
    it.press("/sessions", "\r")
    it.send({ type: "sessions", picker, currentId: "newer" }, { type: "task-ended" })
    it.press("\r")
    assert.deepStrictEqual(it.actionsOf("open-session"), [{ type: "open-session", id: "older" }])
    it.send(conversation, { type: "task-ended" })
    assert.strictEqual(it.state().task.type, "none")
  })

  it("is opened after a turn that began before the list appeared", () => {
    const it = makeScreen()
    it.press("/sessions", "\r", "hello", "\r")
    it.send({ type: "sessions", picker, currentId: "newer" }, { type: "task-ended" })
    assert.strictEqual(it.state().task.type, "turn")
    it.press("\r")
    assert.lengthOf(it.actionsOf("open-session"), 0)
    assert.include(it.view(), "queued: /sessions older")
    it.endTurn()
    assert.lengthOf(it.actionsOf("open-session"), 1)
  })

  it("receives prompts once it is open", () => {
    const it = makeScreen()
    it.press("/new", "\r")
    it.send(conversation)
    it.press("hello", "\r")
    assert.lengthOf(it.actionsOf("turn"), 0)
    it.send({ type: "task-ended" })
    assert.lengthOf(it.actionsOf("turn"), 1)
  })
})

describe("Another model", () => {
  it("is selected after a turn that began before the list appeared", () => {
    const it = makeScreen()
    it.press("/model", "\r", "hello", "\r")
    it.send({ type: "models", picker: Picker.make("Models", [{ id: "m", label: "m", detail: "" }]) })
    it.press("\r")
    assert.lengthOf(it.actionsOf("find-model"), 0)
    it.endTurn()
    assert.deepStrictEqual(it.actionsOf("find-model"), [{ type: "find-model", text: "m" }])
  })
})
