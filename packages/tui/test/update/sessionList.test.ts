import { assert, describe, it } from "@effect/vitest"
import * as Keymap from "../../src/internal/input/keymap.ts"
import * as Picker from "../../src/internal/input/picker.ts"
import { makeScreen } from "./simulatedScreen.ts"

const choices = ["one", "two", "three"].map((id) => ({ id, label: `Session ${id}`, detail: "" }))

const open = (keybinds: Keymap.Keybinds = {}) => {
  const screen = makeScreen(undefined, Keymap.make(keybinds).keymap)
  screen.send({ type: "sessions", picker: Picker.make("Sessions", choices), currentId: "one" })
  return screen
}

describe("The list of sessions", () => {
  it("names the keys that are bound, and leaves out the others", () => {
    assert.include(open().view(), "ctrl-r: rename · ctrl-d: delete · ctrl-f: copy")
    const bound = open({ session_rename: "f2", session_delete: "none", session_fork: "<leader>f,ctrl+y" })
    assert.include(bound.view(), "f2: rename · ctrl-y: copy")
    assert.notInclude(bound.view(), "delete")
    bound.press("\x04")
    assert.strictEqual(bound.state().overlay?.type, "sessions")
  })

  it("reports keys that the list needs itself, and that two actions have", () => {
    assert.deepStrictEqual(Keymap.make({ session_rename: "return", session_delete: "<leader>d" }).problems, [
      "keybinds.session_rename: enter can't be used: it is a key of the list of sessions.",
      "keybinds.session_delete: ctrl-x d can't be used: it is a key of the list of sessions."
    ])
    assert.deepStrictEqual(Keymap.make({ session_rename: "ctrl+e", session_delete: "ctrl+e" }).problems, [
      "keybinds.session_delete: in the list of sessions, ctrl-e is already bound to session_rename."
    ])
    // What opencode writes by default.
    assert.deepStrictEqual(Keymap.make({ session_rename: "ctrl+r", session_delete: "ctrl+d" }).problems, [])
  })

  it("gives the user's keys precedence over the default ones", () => {
    const { keymap, problems } = Keymap.make({ session_rename: "ctrl+f" })
    assert.deepStrictEqual([...keymap.sessions], [["ctrl-f", "rename"], ["ctrl-d", "delete"]])
    assert.deepStrictEqual(problems, [
      "keybinds.session_rename: in the list of sessions, ctrl-f was the only key of session_fork. Give it another one, or none."
    ])
    assert.deepStrictEqual(Keymap.make({ session_rename: "ctrl+f", session_fork: "none" }).problems, [])
  })

  it("starts with the title that a session was given, not with its first prompt, and changes nothing if it stays", () => {
    const titled = choices.map((choice, index) => index === 1 ? { ...choice, title: "Mine" } : choice)
    const screen = makeScreen()
    screen.send({ type: "sessions", picker: Picker.make("Sessions", titled), currentId: "one" })
    screen.press("\x12")
    const { overlay } = screen.state()
    assert.strictEqual(overlay?.type === "session-title" && overlay.title.text, "")
    screen.press("\x1b", "\x1b[B", "\x12")
    assert.include(screen.view(), "› Mine")
    screen.press("\r")
    assert.strictEqual(screen.state().overlay?.type, "sessions")
    assert.isEmpty(screen.actionsOf("retitle-session"))
    screen.press("\x12", " too", "\r")
    assert.lengthOf(screen.actionsOf("retitle-session"), 1)
  })

  it("returns to the title that could not be stored", () => {
    const it = open()
    it.press("\x12", "New title", "\r")
    it.send({ type: "title-refused", id: "one", title: "New title" }, { type: "sessions-listed", choices })
    assert.include(it.view(), "› New title")
    it.press("\r")
    assert.lengthOf(it.actionsOf("retitle-session"), 2)
  })

  it("closes when the only session is deleted", () => {
    const it = open()
    it.send({ type: "sessions-listed", choices: [] })
    assert.isUndefined(it.state().overlay)
    assert.include(it.transcript(), "There are no earlier sessions.")
  })

  it("says on a small terminal, too, that a deleted session can't be restored", () => {
    const it = makeScreen({ columns: 40, rows: 12 })
    const long = choices.map((choice) => ({ ...choice, label: "A title that is longer than the terminal is wide" }))
    it.send({ type: "sessions", picker: Picker.make("Sessions", long), currentId: "" })
    it.press("\x04")
    assert.include(it.view(), "Yes, delete it  it can't be restored")
  })

  it("renames the selected one, but not without a title", () => {
    const it = open()
    it.press("\x1b[B", "\x12", "\x15", "\r")
    assert.include(it.view(), "the title is empty")
    it.press("New title", "\r")
    assert.deepStrictEqual(it.actionsOf("retitle-session"), [{
      type: "retitle-session",
      id: "two",
      title: "New title"
    }])
    assert.include(it.view(), "› Session two")
  })

  it("deletes the selected one only after a yes, and never the one that is open", () => {
    const it = open()
    it.press("\x04")
    assert.include(it.view(), "this session is open")
    it.press("\x1b[B", "\x04", "\r", "\x04", "\x1b")
    assert.isEmpty(it.actionsOf("delete-session"))
    it.press("\x04", "\x1b[B", "\r")
    assert.deepStrictEqual(it.actionsOf("delete-session"), [{ type: "delete-session", id: "two" }])
  })

  it("selects the one below a deleted one, and stays as it is while a question is open", () => {
    const it = open()
    it.press("\x1b[B", "\x06")
    assert.deepStrictEqual(it.actionsOf("copy-session"), [{ type: "copy-session", id: "two" }])
    it.press("\x12", "A title")
    it.send({ type: "sessions-listed", choices: choices.filter(({ id }) => id !== "two") })
    assert.include(it.view(), "› A title")
    it.press("\x1b")
    assert.include(it.view(), "› Session three")
    assert.notInclude(it.view(), "Session two")
  })
})
