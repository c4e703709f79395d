import { assert, describe, it } from "@effect/vitest"
import * as Picker from "../../src/internal/input/picker.ts"
import { makeScreen, question, spending } from "./simulatedScreen.ts"

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

  for (
    const [command, action, type] of [["/model", "list-models", "models"], [
      "/effort",
      "list-efforts",
      "efforts"
    ]] as const
  ) {
    it(`${command} opens its list during a turn, and the choice follows the turn`, () => {
      const it = makeScreen()
      it.press("hello", "\r", command, "\r")
      assert.lengthOf(it.actionsOf(action), 1)
      assert.isEmpty(it.state().queue)
      it.send({ type, picker: Picker.make("List", [{ id: "max", label: "max", detail: "" }]) })
      it.press("\r")
      assert.deepStrictEqual(it.state().queue, [`${command} max`])
      assert.include(it.view(), `${command} max runs after this turn`)
      it.endTurn()
      assert.lengthOf([...it.actionsOf("find-model"), ...it.actionsOf("set-effort")], 1)
    })

    it(`${command} does not replace a question that came before its list`, () => {
      const it = makeScreen()
      it.press("hello", "\r", command, "\r")
      it.send({ type: "question-asked", question })
      it.send({ type, picker: Picker.make("List", [{ id: "max", label: "max", detail: "" }]) })
      assert.strictEqual(it.state().overlay?.type, "question")
    })
  }
})

describe("A command that has to wait", () => {
  it("says until when, but a prompt does not", () => {
    const it = makeScreen()
    it.press("hello", "\r", "/new", "\r")
    assert.include(it.view(), "queued: /new")
    assert.include(it.view(), "/new runs after this turn")
    assert.lengthOf(it.actionsOf("expire-hint"), 1)
    it.send({ type: "hint-expired" })
    it.press("and then?", "\r")
    assert.notInclude(it.view(), "runs after")
    const shell = makeScreen()
    shell.press("!sleep 1", "\r", "/compact", "\r")
    assert.include(shell.view(), "/compact runs after this command")
  })
})
