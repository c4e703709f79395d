import type { TurnEvent } from "@altimate-code/agent/turn/TurnEvent"
import { assert, describe, it } from "@effect/vitest"
import * as fc from "effect/FastCheck"
import * as Keys from "../../src/internal/input/keys.ts"
import type { Message } from "../../src/internal/screen/message.ts"
import * as View from "../../src/internal/screen/view.ts"
import { dark } from "../../src/internal/terminal/theme.ts"
import { measureWidth } from "../../src/internal/terminal/themedText.ts"
import * as ItemView from "../../src/internal/transcript/itemView.ts"
import { initialState } from "../../src/internal/update/initialState.ts"
import { update } from "../../src/internal/update/update.ts"
import { draw, finished, makeScreen, question, toolAsked, toolDone } from "../update/simulatedScreen.ts"

describe("Untrusted text", () => {
  const bad = "\x1b]0;title\x07\x1b[2Jtext\x1b[31m"

  it("cannot send escape sequences to the terminal", () => {
    const it = makeScreen()
    it.send(
      { type: "item", item: { type: "welcome", version: "1", directory: bad } },
      { type: "item", item: { type: "shell", command: bad, output: bad, end: bad, ok: true } },
      { type: "item", item: { type: "reasoning", text: bad, seconds: 3 } }
    )
    assert.notInclude(it.transcript(), "\x1b")
    it.press("\x0f")
    assert.notInclude(it.view(), "\x1b")
    it.press("\r")
    assert.notInclude(it.view(), "\x1b")
  })
})

describe("The pager", () => {
  it("shows the output of a tool call", () => {
    const it = makeScreen()
    it.press("hi", "\r")
    it.turn(toolAsked("a"), toolDone("a"), finished)
    it.endTurn()
    it.press("\x0f", "\r")
    assert.include(it.view(), "the output")
    it.press("\x1b", "\x1b")
    assert.isUndefined(it.state().pager)
  })
})

describe("A prompt in the transcript", () => {
  it("is broken between words, at 100 columns at most", () => {
    const it = makeScreen({ columns: 140, rows: 24 })
    it.send({ type: "item", item: { type: "user", text: "  if (ab) {".repeat(12) } })
    const lines = it.transcript().split("\n").filter((line) => line.includes("if (ab)"))
    assert.isAbove(lines.length, 1)
    for (const line of lines) {
      assert.isAtMost(measureWidth(line), 102)
      assert.match(line, /\{$/)
    }
    // What begins with spaces still does.
    assert.match(lines[0]!, /^› {3}if/)
  })
})

describe("The list of commands", () => {
  it("leaves the transcript in sight, and says where the selected command is", () => {
    const it = makeScreen({ columns: 100, rows: 30 })
    it.press("/")
    const count = it.view().split("\n").filter((line) => /^(?:› | {2})\/\w/.test(line)).length
    assert.strictEqual(count, 11)
    assert.match(it.view(), /^ {2}1 of \d\d$/m)
    it.press("\x1b[B")
    assert.match(it.view(), /^ {2}2 of \d\d$/m)
    it.press("mod")
    assert.notInclude(it.view(), " of ")
  })
})

describe("The view", () => {
  const events: ReadonlyArray<TurnEvent> = [
    { type: "text", text: "# Heading\n\nwords ".repeat(3) },
    { type: "text", text: "```ts\nconst x = 1\n".repeat(4) },
    { type: "text", text: "日本語 👩‍👩‍👧‍👦 ".repeat(20) },
    { type: "reasoning", text: "hm\n".repeat(9) },
    toolAsked("a", "bash", "x ".repeat(200)),
    { type: "tool-running", id: "a" },
    toolDone("a", "failed"),
    { type: "notice", text: "A notice. ".repeat(30) },
    finished
  ]
  const messages = fc.oneof(
    fc.constantFrom(...events).map((event): Message => ({ type: "turn", event, at: 5 })),
    fc.constantFrom(
      "text",
      "/",
      "@",
      "\r",
      "\x1b",
      "\x0f",
      "\x03",
      "\x1b[A",
      "\x1b[B",
      "\t",
      "\x1b[200~1\n2\n3\n4\n5\x1b[201~",
      "\n",
      "y",
      "e"
    ).map(
      (sent): Message => {
        const { decoder, keys } = Keys.decode(Keys.start, sent)
        const [key] = [...keys, ...Keys.flush(decoder).keys]
        return key === undefined ? { type: "hint-expired" } : { type: "key", key, at: 5 }
      }
    ),
    fc.constantFrom<Message>(
      { type: "question-asked", question },
      { type: "question-withdrawn", id: "call-1" },
      { type: "turn-ended", at: 9, interrupted: true },
      { type: "files", files: ["a/b.ts", `${"long/".repeat(60)}x.ts`] },
      { type: "hint-expired" }
    ),
    fc.record({ columns: fc.integer({ min: 20, max: 400 }), rows: fc.integer({ min: 1, max: 80 }) }).map(
      (size): Message => ({ type: "resized", ...size })
    )
  )

  it("has fewer rows than the terminal and is never wider, after any events", () => {
    fc.assert(
      fc.property(
        fc.array(messages, { maxLength: 40 }),
        fc.integer({ min: 20, max: 200 }),
        fc.integer({ min: 1, max: 60 }),
        fc.boolean(),
        (all, columns, rows, yolo) => {
          let state = initialState({ columns, rows, theme: dark, version: "1", yolo, history: [] })
          for (const message of all) {
            state = draw(update(state, message).state)
            const { cursor, lines } = View.render(state)
            assert.isBelow(lines.length, state.rows)
            if (yolo && state.rows > 1) assert.include(lines.slice(-2).join("\n"), "YOLO")
            for (const line of lines) assert.isAtMost(measureWidth(line), state.columns)
            if (cursor !== undefined) {
              assert.isBelow(cursor.row, lines.length)
              assert.isBelow(cursor.column, state.columns)
            }
          }
          state.items.forEach((item, index) => {
            for (const line of ItemView.render(item, state.items[index - 1], View.getCanvas(state))) {
              assert.isAtMost(measureWidth(line), state.columns, `${item.type}: ${line}`)
            }
          })
        }
      ),
      { numRuns: 300 }
    )
  })
})
