import { assert, describe, it } from "@effect/vitest"
import { makeScreen } from "./simulatedScreen.ts"

const rule = { permission: "bash", pattern: "npm test *", place: "~/user.json", isRemovable: true, isOfSession: false }
const projectRule = { ...rule, pattern: "ls *", place: "~/shop/altimate-code.json", isRemovable: false }

describe("/permissions", () => {
  it("says where each rule is, and removes only those of the user", () => {
    const it = makeScreen()
    it.press("/permissions", "\r")
    assert.lengthOf(it.actionsOf("list-permissions"), 1)
    it.send({ type: "permissions", rules: [rule, projectRule], isOpening: true })
    assert.include(it.view(), "› bash npm test *  ~/user.json")
    assert.match(it.view(), /bash ls \* +can't be removed here: ~\/shop\/altimate-code\.json/)
    it.press("\r", "\x1b[3~")
    assert.isEmpty(it.actionsOf("remove-rule"))
    it.press("\x04")
    assert.deepStrictEqual(it.actionsOf("remove-rule"), [{ type: "remove-rule", rule }])
    it.send({ type: "permissions", rules: [projectRule], isOpening: false })
    it.press("\x04")
    assert.lengthOf(it.actionsOf("remove-rule"), 1)
    assert.include(it.view(), "remove it in ~/shop/altimate-code.json")
  })

  it("stays open when nothing is left, and removes a rule once, so that ctrl-d never reaches the prompt", () => {
    const it = makeScreen()
    it.send({ type: "permissions", rules: [rule], isOpening: true })
    it.press("\x04", "\x04")
    assert.lengthOf(it.actionsOf("remove-rule"), 1)
    it.send({ type: "permissions", rules: [], isOpening: false })
    assert.include(it.view(), "Nothing is left.\nesc: back")
    it.press("\x04", "\r")
    assert.lengthOf(it.actionsOf("remove-rule"), 1)
    assert.isEmpty(it.actionsOf("quit"))
    it.press("\x1b")
    assert.isUndefined(it.state().overlay)
    it.send({ type: "permissions", rules: [rule], isOpening: true })
    it.press("\x04")
    it.send({ type: "permissions", rules: [rule], isOpening: false })
    it.press("\x04")
    assert.lengthOf(it.actionsOf("remove-rule"), 3)
  })

  it("shows the whole of the selected rule, and names only the rule for everything so", () => {
    const it = makeScreen({ columns: 40, rows: 12 })
    const long = "a long command that differs only at its very end:"
    const rules = ["one", "two"].map((end) => ({ ...rule, pattern: `${long} ${end}` }))
    it.send({ type: "permissions", rules, isOpening: true })
    assert.match(it.view(), /^ {2}bash a long .*\n.*end: one\n {2}~\/user\.json$/m)
    it.press("\x1b[B")
    assert.match(it.view(), /^ {2}bash a long .*\n.*end: two\n {2}~\/user\.json$/m)
    const all = { ...rule, permission: "*", pattern: "*" }
    it.send({ type: "permissions", rules: [{ ...all, pattern: "foo" }, all], isOpening: false })
    assert.include(it.view(), "* foo")
    assert.match(it.view(), /everything +~/)
  })

  it("names the mode and --yolo, which allow more than the rules", () => {
    const it = makeScreen()
    it.send({ type: "mode", mode: "accept-edits" }, { type: "permissions", rules: [], isOpening: true })
    assert.include(it.transcript(), "but in the mode accept edits")
    it.send({ type: "permissions", rules: [rule], isOpening: true })
    assert.include(it.view(), "Allowed without a question; accept edits: edits too")
    it.send({ type: "mode", mode: "plan" })
    assert.include(it.view(), "Allowed without a question, but not in plan mode")
    const yolo = makeScreen(undefined, undefined, true)
    yolo.send({ type: "permissions", rules: [], isOpening: true })
    assert.match(yolo.transcript(), /but with --yolo,\s+every\s+tool\s+call/)
    yolo.send({ type: "permissions", rules: [rule], isOpening: true })
    assert.include(yolo.view(), "Allowed without a question; with --yolo, the rest too")
  })

  it("does not open the list again once it is closed", () => {
    const it = makeScreen()
    it.send({ type: "permissions", rules: [rule], isOpening: false })
    assert.isUndefined(it.state().overlay)
    it.send({ type: "permissions", rules: [], isOpening: true })
    assert.include(JSON.stringify(it.state().items), "Nothing is allowed beyond the defaults.")
  })
})
