import type { Question } from "@altimate-code/agent/Approver"
import { assert, describe, it } from "@effect/vitest"
import * as fc from "effect/FastCheck"
import * as Keys from "../src/internal/input/keys.ts"
import * as Layout from "../src/internal/questions/questionLayout.ts"
import type { Command, Message, State } from "../src/internal/screen/state.ts"
import { initial, update } from "../src/internal/screen/update.ts"
import * as View from "../src/internal/screen/view.ts"
import { plain } from "../src/internal/terminal/theme.ts"
import { widthOf } from "../src/internal/terminal/themedText.ts"

const command = (text: string, more: Partial<Question> = {}, purpose?: string): Question => ({
  id: "call-1",
  tool: "bash",
  action: {
    judged: [{ permission: "bash", subject: text }],
    title: text,
    preview: { type: "command", text },
    ...(purpose === undefined ? {} : { purpose })
  },
  patterns: [{ permission: "bash", pattern: "npm test *" }],
  because: "no rule covers bash `npm test`",
  ...more
})

const diff = (text: string): Question => ({
  ...command("src/main.ts"),
  tool: "edit",
  action: { judged: [{ permission: "edit", subject: "x" }], title: "x", preview: { type: "diff", text } },
  patterns: [{ permission: "edit", pattern: "x" }]
})

/** What a person does, and what the terminal shows of it. Nothing is drawn unless it is said. */
const screen = (columns: number, rows: number, yolo = false) => {
  let state: State = initial({ columns, rows, theme: plain, version: "1", yolo, history: [] })
  const commands: Array<Command> = []
  const tell = (message: Message) => {
    const step = update(state, message)
    state = step.state
    commands.push(...step.commands)
  }
  const draw = () => {
    const { shown } = View.live(state)
    if (shown !== undefined) tell({ type: "drawn", shown, columns: state.columns, rows: state.rows })
  }
  return {
    tell,
    draw,
    state: () => state,
    ask: (question: Question) => tell({ type: "asked", question }),
    press: (...sent: ReadonlyArray<string>) => {
      for (const each of sent) {
        const { decoder, keys } = Keys.decode(Keys.start, each)
        for (const key of [...keys, ...Keys.flush(decoder).keys]) tell({ type: "key", key, at: 10_000 })
      }
    },
    resize: (columns: number, rows: number) => tell({ type: "resized", columns, rows }),
    lines: () => View.live(state).lines,
    text: () => View.live(state).lines.join("\n"),
    answers: () => commands.flatMap((each) => each.type === "answer" ? [each.answer._tag] : [])
  }
}

/** Draws until nothing changes any more: keys that waited for a page are done. */
const settle = (it: ReturnType<typeof screen>) => {
  for (let before: State | undefined; before !== it.state();) {
    before = it.state()
    it.draw()
  }
}

const pageDown = "\x1b[6~"
const pageUp = "\x1b[5~"
const end = "\x1b[F"
const numbered = (count: number) => Array.from({ length: count }, (_, line) => `echo line${line}`).join("\n")

describe("What is asked", () => {
  const at = (columns: number, rows: number, question: Question) => {
    const it = screen(columns, rows)
    it.ask(question)
    it.draw()
    return it
  }

  it("is on the screen with its head, its purpose, and what always would allow", () => {
    assert.deepStrictEqual(at(80, 24, command("npm test", {}, "Run the tests\nfirst")).lines().slice(-14), [
      "",
      "── Allow this command? " + "─".repeat(57),
      "  npm test",
      "",
      "Purpose (by the model): Run the tests first",
      "Why you are asked: no rule covers bash `npm test`",
      "Always allows: bash npm test *",
      "",
      "  y  Yes, once",
      "  s  Yes, always in this session",
      "  a  Yes, always: saved in your configuration",
      "  n  No",
      "  e  No, and tell the model why",
      "no model yet · 0 tokens · waiting for you"
    ])
  })

  it("has its choices on one line where there is little room, and what always would allow after what will run", () => {
    assert.deepStrictEqual(at(60, 8, command("npm test && rm -rf dist", {}, "Test")).lines(), [
      "",
      "── Allow this command? " + "─".repeat(37),
      "  npm test && rm -rf dist",
      "Purpose (by the model): Test",
      "Always allows: bash npm test *",
      " y yes  s session  a always  n no  e why",
      "no model yet · 0 tokens · waiting for you"
    ])
    assert.deepStrictEqual(at(60, 8, command("npm test\nmake\nls\npwd", {}, "Test")).lines().slice(-7), [
      "── Allow this command? " + "─".repeat(37),
      "  npm test",
      "  make",
      "  ls",
      "  pwd",
      " y yes  n no  e why",
      "no model yet · 0 tokens · waiting for you"
    ])
  })

  it("can't be allowed for good where what that allows is not on the screen", () => {
    const it = at(60, 8, command("npm test\nmake\nls\npwd"))
    it.press("s", "a")
    assert.deepStrictEqual(it.answers(), [])
    it.resize(60, 24)
    it.press("s", "a")
    assert.deepStrictEqual(it.answers(), [])
    it.draw()
    it.press("s")
    assert.deepStrictEqual(it.answers(), ["Session"])
    const long = at(80, 24, command("npm test", { patterns: [{ permission: "bash", pattern: "x".repeat(1500) }] }))
    assert.notInclude(long.text(), "always")
    long.press("s", "a", "y")
    assert.deepStrictEqual(long.answers(), ["Once"])
  })

  it("fits 20 columns and 5 rows when it is short", () => {
    const it = at(20, 5, command("rm -rf ~/important"))
    assert.deepStrictEqual(it.lines().slice(0, 3), [
      "Allow this command?",
      "  rm -rf ~/important",
      " y yes  n no  e why"
    ])
    it.press("y")
    assert.deepStrictEqual(it.answers(), ["Once"])
  })

  it("takes nothing but no where it does not fit, and says so", () => {
    const it = at(20, 5, command("rm -rf ~/important ~/more ~/and ~/more"))
    assert.strictEqual(it.text(), "Terminal too small\nto show this\ncommand. Enlarge it,\nor n: no")
    it.press("y", "s", "a", "e", "\x1b[B", "\r", end, "y", "\r")
    assert.deepStrictEqual(it.answers(), [])
    assert.notInclude(it.text(), "Why not")
    it.press("n")
    assert.deepStrictEqual(it.answers(), ["No"])
  })

  it("says where it looks when that is all there is to see", () => {
    const judged = [{ permission: "external_directory", subject: "/etc" }, { permission: "grep", subject: "/etc" }]
    const it = at(80, 24, command("", { tool: "grep", action: { judged, title: "password" } }))
    assert.include(it.text(), "Allow this search?")
    assert.include(it.text(), "  password\n  in /etc\n")
  })

  it("names the tool of a server beside its parameters", () => {
    const action = { judged: [], title: "x", preview: { type: "json", text: "{\n  \"a\": 1\n}" } } as const
    assert.include(at(80, 24, command("", { tool: "shop_buy", action })).text(), "  shop_buy\n  {\n    \"a\": 1\n  }")
  })

  it("has the purpose in at most two lines, without control characters", () => {
    const it = at(40, 24, command("ls", {}, `\x1b[2Jharmless ${"words ".repeat(99)}`))
    assert.match(it.text(), /\nPurpose \(by the model\): harmless words\nwords words .{20,28}…\nWhy/)
    assert.notInclude(it.text(), "\x1b")
  })

  it("shows what has no shape, and breaks what a terminal might draw wider than it is", () => {
    const family = "👩‍👩‍👧‍👦"
    const it = at(20, 40, command(`rm\u200b -rf\tx\x07 ${"\u{1F469}\u200d".repeat(20)} ${family.repeat(5)}`))
    assert.include(it.text(), "  rm<U+200B> -rf  x␇")
    assert.include(it.text().replaceAll(/\s/g, ""), family.repeat(5))
    for (const line of it.lines()) {
      assert.isAtMost(Array.from(line).reduce((sum, character) => sum + widthOf(character), 0), 20, line)
    }
  })
})

describe("A question that is longer than the screen", () => {
  const long = () => {
    const it = screen(80, 24)
    it.ask(command(numbered(40)))
    settle(it)
    return it
  }

  it("is allowed only after all of it has been on the screen", () => {
    const it = long()
    assert.match(it.text(), /Lines 1–\d+ of 40\. Scroll to the end to allow: page down/)
    it.press("y", "s", "a", "\x1b[B", "\r")
    assert.deepStrictEqual(it.answers(), [])
    while (!it.text().includes("of 40 · page up, page down")) {
      it.press(pageDown)
      it.draw()
      assert.deepStrictEqual(it.answers(), [])
    }
    assert.include(it.text(), "line39")
    it.press("y")
    assert.deepStrictEqual(it.answers(), ["Once"])
  })

  it("is not allowed by a jump to its end, which shows nothing of its middle", () => {
    const it = long()
    it.press(end)
    settle(it)
    assert.include(it.text(), "line39")
    assert.match(it.text(), /Scroll through all lines to allow: page up/)
    it.press("y")
    assert.deepStrictEqual(it.answers(), [])
    it.press(pageUp, pageUp, pageUp)
    settle(it)
    it.press("y")
    assert.deepStrictEqual(it.answers(), ["Once"])
  })

  it("shows every page of several keys that come at once, before any answer counts", () => {
    const it = long()
    it.press(pageDown.repeat(9) + "y")
    assert.deepStrictEqual(it.answers(), [])
    settle(it)
    assert.include(it.text(), "page up, page down")
    it.press("y")
    assert.deepStrictEqual(it.answers(), ["Once"])
  })

  it("is no and can be stopped at any time", () => {
    const it = long()
    it.press("e", "too long", "\r")
    assert.deepStrictEqual(it.answers(), ["No"])
    const other = long()
    other.press("n")
    assert.deepStrictEqual(other.answers(), ["No"])
  })

  it("begins anew at another width, where its lines are others, and not at another height", () => {
    const it = long()
    it.press(pageDown.repeat(9))
    settle(it)
    it.resize(80, 12)
    it.resize(79, 12)
    settle(it)
    it.press("y")
    assert.deepStrictEqual(it.answers(), [])
    assert.include(it.text(), "line0")
    it.press(pageDown.repeat(20))
    settle(it)
    it.resize(79, 30)
    it.press("y")
    assert.deepStrictEqual(it.answers(), ["Once"])
  })

  it("of ten thousand lines is allowed at its end like any other", () => {
    const it = screen(80, 24)
    it.ask(command(numbered(10_000)))
    for (let count = 0; count < 2000; count++) {
      it.press(pageDown)
      it.draw()
    }
    it.press("y")
    assert.deepStrictEqual(it.answers(), ["Once"])
  })
})

describe("A key", () => {
  it("that comes before the question is on the screen belongs to what is there", () => {
    const it = screen(80, 24)
    it.ask(command("rm -rf x"))
    it.press("y", "\x1b[B", "\r", "s", "a", "n")
    assert.deepStrictEqual(it.answers(), [])
    assert.strictEqual(it.state().input.text, "san")
  })

  it("does not count for a frame that was drawn for another size", () => {
    const it = screen(80, 24)
    it.ask(command(numbered(10)))
    const { shown } = View.live(it.state())
    assert(shown !== undefined)
    it.tell({ type: "drawn", shown, columns: 80, rows: 8 })
    it.resize(80, 8)
    it.tell({ type: "drawn", shown, columns: 80, rows: 8 })
    it.draw()
    it.press("y")
    assert.deepStrictEqual(it.answers(), [])
  })

  it("does not count for a frame of the question before, whatever its ID", () => {
    const it = screen(80, 24)
    it.ask(command("ls"))
    it.ask(command("rm -rf x"))
    const { shown } = View.live(it.state())
    assert(shown !== undefined)
    it.draw()
    it.press("y")
    assert.deepStrictEqual(it.answers(), ["Once"])
    it.tell({ type: "tick", at: 20_000 })
    it.tell({ type: "drawn", shown, columns: 80, rows: 24 })
    it.tell({ type: "key", key: { type: "text", text: "y" }, at: 20_000 })
    assert.deepStrictEqual(it.answers(), ["Once"])
  })
})

describe("Whatever happens", () => {
  const piece = fc.oneof(
    fc.constantFrom("日本語", "👩‍👩‍👧‍👦", "e\u0301", "\t", "\x1b[8m", "\u200b", "\r", "🇩🇪", "x".repeat(90), " ".repeat(70)),
    fc.string({ maxLength: 30 })
  )
  const text = fc.array(fc.array(piece, { maxLength: 4 }).map((pieces) => pieces.join("")), { maxLength: 40 }).map(
    (lines) => lines.join("\n")
  )
  const question = fc.oneof(
    fc.tuple(text, fc.option(text)).map(([text, purpose]) => command(text, {}, purpose ?? undefined)),
    text.map((text) =>
      diff(
        `--- a/x\n+++ b/x\n@@ -0,0 +1,${text.split("\n").length} @@\n${
          text.split("\n").map((line) => `+${line}\n`).join("")
        }`
      )
    ),
    text.map((text) => command("", { tool: "server_tool", action: { judged: [], title: text } }))
  )
  const size = fc.record({ columns: fc.integer({ min: 4, max: 400 }), rows: fc.integer({ min: 1, max: 100 }) })
  const steps = fc.array(
    fc.oneof(
      { weight: 3, arbitrary: fc.constant("draw" as const) },
      { weight: 3, arbitrary: fc.constantFrom(pageDown, pageUp, end, "\x1b[H", "\x1b[B", "\x1b[A") },
      { weight: 2, arbitrary: fc.constantFrom("y", "s", "a", "\r", "e", "\x7f", "\x1b[200~y\x1b[201~") },
      { weight: 1, arbitrary: size }
    ),
    { maxLength: 60 }
  )

  it("a question fits its terminal, and is allowed only when all of it has been there", () => {
    let allowed = 0
    fc.assert(
      fc.property(question, size, steps, (question, { columns, rows }, steps) => {
        const it = screen(columns, rows)
        it.ask(question)
        let seen = new Set<string>()
        let width = columns
        for (const step of [...steps, "draw" as const, "y"]) {
          const before = it.state()
          if (step === "draw") {
            for (const line of it.lines()) seen.add(line)
            it.draw()
          } else if (typeof step === "string") it.press(step)
          else it.resize(step.columns, step.rows)
          if (it.state().columns !== width) seen = new Set()
          width = it.state().columns
          const lines = it.lines()
          assert.isAtMost(lines.length, Math.max(0, it.state().rows - 1))
          for (const line of it.state().over === undefined ? [] : lines) {
            assert.isAtMost(widthOf(line), width, JSON.stringify(line))
          }
          if (it.answers().some((answer) => answer !== "No")) {
            allowed++
            for (const line of Layout.contentOf(question, View.lookOf(before))) {
              assert.isTrue(seen.has(line), `${JSON.stringify(line)} at ${before.columns} × ${before.rows}`)
            }
            return
          }
        }
      }),
      { numRuns: 80 }
    )
    assert.isAbove(allowed, 20)
  })
})
