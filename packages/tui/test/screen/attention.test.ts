import { assert, describe, it } from "@effect/vitest"
import * as Option from "effect/Option"
import * as Attention from "../../src/internal/screen/attention.ts"
import type { Message } from "../../src/internal/screen/message.ts"
import { makeScreen, question } from "../update/simulatedScreen.ts"

const make = (kind: Attention.NotificationKind = "bell") => {
  const written: Array<string> = []
  const attention = Attention.make({ kind, write: (text) => void written.push(text) })
  const screen = makeScreen()
  const state = () => ({ ...screen.state(), directory: "~/sh;op" })
  const observe = (at = 60_000) => attention.observe(state(), at)
  observe()
  return { ...screen, attention, observe, take: () => written.splice(0) }
}

const asks = "altimate-code asks for your approval in ~/sh;op."

describe("The terminal's title", () => {
  it("shows what is going on, and is written only if it changes", () => {
    const { endTurn, observe, press, send, take } = make("off")
    assert.deepStrictEqual(take(), ["\x1b]2;altimate-code · ~/sh;op\x07"])
    press("go", "\r")
    observe()
    observe()
    assert.deepStrictEqual(take(), ["\x1b]2;altimate-code · working · ~/sh;op\x07"])
    send({ type: "question-asked", question })
    observe()
    assert.deepStrictEqual(take(), ["\x1b]2;altimate-code · waiting for you · ~/sh;op\x07"])
    endTurn()
    observe()
    assert.deepStrictEqual(take(), ["\x1b]2;altimate-code · ~/sh;op\x07"])
  })
})

describe("The question about a plan or an undo", () => {
  const questions: ReadonlyArray<Message> = [
    {
      type: "undo-planned",
      at: 50_000,
      plan: { from: 1, prompt: "go", typed: Option.none(), files: [], commands: [] }
    },
    { type: "turn-ended", at: 50_000, interrupted: false }
  ]
  for (const message of questions) {
    it(`waits for the user: ${message.type}`, () => {
      const texts: Array<string> = []
      const { observe, press, send, take, turn } = make((text) => void texts.push(text))
      if (message.type === "turn-ended") {
        send({ type: "mode", mode: "plan" })
        press("go", "\r")
        turn({ type: "text", text: "## Plan\n\n1. One" })
      }
      observe()
      take()
      send(message)
      observe()
      observe()
      assert.deepStrictEqual(take(), ["\x1b]2;altimate-code · waiting for you · ~/sh;op\x07"])
      assert.deepStrictEqual(texts, [asks])
    })
  }
})

describe("A notification", () => {
  const isTitle = (text: string) => text.startsWith("\x1b]2;")

  it("tells once that the assistant asks, and once that it is done", () => {
    const texts: Array<string> = []
    const { endTurn, observe, press, send } = make((text) => void texts.push(text))
    press("go", "\r")
    observe()
    assert.deepStrictEqual(texts, [])
    send({ type: "question-asked", question })
    observe()
    observe()
    assert.deepStrictEqual(texts, [asks])
    endTurn()
    observe()
    observe()
    assert.deepStrictEqual(texts.slice(1), ["altimate-code is done in ~/sh;op."])
  })

  it("has the form that the terminal knows", () => {
    for (
      const [kind, expected] of [
        ["off", []],
        ["bell", ["\x07"]],
        ["osc9", [`\x1b]9;${asks}\x07`]],
        ["osc777", [`\x1b]777;notify;altimate-code;${asks.replaceAll(";", ",")}\x07`]]
      ] as const
    ) {
      const { observe, send, take } = make(kind)
      send({ type: "question-asked", question })
      observe()
      assert.deepStrictEqual(take().filter((text) => !isTitle(text)), [...expected])
    }
  })

  it.each([
    [[true], 0, false],
    [[false], 0, true],
    [[true, false], 59_000, true],
    // A terminal that does not report its focus.
    [[], 59_000, false],
    [[], 0, true]
  ])("is left out while the user is there: focus %j, last key at %d", (focus, keyAt, isShown) => {
    const { attention, observe, send, take } = make()
    attention.keyPressed(keyAt)
    for (const isFocused of focus) attention.setFocus(isFocused)
    send({ type: "question-asked", question })
    observe()
    assert.strictEqual(take().includes("\x07"), isShown)
  })
})
