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
    assert.match(it.view(), /bash ls \* +~\/shop\/altimate-code\.json, can't be removed here/)
    it.press("\r", "\x04")
    assert.deepStrictEqual(it.actionsOf("remove-rule"), [{ type: "remove-rule", rule }])
    it.send({ type: "permissions", rules: [projectRule], isOpening: false })
    it.press("\x04")
    assert.lengthOf(it.actionsOf("remove-rule"), 1)
    assert.include(it.view(), "remove it in ~/shop/altimate-code.json")
    it.send({ type: "permissions", rules: [], isOpening: false })
    assert.isUndefined(it.state().overlay)
  })

  it("does not open the list again once it is closed", () => {
    const it = makeScreen()
    it.send({ type: "permissions", rules: [rule], isOpening: false })
    assert.isUndefined(it.state().overlay)
    it.send({ type: "permissions", rules: [], isOpening: true })
    assert.include(JSON.stringify(it.state().items), "Nothing is allowed beyond the defaults.")
  })
})
