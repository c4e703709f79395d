import type { Line } from "@altimate-code/agent/session/Session"
import * as Spending from "@altimate-code/agent/session/Spending"
import * as Prompt from "@effect/ai/Prompt"
import { assert, describe, it } from "@effect/vitest"
import type { Message } from "../../src/internal/screen/message.ts"
import type { State } from "../../src/internal/screen/state.ts"
import { type Frame, Store } from "../../src/internal/screen/store.ts"
import * as View from "../../src/internal/screen/view.ts"
import { plain } from "../../src/internal/terminal/theme.ts"
import { type Item, itemsOf } from "../../src/internal/transcript/item.ts"
import { initialState } from "../../src/internal/update/initialState.ts"
import { update } from "../../src/internal/update/update.ts"

const store = () =>
  new Store(
    initialState({ columns: 60, rows: 12, theme: plain, version: "1", yolo: false, history: [] }),
    () => undefined
  )

/** A store that draws, and its frames. */
const drawing = () => {
  const frames: Array<Frame> = []
  let onFrame = (): void => undefined
  const it = store()
  it.drawWith((frame) => {
    frames.push(frame)
    onFrame()
  })
  return {
    it,
    frames,
    /** The finished lines of each frame that has some. */
    written: () => frames.flatMap(({ finished }) => finished.length === 0 ? [] : [finished]),
    /** Waits for the next frame. */
    drawn: () => new Promise<void>((resolve) => (onFrame = resolve))
  }
}

const prompt = (text: string): Item => ({ type: "user", text })

describe("The store", () => {
  it("draws a finished item once", async () => {
    const { drawn, it, written } = drawing()
    it.dispatch({ type: "item", item: prompt("one") })
    await drawn()
    it.dispatch({ type: "item", item: prompt("two") })
    await drawn()
    assert.deepStrictEqual(written(), [["› one"], ["", "› two"]])
  })

  it("draws many messages together", async () => {
    const { drawn, frames, it, written } = drawing()
    const before = frames.length
    for (const text of ["a", "b", "c"]) it.dispatch({ type: "item", item: prompt(text) })
    await drawn()
    assert.lengthOf(frames, before + 1)
    assert.deepStrictEqual(written(), [["› a", "", "› b", "", "› c"]])
  })

  it("draws the effect of a key at once, and only once", async () => {
    const { drawn, frames, it } = drawing()
    const key = { type: "text", text: "x" } as const
    it.dispatch({ type: "key", key, at: 1 })
    it.drawNow()
    assert.lengthOf(frames, 2)
    assert.include(frames[1]!.view.lines.join("\n"), "› x")
    it.dispatch({ type: "key", key, at: 2 })
    await drawn()
    assert.lengthOf(frames, 3)
    it.drawNow()
    assert.lengthOf(frames, 3)
  })

  it("draws nothing before it can", () => {
    const it = store()
    it.dispatch({ type: "item", item: prompt("early") })
    it.drawNow()
    const frames: Array<Frame> = []
    it.drawWith((frame) => frames.push(frame))
    assert.deepStrictEqual(frames.map(({ finished }) => finished), [["› early"]])
  })

  it("does not redraw after a frame that showed nothing new", async () => {
    const { drawn, frames, it } = drawing()
    const text = "npm test"
    it.dispatch({
      type: "question-asked",
      question: {
        id: "1",
        tool: "bash",
        action: { parts: [], title: text, preview: { type: "command", text } },
        patterns: [],
        because: ""
      }
    })
    await drawn()
    const shown = frames.at(-1)?.view.question
    assert(shown !== undefined)
    const frame = { type: "question-drawn", frame: shown, columns: 60, rows: 12 } as const
    it.dispatch(frame)
    await drawn()
    const before = it.state
    it.dispatch(frame)
    assert.strictEqual(it.state, before)
  })

  it("holds finished items back while another program uses the screen", async () => {
    const { drawn, it, written } = drawing()
    it.dispatch({ type: "item", item: prompt("before") })
    await drawn()
    it.hold(true)
    for (let index = 0; index < 20; index++) it.dispatch({ type: "item", item: prompt(`held ${index}`) })
    await drawn()
    it.redraw()
    assert.deepStrictEqual(written(), [["› before"]])
    it.hold(false)
    it.redraw()
    const lines = written().at(-1)!
    for (let index = 0; index < 20; index++) assert.include(lines, `› held ${index}`)
  })

  it("redraws exactly one screen, so that nothing is repeated in the scrollback", async () => {
    const { drawn, frames, it } = drawing()
    for (let index = 0; index < 20; index++) it.dispatch({ type: "item", item: prompt(`more\nlines\nline ${index}`) })
    await drawn()
    it.dispatch({ type: "resized", columns: 50, rows: 16 })
    it.redraw()
    const { finished, view } = frames.at(-1)!
    assert.strictEqual(finished.length + view.lines.length, 15)
    assert.strictEqual(finished.at(-1), "  line 19")
  })

  it("starts another session with its own items", async () => {
    const { drawn, it, written } = drawing()
    it.dispatch({ type: "item", item: prompt("old") })
    await drawn()
    const items = ["1", "2", "3", "4", "5"].map(prompt)
    it.dispatch({
      type: "session-opened",
      items,
      spending: Spending.none,
      context: 0,
      todos: []
    })
    await drawn()
    assert.deepStrictEqual(written().flat().filter((line) => line !== ""), ["› old", "› 3", "› 4", "› 5"])
  })
})

describe("The wait before a retry", () => {
  const wait = { why: "Rate limited", message: "m", attempt: 3, until: 10_000 }
  const live = (state: State) => View.render(state).lines.join("\n")
  const at = (state: State, message: Message) => update(state, message).state
  const waiting = at(
    { ...store().state, task: { type: "turn", phase: "thinking", since: 0, spent: Spending.none, isStopping: false } },
    { type: "turn", event: { type: "waiting", ...wait }, at: 2000 }
  )

  it("counts down until it ends or the next event arrives", () => {
    assert.include(live(waiting), "Rate limited. Retrying in 8 s (attempt 3) · esc: stop")
    assert.include(live(at(waiting, { type: "tick", at: 3000 })), "Retrying in 7 s")
    assert.notInclude(live(at(waiting, { type: "tick", at: 10_000 })), "Next try")
    const answering = at(waiting, { type: "turn", event: { type: "text", text: "Hello" }, at: 3000 })
    assert.notInclude(live(answering), "Next try")
    assert.notInclude(live(at(waiting, { type: "turn-ended", at: 3000, interrupted: true })), "Next try")
  })

  it("is also shown outside a turn", () => {
    const compacting: State = { ...store().state, task: { type: "compacting", since: 0, isStopping: false } }
    const state = at(compacting, { type: "retry-wait", wait, at: 2000 })
    assert.include(live(state), "Retrying in 8 s")
    assert.notInclude(live(at(state, { type: "task-ended" })), "Next try")
  })
})

describe("An answer that was cut off", () => {
  it("is marked when its session is resumed", () => {
    const piece = (text: string, cut: "replaced" | "continued"): Line => ({
      type: "assistant",
      message: Prompt.assistantMessage({ content: text === "" ? [] : [Prompt.textPart({ text })] }),
      reason: "interrupted",
      usage: { input: 0, output: 0, cacheRead: 0, cacheWrite: 0 },
      interrupted: true,
      cut,
      time: ""
    })
    const notices = itemsOf([piece("One", "replaced"), piece("One", "continued"), piece("", "replaced")])
      .flatMap((item) => item.type === "notice" ? [item.text] : [])
    assert.deepStrictEqual(notices, [
      "The answer was cut off here. Retrying:",
      "The answer was cut off here. It continues below:",
      "The answer was cut off before any text arrived. Retrying:"
    ])
  })
})
