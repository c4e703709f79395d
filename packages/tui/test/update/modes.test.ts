import type { Question } from "@altimate-code/agent/permission/Approver"
import type { Mode } from "@altimate-code/agent/permission/PermissionMode"
import { assert, describe, it } from "@effect/vitest"
import * as Keymap from "../../src/internal/input/keymap.ts"
import { makeScreen, question, toolAsked, toolDone } from "./simulatedScreen.ts"

const shiftTab = "\x1b[Z"
const down = "\x1b[B"

const inMode = (mode: Mode, size?: { readonly columns: number; readonly rows: number }) => {
  const it = makeScreen(size)
  it.send({ type: "mode", mode })
  return it
}

/** A turn in plan mode, with the answers before and after a call. */
const plan = (answer: string, ...[it = inMode("plan")]: ReadonlyArray<ReturnType<typeof makeScreen>>) => {
  it.press("add a flag", "\r")
  it.turn({ type: "text", text: "I look." }, toolAsked("r"), toolDone("r"), { type: "text", text: answer })
  it.wait(1000)
  it.endTurn()
  return it
}

const answer = "Two places.\n\n## Plan\n\n1. Change a.ts.\n"

describe("The mode", () => {
  it("is always in the status bar, in words", () => {
    for (
      const [mode, word] of [["ask", "ask"], ["accept-edits", "accept edits"], ["plan", "plan"]] as const
    ) {
      for (const size of [{ columns: 80, rows: 24 }, { columns: 40, rows: 12 }, { columns: 20, rows: 5 }]) {
        assert.match(inMode(mode, size).view(), new RegExp(`^${word} · `, "m"), `${mode} in ${size.columns}`)
      }
    }
  })

  it("other than ask stays visible below a question that has little room, and below tool output", () => {
    const sizes = [{ columns: 40, rows: 6 }, { columns: 20, rows: 5 }]
    for (const size of sizes) {
      const it = inMode("plan", size)
      it.press("hi", "\r")
      it.turn(toolAsked("call-1", "bash"))
      it.send({ type: "question-asked", question })
      assert.match(it.view(), /^plan · /m)
    }
    const it = inMode("accept-edits")
    it.press("hi", "\r")
    it.turn(toolAsked("a"), toolDone("a"))
    it.press("\x0f")
    assert.match(it.view(), /^accept edits · /m)
  })

  it("is changed with shift-tab, also while a turn is running", () => {
    const it = inMode("ask")
    it.press(shiftTab, "hi", "\r", shiftTab)
    assert.lengthOf(it.actionsOf("next-mode"), 2)
  })
})

describe("All edits in this session", () => {
  const edit: Question = {
    id: "call-1",
    tool: "edit",
    action: {
      parts: [{ permission: "edit", subject: "a.ts" }],
      title: "a.ts",
      preview: { type: "diff", text: "--- a/a.ts\n+++ b/a.ts\n@@ -1,1 +1,1 @@\n-one\n+two\n" }
    },
    patterns: [{ permission: "edit", pattern: "a.ts" }],
    because: "no rule covers this",
    isAcceptableEdit: true
  }
  const ask = (asked: Question, size?: { readonly columns: number; readonly rows: number }) => {
    const it = makeScreen(size)
    it.press("hi", "\r")
    it.turn(toolAsked("call-1", asked.tool))
    it.send({ type: "question-asked", question: asked })
    it.wait(1000)
    return it
  }
  const answersTo = (asked: Question, ...keys: ReadonlyArray<string>) => {
    const it = ask(asked)
    it.press(...keys)
    return it.actionsOf("answer").map((action) => action.type === "answer" ? action.answer : undefined)
  }

  it("can be answered to a question about an edit, by its letter, by shift-tab or from the list", () => {
    assert.match(ask(edit).view(), /^ {2}4 d {2}Yes, and all edits in this session \(shift-tab\)$/m)
    assert.deepStrictEqual(answersTo(edit, "d"), [{ _tag: "AllEdits" }])
    assert.deepStrictEqual(answersTo(edit, shiftTab), [{ _tag: "AllEdits" }])
    assert.deepStrictEqual(answersTo(edit, down, down, down, down, "\r"), [{ _tag: "AllEdits" }])
    assert.match(ask(edit, { columns: 40, rows: 12 }).view(), / d all edits /)
  })

  it("is not offered for anything else", () => {
    const { isAcceptableEdit: _, ...named } = edit
    for (const asked of [question, named]) {
      assert.notInclude(ask(asked).view(), "all edits")
      assert.isEmpty(answersTo(asked, shiftTab))
      const it = ask(asked)
      it.press("d")
      assert.isEmpty(it.actionsOf("answer"))
      assert.strictEqual(it.state().input.text, "")
    }
  })

  it("can be answered only after the whole diff was visible", () => {
    const long = { ...edit, action: { ...edit.action, preview: { type: "diff", text: longDiff } as const } }
    const it = ask(long, { columns: 80, rows: 16 })
    it.press("d", shiftTab)
    assert.isEmpty(it.actionsOf("answer"))
  })

  const longDiff = `--- a/a.ts\n+++ b/a.ts\n@@ -1,60 +1,60 @@\n${
    Array.from({ length: 60 }, (_, line) => `-${line}\n+${line}0`).join("\n")
  }\n`
})

describe("A plan", () => {
  const shown =
    /Go ahead with this plan\?[^]*› Yes, and ask before each edit[^]*Yes, and accept edits[^]*No, keep planning/

  it("is accepted with a choice: the mode changes before the model goes on", () => {
    for (const [keys, mode] of [[["\r"], "ask"], [[down, "\r"], "accept-edits"]] as const) {
      const it = plan(answer)
      assert.match(it.view(), shown)
      assert.include(it.view(), "waiting for you")
      it.press(...keys)
      assert.deepStrictEqual(it.actions.slice(-2), [
        { type: "set-mode", mode },
        { type: "turn", text: "Go ahead with the plan." }
      ])
      assert.strictEqual(it.state().task.type, "turn")
      assert.include(it.transcript(), "Go ahead with the plan.")
    }
  })

  it("is refused with a choice or with esc, and plan mode stays", () => {
    for (const keys of [["\x1b"], [down, down, "\r"]]) {
      const it = plan(answer)
      const before = it.actions.length
      it.press(...keys)
      assert.lengthOf(it.actions, before)
      assert.isUndefined(it.state().overlay)
    }
  })

  it("is changed by typing: the text is the next prompt, in plan mode", () => {
    const it = plan(answer)
    it.press("yes, but keep b.ts")
    assert.isUndefined(it.state().overlay)
    it.press("\r")
    assert.deepStrictEqual(it.actionsOf("turn").at(-1), { type: "turn", text: "yes, but keep b.ts" })
    assert.isEmpty(it.actionsOf("set-mode"))
  })

  it("fits into 40 × 12", () => {
    assert.match(plan(answer, inMode("plan", { columns: 40, rows: 12 })).view(), shown)
  })

  it("is recognized by a heading, a bold line or a line with a colon", () => {
    for (
      const line of ["# Implementation plan", "**Plan**", "**The plan:**", "Plan:", "Here is my plan:"]
    ) {
      assert.match(plan(`Two places.\n\n${line}\n\n1. Change a.ts.\n`).view(), shown, line)
    }
    for (const line of ["Planes:", "I plan **to** look", "**Airplane**", "1. plan b.ts"]) {
      assert.isUndefined(plan(`Two places.\n\n${line}\n\n1. Change a.ts.\n`).state().overlay, line)
    }
  })

  it("that an answer does not have leaves a line about how to leave plan mode", () => {
    const leave = /Plan mode is on\.[^]*shift-tab: leave it/
    assert.match(plan("It is in a.ts.").transcript(), leave)
    assert.notMatch(plan(answer).transcript(), leave)
    assert.notMatch(plan("It is in a.ts.", inMode("ask")).transcript(), leave)
    const withoutKey = makeScreen(undefined, Keymap.make({ agent_cycle_reverse: "none" }).keymap)
    withoutKey.send({ type: "mode", mode: "plan" })
    assert.include(plan("It is in a.ts.", withoutKey).transcript(), "/mode ask leaves it.")
    const interrupted = inMode("plan")
    interrupted.press("go", "\r")
    interrupted.turn({ type: "text", text: "It is" })
    interrupted.endTurn(true)
    assert.notMatch(interrupted.transcript(), leave)
  })

  it("is not asked about if there is none, in another mode, after an interruption or if the user is writing", () => {
    assert.isUndefined(plan("It is in a.ts. That was the plan.").state().overlay)
    assert.isUndefined(plan(answer, inMode("ask")).state().overlay)
    const writing = inMode("plan")
    writing.press("go", "\r")
    writing.turn({ type: "text", text: answer })
    writing.press("wait")
    writing.endTurn()
    assert.isUndefined(writing.state().overlay)
    const interrupted = inMode("plan")
    interrupted.press("go", "\r")
    interrupted.turn({ type: "text", text: answer })
    interrupted.endTurn(true)
    assert.isUndefined(interrupted.state().overlay)
    const queued = inMode("plan")
    queued.press("go", "\r", "and then?", "\r")
    queued.turn({ type: "text", text: answer })
    queued.endTurn()
    assert.isUndefined(queued.state().overlay)
  })

  it("is not accepted by Enter right after typing", () => {
    const it = inMode("plan")
    it.press("go", "\r")
    it.turn({ type: "text", text: answer })
    it.press("x", "\x7f")
    it.endTurn()
    assert.match(it.view(), shown)
    it.press("\r")
    assert.isEmpty(it.actionsOf("set-mode"))
  })
})

describe("/mode", () => {
  it("changes to the given mode, or to the next one", () => {
    const it = makeScreen()
    it.press("/mode plan", "\r", "/mode accept edits", "\r", "/mode", "\r")
    assert.deepStrictEqual(it.actionsOf("set-mode"), [
      { type: "set-mode", mode: "plan" },
      { type: "set-mode", mode: "accept-edits" }
    ])
    assert.lengthOf(it.actionsOf("next-mode"), 1)
    it.press("/mode acc", "\r", "/mode P", "\r")
    assert.deepStrictEqual(it.actionsOf("set-mode").slice(2), [
      { type: "set-mode", mode: "accept-edits" },
      { type: "set-mode", mode: "plan" }
    ])
    it.press("/mode a", "\r")
    assert.lengthOf(it.actionsOf("set-mode"), 4)
    it.press("/mode fast", "\r")
    assert.include(JSON.stringify(it.state().items), "Choose one of ask, accept-edits, plan.")
  })

  it("is named with the key that changes the mode, if there is one", () => {
    const hintWith = (keybinds: Keymap.Keybinds) => {
      const it = makeScreen(undefined, Keymap.make(keybinds).keymap)
      it.press("/plan", "\r")
      it.send({ type: "command-found", text: "/plan", isPath: false })
      return JSON.stringify(it.state().items)
    }
    assert.include(hintWith({}), "Use /mode plan, or shift-tab: ask, accept edits, plan.")
    assert.include(
      hintWith({ agent_cycle_reverse: "none", agent_cycle: "f4" }),
      "Use /mode plan, or f4: ask, accept edits, plan."
    )
    assert.include(hintWith({ agent_cycle_reverse: "none" }), "Use /mode plan. ")
  })
})
