import type { Question } from "@altimate-code/agent/permission/Approver"
import { assert, describe, it } from "@effect/vitest"
import * as fc from "effect/FastCheck"
import * as Keys from "../../src/internal/input/keys.ts"
import * as QuestionLayout from "../../src/internal/questions/questionLayout.ts"
import type { Action } from "../../src/internal/screen/action.ts"
import type { Message } from "../../src/internal/screen/message.ts"
import type { State } from "../../src/internal/screen/state.ts"
import * as View from "../../src/internal/screen/view.ts"
import { plain } from "../../src/internal/terminal/theme.ts"
import { measureWidth } from "../../src/internal/terminal/themedText.ts"
import { initialState } from "../../src/internal/update/initialState.ts"
import { update } from "../../src/internal/update/update.ts"

const command = (text: string, more: Partial<Question> = {}, purpose?: string): Question => ({
  id: "call-1",
  tool: "bash",
  action: {
    parts: [{ permission: "bash", subject: text }],
    title: text,
    preview: { type: "command", text },
    ...(purpose === undefined ? {} : { purpose })
  },
  patterns: [{ permission: "bash", pattern: "npm test *" }],
  because: "no rule allows `npm test`",
  ...more
})

const diff = (text: string): Question => ({
  ...command("src/main.ts"),
  tool: "edit",
  action: { parts: [{ permission: "edit", subject: "x" }], title: "x", preview: { type: "diff", text } },
  patterns: [{ permission: "edit", pattern: "x" }]
})

/** A screen that draws only when the test says so. */
const screen = (columns: number, rows: number, yolo = false) => {
  let state: State = initialState({ columns, rows, theme: plain, version: "1", yolo, history: [] })
  const actions: Array<Action> = []
  const tell = (message: Message) => {
    const step = update(state, message)
    state = step.state
    actions.push(...step.actions)
  }
  const draw = () => {
    const { question: shown } = View.render(state)
    if (shown !== undefined) tell({ type: "question-drawn", frame: shown, columns: state.columns, rows: state.rows })
  }
  return {
    tell,
    draw,
    state: () => state,
    ask: (question: Question) => tell({ type: "question-asked", question }),
    press: (...sent: ReadonlyArray<string>) => {
      for (const each of sent) {
        const { decoder, keys } = Keys.decode(Keys.start, each)
        for (const key of [...keys, ...Keys.flush(decoder).keys]) tell({ type: "key", key, at: 10_000 })
      }
    },
    resize: (columns: number, rows: number) => tell({ type: "resized", columns, rows }),
    lines: () => View.render(state).lines,
    text: () => View.render(state).lines.join("\n"),
    answers: () => actions.flatMap((each) => each.type === "answer" ? [each.answer._tag] : [])
  }
}

/** Draws until nothing changes: then all scroll keys have been applied. */
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

describe("A question", () => {
  it("says that a command will run in the background, at every size", () => {
    const { action, ...rest } = command("npm start")
    const question = { ...rest, action: { ...action, isInBackground: true as const } }
    for (const width of [80, 30]) {
      const head = QuestionLayout.renderHead(question, { width, theme: plain }).join(" ").replace(/\s+/g, " ")
      assert.include(head, "Allow this command in the background, without a time limit?")
    }
  })

  const at = (columns: number, rows: number, question: Question) => {
    const it = screen(columns, rows)
    it.ask(question)
    it.draw()
    return it
  }

  it("shows its title, its purpose and the patterns that \"always\" allows", () => {
    assert.deepStrictEqual(at(80, 24, command("npm test", {}, "Run the tests\nfirst")).lines().slice(-14), [
      "",
      "── Allow this command? " + "─".repeat(57),
      "  npm test",
      "",
      "Purpose (by the model): Run the tests first",
      "Asking because no rule allows `npm test`",
      "\"Always\" would allow: bash npm test *",
      "",
      "  1 y  Yes, once",
      "  2 s  Yes, for this session, also after it is resumed",
      "  3 a  Yes, always, in all projects (saved in your configuration)",
      "  4 n  No",
      "  5 e  No, and tell the model why",
      "ask · no model yet · 0 tokens · waiting for you · esc: stop"
    ])
  })

  it("of the program itself offers no reason, which no model would get", () => {
    const project = { ...command("echo hi", {}), tool: "project command", patterns: [] }
    const lines = at(80, 24, project).lines()
    assert.include(lines, "  1 y  Yes, trust it until it changes")
    for (const tool of ["project command", "fallback"]) {
      const shown = at(80, 24, { ...project, tool }).lines().join("\n")
      assert.match(shown, / n {2}No$/m)
      assert.notInclude(shown, "why")
    }
    const it = at(80, 24, project)
    it.press("e")
    assert.notInclude(it.lines().join("\n"), "why")
  })

  it("puts its choices on one line in a small terminal, and drops the patterns before the content", () => {
    assert.deepStrictEqual(at(60, 8, command("npm test && rm -rf dist", {}, "Test")).lines(), [
      "",
      "── Allow this command? " + "─".repeat(37),
      "  npm test && rm -rf dist",
      "Purpose (by the model): Test",
      "\"Always\" would allow: bash npm test *",
      " y yes  s session  a always  n no  e why",
      "ask · no model yet · 0 tokens · waiting for you · esc: stop"
    ])
    assert.deepStrictEqual(at(60, 8, command("npm test\nmake\nls\npwd", {}, "Test")).lines().slice(-7), [
      "── Allow this command? " + "─".repeat(37),
      "  npm test",
      "  make",
      "  ls",
      "  pwd",
      " y yes  n no  e why",
      "ask · no model yet · 0 tokens · waiting for you · esc: stop"
    ])
  })

  it("offers \"always\" only if the patterns are visible", () => {
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

  it("fits 20 columns and 5 rows if it is short", () => {
    const it = at(20, 5, command("rm -rf ~/important"))
    assert.deepStrictEqual(it.lines().slice(0, 3), [
      "Allow this command?",
      "  rm -rf ~/important",
      " y yes  n no  e why"
    ])
    it.press("y")
    assert.deepStrictEqual(it.answers(), ["Once"])
  })

  it("can only be declined if it does not fit, and says so", () => {
    const it = at(20, 5, command("rm -rf ~/important ~/more ~/and ~/more"))
    assert.strictEqual(it.text(), "Terminal too small\nto show this\ncommand. Enlarge it,\nor n: no")
    it.press("y", "s", "a", "e", "\x1b[B", "\r", end, "y", "\r")
    assert.deepStrictEqual(it.answers(), [])
    assert.notInclude(it.text(), "Tell the model why")
    it.press("n")
    assert.deepStrictEqual(it.answers(), ["No"])
  })

  it("shows where a search looks", () => {
    const parts = [{ permission: "external_directory", subject: "/etc" }, { permission: "grep", subject: "/etc" }]
    const it = at(80, 24, command("", { tool: "grep", action: { parts, title: "password" } }))
    assert.include(it.text(), "Allow this search?")
    assert.include(it.text(), "  password\n  in /etc\n")
  })

  it("shows the name and the parameters of an MCP server's tool", () => {
    const action = { parts: [], title: "x", preview: { type: "json", text: "{\n  \"a\": 1\n}" } } as const
    assert.include(at(80, 24, command("", { tool: "shop_buy", action })).text(), "  shop_buy\n  {\n    \"a\": 1\n  }")
  })

  it("shows the purpose in at most two lines, without control characters", () => {
    const it = at(40, 24, command("ls", {}, `\x1b[2Jharmless ${"words ".repeat(99)}`))
    assert.match(it.text(), /\nPurpose \(by the model\): harmless words\nwords words .{20,28}…\nAsking/)
    assert.notInclude(it.text(), "\x1b")
  })

  it("makes invisible characters visible, and wraps emoji that some terminals draw wider", () => {
    const family = "👩‍👩‍👧‍👦"
    const it = at(20, 40, command(`rm\u200b -rf\tx\x07 ${"\u{1F469}\u200d".repeat(20)} ${family.repeat(5)}`))
    assert.include(it.text(), "  rm<U+200B> -rf  x␇")
    assert.include(it.text().replaceAll(/\s/g, ""), family.repeat(5))
    for (const line of it.lines()) {
      assert.isAtMost(Array.from(line).reduce((sum, character) => sum + measureWidth(character), 0), 20, line)
    }
  })
})

describe("A question that is longer than the terminal", () => {
  const long = () => {
    const it = screen(80, 24)
    it.ask(command(numbered(40)))
    settle(it)
    return it
  }

  it("can be allowed once all of it has been visible", () => {
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

  it("cannot be allowed after a jump to its end", () => {
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

  it("shows every page even if several keys arrive at once", () => {
    const it = long()
    it.press(pageDown.repeat(9) + "y")
    assert.deepStrictEqual(it.answers(), [])
    settle(it)
    assert.include(it.text(), "page up, page down")
    it.press("y")
    assert.deepStrictEqual(it.answers(), ["Once"])
  })

  it("can be declined at any time", () => {
    const it = long()
    it.press("e", "too long", "\r")
    assert.deepStrictEqual(it.answers(), ["No"])
    const other = long()
    other.press("n")
    assert.deepStrictEqual(other.answers(), ["No"])
  })

  it("must be read again after a change of width, but not of height", () => {
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

  it("can have ten thousand lines", () => {
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

describe("A key in a question", () => {
  it("goes to the prompt until the question is drawn", () => {
    const it = screen(80, 24)
    it.ask(command("rm -rf x"))
    it.press("y", "\x1b[B", "\r", "s", "a", "n")
    assert.deepStrictEqual(it.answers(), [])
    assert.strictEqual(it.state().input.text, "san")
  })

  it("is ignored if the frame was drawn for another size", () => {
    const it = screen(80, 24)
    it.ask(command(numbered(10)))
    const { question: shown } = View.render(it.state())
    assert(shown !== undefined)
    it.tell({ type: "question-drawn", frame: shown, columns: 80, rows: 8 })
    it.resize(80, 8)
    it.tell({ type: "question-drawn", frame: shown, columns: 80, rows: 8 })
    it.draw()
    it.press("y")
    assert.deepStrictEqual(it.answers(), [])
  })

  it("is ignored if the frame showed the previous question, even with the same ID", () => {
    const it = screen(80, 24)
    it.ask(command("ls"))
    it.ask(command("rm -rf x"))
    const { question: shown } = View.render(it.state())
    assert(shown !== undefined)
    it.draw()
    it.press("y")
    assert.deepStrictEqual(it.answers(), ["Once"])
    it.tell({ type: "tick", at: 20_000 })
    it.tell({ type: "question-drawn", frame: shown, columns: 80, rows: 24 })
    it.tell({ type: "key", key: { type: "text", text: "y" }, at: 20_000 })
    assert.deepStrictEqual(it.answers(), ["Once"])
  })
})

describe("Any sequence of events", () => {
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
    text.map((text) => command("", { tool: "server_tool", action: { parts: [], title: text } }))
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

  it("keeps a question within the terminal, and allows it only after all of it has been visible", () => {
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
          for (const line of it.state().overlay === undefined ? [] : lines) {
            assert.isAtMost(measureWidth(line), width, JSON.stringify(line))
          }
          if (it.answers().some((answer) => answer !== "No")) {
            allowed++
            for (const line of QuestionLayout.renderContent(question, View.getCanvas(before))) {
              assert.isTrue(seen.has(line), `${JSON.stringify(line)} at ${before.columns} × ${before.rows}`)
            }
            return
          }
        }
      }),
      {
        numRuns: 82,
        // Tall enough for each choice on its own lines, but too narrow for a label beside its key.
        examples: [[command(""), { columns: 4, rows: 100 }, []], [command(""), { columns: 5, rows: 100 }, []]]
      }
    )
    assert.isAbove(allowed, 20)
  })
})
