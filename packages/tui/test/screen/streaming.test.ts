/** What a streamed answer costs, in counts that do not depend on the machine. Each limit is the present figure and a small margin. */
import { afterEach, assert, beforeEach, describe, it, vi } from "@effect/vitest"
import { Lexer } from "marked"
import { Store } from "../../src/internal/screen/store.ts"
import * as Frame from "../../src/internal/terminal/frame.ts"
import { dark } from "../../src/internal/terminal/theme.ts"
import { initialState } from "../../src/internal/update/initialState.ts"
import { update } from "../../src/internal/update/update.ts"

const columns = 100
const rows = 30

const start = () => initialState({ columns, rows, theme: dark, version: "1", yolo: false, history: [] })

const page = Array.from({ length: 6 }, (_, index) =>
  [
    `## Part ${index}`,
    "The **total** is computed in `src/cart.ts`, which has been read by few. ".repeat(3),
    "- a point\n- another point, with `code`\n- the last one",
    "```ts\nexport const total = (items) => {\n  let sum = 0\n  for (const item of items) sum += item.price\n  return sum\n}\n```",
    "| cart | before | now |\n|---|---|---|\n| 2 × 10 € | 10 € | **20 €** |"
  ].join("\n\n") + "\n\n").join("")

const text = (delta: string) => ({ type: "turn", event: { type: "text", text: delta }, at: 5 }) as const

/** Streams the page with 500 deltas a second. */
const stream = () => {
  const store = new Store(start(), () => undefined)
  let shown = Frame.empty
  let frames = 0
  let bytes = 0
  store.drawWith(({ finished, view: { cursor, lines } }) => {
    const next = Frame.encode(shown, { finished, lines, cursor }, rows)
    shown = next.shown
    frames++
    bytes += Buffer.byteLength(next.output)
  })
  const deltas = page.match(/[^]{1,5}/g) ?? []
  for (const delta of deltas) {
    store.dispatch(text(delta))
    vi.advanceTimersByTime(2)
  }
  vi.advanceTimersByTime(1000)
  return { frames, bytes, seconds: deltas.length * 2 / 1000 }
}

/** How many characters are parsed as Markdown for a streamed list of so many points. */
const countParsed = (points: number): number => {
  let parsed = 0
  const { blockTokens } = Lexer.prototype
  const spy = vi.spyOn(Lexer.prototype, "blockTokens").mockImplementation(function(this: Lexer, ...args) {
    parsed += args[0].length
    return blockTokens.apply(this, args)
  })
  let state = start()
  for (let point = 0; point < points; point++) {
    for (const delta of [`- point ${point}`, " of a long list", ", with `code`", " and words\n"]) {
      state = update(state, text(delta)).state
    }
  }
  spy.mockRestore()
  return parsed
}

describe("A streamed answer", () => {
  beforeEach(() => void vi.useFakeTimers({ toFake: ["setTimeout", "clearTimeout", "performance"] }))
  afterEach(() => void vi.useRealTimers())

  it("is drawn at most 30 times a second", () => {
    const { frames, seconds } = stream()
    assert.isAtMost(frames, 31 * seconds + 2)
  })

  it("writes few bytes to the terminal", () => {
    const { bytes } = stream()
    assert.lengthOf(page, 2844)
    assert.isAtMost(bytes, 9_500)
  })

  it("is parsed in a time that grows with its length, not with its square", () => {
    const parsed = countParsed(800)
    assert.isAtMost(parsed, 900_000)
    assert.isAtMost(parsed, 2.5 * countParsed(400))
  })
})
