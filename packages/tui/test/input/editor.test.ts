import { assert, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as FastCheck from "effect/FastCheck"
import stringWidth from "string-width"
import { type Action, empty, expand, type State, submit, update, view } from "../../src/internal/input/editor.ts"
import { isRaw, markdown } from "../markdown/markdownText.ts"

const acted = (state: State, ...actions: ReadonlyArray<Action | Exclude<Action["type"], "insert" | "attach">>): State =>
  actions.reduce<State>(
    (before, action) =>
      update(before, typeof action === "string" ? { type: action, width: 40, text: "", start: 0, end: 0 } : action),
    state
  )

/** The text, with `|` at the cursor. */
const seen = ({ cursor, text }: State): string => `${text.slice(0, cursor)}|${text.slice(cursor)}`

const insert = (text: string): Action => ({ type: "insert", text })
const paste = (text: string): Action => ({ type: "paste", text })

/** A state with its cursor at the `|` in the text. */
const input = (text: string, history: ReadonlyArray<string> = []): State => {
  const at = text.indexOf("|")
  const state = update(empty(history), { type: "set", text: text.replace("|", "") })
  return at === -1 ? state : { ...state, cursor: at }
}

describe("The cursor", () => {
  it("moves by grapheme clusters", () => {
    assert.strictEqual(seen(acted(input("a👩‍👩‍👧‍👦e\u0301"), "left", "left")), "a|👩‍👩‍👧‍👦e\u0301")
    assert.strictEqual(seen(acted(input("|🇩🇪🇫🇷"), "right")), "🇩🇪|🇫🇷")
    assert.strictEqual(seen(acted(input("|"), "left", "right")), "|")
  })

  it("moves by words", () => {
    assert.strictEqual(seen(acted(input("one, two-three"), "word-left")), "one, two-|three")
    assert.strictEqual(seen(acted(input("one, |two"), "word-left")), "|one, two")
    assert.strictEqual(seen(acted(input("one|, two three"), "word-right")), "one, two| three")
    assert.strictEqual(seen(acted(input("one|..."), "word-right")), "one...|")
  })

  it("moves to the start and the end of the line", () => {
    assert.strictEqual(seen(acted(input("one\ntw|o\nthree"), "home")), "one\n|two\nthree")
    assert.strictEqual(seen(acted(input("one\n|two\nthree"), "end")), "one\ntwo|\nthree")
    assert.strictEqual(seen(acted(input("\n|"), "home")), "\n|")
    assert.strictEqual(seen(acted(input("|\n"), "home")), "|\n")
  })

  it("returns to its column after shorter lines", () => {
    assert.strictEqual(seen(acted(input("long line\nx\nanother|"), "up")), "long line\nx|\nanother")
    assert.strictEqual(seen(acted(input("long line\nx\nanother|"), "up", "up")), "long li|ne\nx\nanother")
    assert.strictEqual(seen(acted(input("long li|ne\nx\nanother"), "down", "down")), "long line\nx\nanother|")
  })

  it("moves through wrapped rows", () => {
    const state = input("one two three four|")
    assert.strictEqual(seen(update(state, { type: "up", width: 11 })), "one two| three four")
    assert.deepStrictEqual(view(state, 11, 5).lines, ["one two ", "three four"])
  })
})

describe("Editing", () => {
  it("deletes grapheme clusters", () => {
    assert.strictEqual(seen(acted(input("a👍🏽|b"), "backspace")), "a|b")
    assert.strictEqual(seen(acted(input("|👍🏽b"), "delete")), "|b")
    assert.strictEqual(seen(acted(input("|"), "delete", "backspace")), "|")
  })

  it("deletes words and lines", () => {
    assert.strictEqual(seen(acted(input("one two|!"), "delete-word-before")), "one |!")
    assert.strictEqual(seen(acted(input("|one two"), "delete-word-after")), "| two")
    assert.strictEqual(seen(acted(input("a\nb|c\nd"), "kill-to-end")), "a\nb|\nd")
    assert.strictEqual(seen(acted(input("a\nb|\nd"), "kill-to-end")), "a\nb|d")
    assert.strictEqual(seen(acted(input("a\nbc|"), "kill-to-start")), "a\n|")
    assert.strictEqual(seen(acted(input("a\n|b"), "kill-to-start")), "a|b")
  })

  it("replaces a range and moves the cursor after it", () => {
    assert.strictEqual(
      seen(update(input("see @mo| now"), { type: "replace", start: 4, end: 7, text: "@model.ts " })),
      "see @model.ts | now"
    )
  })

  it("removes control characters", () => {
    assert.strictEqual(acted(empty([]), insert("a\x1b[31mb\x07\r\nc\td")).text, "ab\nc\td")
  })

  it("keeps the cursor between grapheme clusters when two of them join", () => {
    assert.strictEqual(seen(acted(input("|\u0301"), insert("e"))), "e\u0301|")
  })

  it("is undone word by word", () => {
    const written = acted(empty([]), ...[..."one two"].map(insert))
    assert.strictEqual(seen(acted(written, "undo")), "one |")
    assert.strictEqual(seen(acted(written, "undo", "undo")), "one|")
    assert.strictEqual(seen(acted(written, "undo", "undo", "undo", "undo")), "|")
    assert.strictEqual(seen(acted(input("one |two"), "kill-to-end", "undo")), "one |two")
    assert.strictEqual(seen(acted(input("a|b"), "clear", "undo")), "a|b")
  })
})

describe("A long paste", () => {
  const long = Array.from({ length: 42 }, (_, index) => `line ${index}`).join("\n")

  it("is shown as a placeholder and sent in full", () => {
    const state = acted(empty([]), insert("see "), paste(long), insert(" and "), paste("x".repeat(501)))
    assert.deepStrictEqual(view(state, 100, 5).lines, [
      "see [pasted text #1, 42 lines] and [pasted text #2, 501 characters]"
    ])
    assert.strictEqual(expand(state), `see ${long} and ${"x".repeat(501)}`)
    assert.strictEqual(submit(state).text, expand(state))
  })

  it("is not wrapped if it fits on a row", () => {
    assert.deepStrictEqual(view(acted(empty([]), insert("see abc"), paste(long)), 28, 5).lines, [
      "see ",
      "abc",
      "[pasted text #1, 42 lines]"
    ])
  })

  it("is skipped and deleted as one character", () => {
    const state = acted(empty([]), insert("a"), paste(long), insert("b"))
    assert.strictEqual(view(acted(state, "left", "left"), 60, 3).cursor.column, 1)
    const shorter = acted(state, "left", "backspace")
    assert.strictEqual(seen(shorter), "a|b")
    assert.strictEqual(expand(acted(shorter, "undo")), `a${long}b`)
  })

  it("has more than three lines or 500 characters", () => {
    assert.strictEqual(acted(empty([]), paste("a\r\nb\rc\n")).text, "a\nb\nc\n")
    assert.strictEqual(acted(empty([]), paste("x".repeat(500))).text.length, 500)
    assert.strictEqual(acted(empty([]), paste("a\nb\nc\nd")).pastes.length, 1)
  })

  it("cannot be inserted by typing its placeholder character", () => {
    const state = acted(empty([]), paste(long))
    assert.strictEqual(expand(acted(state, insert(state.text))), long)
  })
})

describe("The history", () => {
  const history = ["first", "two\nlines", "last"]

  it("is browsed up and down, back to the draft", () => {
    const state = input("draft", history)
    assert.strictEqual(seen(acted(state, "up")), "last|")
    assert.strictEqual(seen(acted(state, "up", "up")), "two|\nlines")
    assert.strictEqual(seen(acted(state, "up", "up", "up")), "first|")
    assert.strictEqual(seen(acted(state, "up", "up", "up", "up")), "first|")
    assert.strictEqual(seen(acted(state, "up", "up", "up", "down")), "two\nlines|")
    assert.strictEqual(seen(acted(state, "up", "up", "down", "down", "down")), "draft|")
    assert.strictEqual(seen(acted(state, "down")), "draft|")
  })

  it("starts above the first row", () => {
    assert.strictEqual(seen(acted(input("a\nb", history), "up")), "a|\nb")
    assert.strictEqual(seen(acted(input("a\nb", history), "up", "up")), "last|")
  })

  it("keeps the draft when a recalled prompt is edited", () => {
    const changed = acted(input("draft", history), "up", insert("!"))
    assert.strictEqual(seen(changed), "last!|")
    assert.strictEqual(seen(acted(changed, "up")), "last|")
    assert.strictEqual(seen(acted(changed, "undo", "undo")), "draft|")
  })

  it("adds a sent prompt once", () => {
    const sent = submit(input("new", history)).state
    assert.strictEqual(seen(sent), "|")
    assert.deepStrictEqual(sent.history, [...history, "new"])
    assert.deepStrictEqual(submit(input("new", sent.history)).state.history, sent.history)
    assert.deepStrictEqual(submit(input(" \n", history)).state.history, history)
  })
})

describe("The visible input", () => {
  it("is wrapped between words, with room for the cursor", () => {
    assert.deepStrictEqual(view(input("one two three|"), 8, 5), {
      lines: ["one two", "three"],
      cursor: { row: 1, column: 5 },
      above: 0,
      below: 0
    })
    assert.deepStrictEqual(view(input("one two |"), 8, 5).cursor, { row: 0, column: 7 })
    assert.deepStrictEqual(view(input("abcdefgh|"), 8, 5).lines, ["abcdefg", "h"])
    assert.deepStrictEqual(view(input("日本語|"), 6, 5), {
      lines: ["日本", "語"],
      cursor: { row: 1, column: 2 },
      above: 0,
      below: 0
    })
  })

  it("shows the cursor on a new row after a line end", () => {
    assert.deepStrictEqual(view(input("a\n|"), 8, 5).cursor, { row: 1, column: 0 })
    assert.deepStrictEqual(view(empty([]), 8, 5), { lines: [""], cursor: { row: 0, column: 0 }, above: 0, below: 0 })
  })

  it("is scrolled to the cursor", () => {
    const lines = Array.from({ length: 20 }, (_, index) => `${index}`)
    const end = view(input(lines.join("\n")), 20, 5)
    assert.deepStrictEqual(end, { lines: lines.slice(15), cursor: { row: 4, column: 2 }, above: 15, below: 0 })
    const start = view(input(`|${lines.join("\n")}`), 20, 5)
    assert.deepStrictEqual(start, { lines: lines.slice(0, 5), cursor: { row: 0, column: 0 }, above: 0, below: 15 })
  })
})

const types = [
  "newline",
  "backspace",
  "delete",
  "delete-word-before",
  "delete-word-after",
  "kill-to-start",
  "kill-to-end",
  "left",
  "right",
  "word-left",
  "word-right",
  "home",
  "end",
  "undo",
  "clear"
] as const

const action: FastCheck.Arbitrary<Action> = FastCheck.oneof(
  FastCheck.constantFrom(...types).map((type): Action => ({ type })),
  FastCheck.tuple(FastCheck.constantFrom("up" as const, "down" as const), FastCheck.integer({ min: 1, max: 60 }))
    .map(([type, width]): Action => ({ type, width })),
  FastCheck.tuple(
    FastCheck.constantFrom("insert" as const, "paste" as const, "set" as const),
    FastCheck.oneof(markdown, FastCheck.constantFrom("a", " ", "\u0301", "🇩", "👍", "🏽", "\u200d", "语", "\t"))
  ).map(([type, text]): Action => ({ type, text })),
  FastCheck.tuple(FastCheck.integer({ min: -5, max: 50 }), FastCheck.integer({ min: -5, max: 50 }), markdown)
    .map(([start, end, text]): Action => ({ type: "replace", start, end, text }))
)

describe("Any sequence of actions", () => {
  it.effect.prop(
    "keeps the cursor between characters, and fits the width",
    {
      actions: FastCheck.array(action, { maxLength: 30 }),
      columns: FastCheck.integer({ min: 20, max: 80 }),
      rows: FastCheck.integer({ min: 1, max: 8 })
    },
    ({ actions, columns, rows }) =>
      Effect.sync(() => {
        let state = empty(["old\nprompt", "e\u0301👩‍👩‍👧‍👦"])
        for (const each of actions) {
          state = update(state, each)
          // A placeholder is a separate character, so the text on either side is split separately.
          const parts = state.text.split(/([\u{10f000}-\u{10fffd}])/u)
          const places = new Set([0])
          parts.reduce((start, part) => {
            for (const { index, segment } of new Intl.Segmenter().segment(part)) {
              places.add(start + index + segment.length)
            }
            return start + part.length
          }, 0)
          assert.isTrue(places.has(state.cursor), `${each.type}: ${JSON.stringify(state.text)} ${state.cursor}`)
          const { above, below, cursor, lines } = view(state, columns, rows)
          assert.isAtMost(lines.length, rows)
          assert.isTrue(lines[cursor.row] !== undefined && above >= 0 && below >= 0)
          assert.isBelow(cursor.column, columns)
          for (const line of lines) {
            assert.isAtMost(stringWidth(line), columns)
            assert.isFalse(isRaw(line))
          }
        }
      }),
    { fastCheck: { numRuns: 60 } }
  )

  it.effect.prop(
    "can be undone completely",
    { actions: FastCheck.array(action, { maxLength: 30 }) },
    ({ actions }) =>
      Effect.sync(() => {
        const state = actions.reduce(update, empty(["old"]))
        const undone = Array.from({ length: 200 }).reduce<State>((each) => update(each, { type: "undo" }), state)
        if (!actions.some(({ type }) => type === "up" || type === "down")) assert.strictEqual(undone.text, "")
      })
  )
})

describe("An image", () => {
  const image = (name: string) => ({ text: `@/tmp/${name}`, image: { name, details: "640 × 480, 24 KiB" } })
  const attach = (pasted: string | undefined, ...names: ReadonlyArray<string>): Action => ({
    type: "attach",
    images: names.map(image),
    ...(pasted === undefined ? {} : { pasted })
  })

  it("takes the place of its pasted path, and is a mention in the text that is sent", () => {
    const state = acted(input("What is this?|"), paste("/tmp/a.png"), attach("/tmp/a.png", "a.png"), insert("Say it."))
    assert.deepStrictEqual(view(state, 80, 5).lines, ["What is this?[image a.png, 640 × 480, 24 KiB]Say it."])
    assert.strictEqual(expand(state), "What is this? @/tmp/a.png Say it.")
    assert.strictEqual(submit(state).state.history.at(-1), "What is this? @/tmp/a.png Say it.")
  })

  it("is removed by one backspace, and undone to its path", () => {
    const state = acted(input("x |"), paste("/tmp/a.png"), attach("/tmp/a.png", "a.png"))
    assert.strictEqual(seen(acted(state, "backspace")), "x |")
    assert.strictEqual(expand(acted(state, "backspace", "undo")), "x @/tmp/a.png")
    assert.strictEqual(seen(acted(state, "undo")), "x /tmp/a.png|")
  })

  it("can be one of several, which are removed one by one", () => {
    const many = Array.from({ length: 5 }, (_, n) => `${n}.png`)
    const pasted = many.map((name) => `/tmp/${name}`).join("\n")
    const state = acted(input("|"), paste(pasted), attach(pasted, ...many))
    assert.strictEqual(expand(state), many.map((name) => `@/tmp/${name}`).join(" "))
    assert.strictEqual(
      expand(acted(state, "backspace", "backspace")),
      many.slice(0, 4).map((name) => `@/tmp/${name}`).join(" ")
    )
  })

  it("leaves the cursor where the user has moved it", () => {
    const typed = acted(input("a |z"), paste("/tmp/a.png"), insert("bc"))
    assert.match(seen(acted(typed, attach("/tmp/a.png", "a.png"))), /^a \u{10f000}bc\|z$/u)
    assert.match(seen(acted(typed, "home", attach("/tmp/a.png", "a.png"))), /^\|a \u{10f000}bcz$/u)
  })

  it("does not come if its path has been changed in the meantime", () => {
    const state = acted(input("|"), paste("/tmp/a.png"), "backspace")
    assert.strictEqual(acted(state, attach("/tmp/a.png", "a.png")), state)
  })

  it("has a mark of one line, whose name is shortened", () => {
    const state = acted(input("|"), attach(undefined, "a-screenshot-with-a-very-long-name.png"))
    assert.deepStrictEqual(view(state, 39, 3).lines, ["[image a-screensh…, 640 × 480, 24 KiB]"])
  })
})
