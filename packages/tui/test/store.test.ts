import type { Line } from "@altimate-code/agent/Session"
import * as Prompt from "@effect/ai/Prompt"
import { assert, describe, it } from "@effect/vitest"
import type { Message, State } from "../src/internal/screen/state.ts"
import { Store } from "../src/internal/screen/store.ts"
import { initial, update } from "../src/internal/screen/update.ts"
import * as View from "../src/internal/screen/view.ts"
import { plain } from "../src/internal/terminal/theme.ts"
import { type Item, ofEntries } from "../src/internal/transcript/item.ts"

const store = () =>
  new Store(initial({ columns: 60, rows: 12, theme: plain, version: "1", yolo: false, history: [] }), () => undefined)

const said = (text: string): Item => ({ type: "user", text })

const written = (of: Store) => of.snapshot().blocks.flatMap(({ lines }) => lines)

/** What was dispatched is drawn together, a moment later. */
const drawn = (of: Store) =>
  new Promise<void>((resolve) => {
    const stop = of.subscribe(() => {
      stop()
      resolve()
    })
  })

describe("What is written where", () => {
  it("writes a finished item once", async () => {
    const it = store()
    it.dispatch({ type: "item", item: said("one") })
    await drawn(it)
    it.dispatch({ type: "item", item: said("two") })
    await drawn(it)
    assert.deepStrictEqual(it.snapshot().blocks.map(({ lines }) => lines), [["› one"], ["", "› two"]])
  })

  it("draws many messages together", async () => {
    const it = store()
    let times = 0
    it.subscribe(() => times++)
    for (const text of ["a", "b", "c"]) it.dispatch({ type: "item", item: said(text) })
    await drawn(it)
    assert.strictEqual(times, 1)
    assert.deepStrictEqual(written(it), ["› a", "", "› b", "", "› c"])
  })

  it("is not drawn again because a frame was drawn that showed nothing new", async () => {
    const it = store()
    const text = "npm test"
    it.dispatch({
      type: "asked",
      question: {
        id: "1",
        tool: "bash",
        action: { judged: [], title: text, preview: { type: "command", text } },
        patterns: [],
        because: ""
      }
    })
    await drawn(it)
    const { shown } = it.snapshot().live
    assert(shown !== undefined)
    const frame = { type: "drawn", shown, columns: 60, rows: 12 } as const
    it.dispatch(frame)
    await drawn(it)
    const before = it.state
    it.dispatch(frame)
    assert.strictEqual(it.state, before)
  })

  it("holds finished items back while something else has the screen, and writes all of them afterwards", async () => {
    const it = store()
    it.dispatch({ type: "item", item: said("before") })
    await drawn(it)
    it.hold(true)
    for (let index = 0; index < 20; index++) it.dispatch({ type: "item", item: said(`held ${index}`) })
    await drawn(it)
    it.redraw()
    assert.deepStrictEqual(written(it), ["› before"])
    it.hold(false)
    it.redraw()
    const lines = written(it)
    for (let index = 0; index < 20; index++) assert.include(lines, `› held ${index}`)
  })

  it("fills the screen when it is drawn anew, and no more, so that the scrollback has nothing twice", async () => {
    const it = store()
    for (let index = 0; index < 20; index++) it.dispatch({ type: "item", item: said(`more\nlines\nline ${index}`) })
    await drawn(it)
    const { generation } = it.snapshot()
    it.dispatch({ type: "resized", columns: 50, rows: 16 })
    it.redraw()
    const { blocks, live } = it.snapshot()
    const lines = blocks.flatMap(({ lines }) => lines)
    assert.strictEqual(lines.length + live.lines.length, 15)
    assert.strictEqual(lines.at(-1), "  line 19")
    assert.isAbove(it.snapshot().generation, generation)
  })

  it("begins another conversation with its own items", async () => {
    const it = store()
    it.dispatch({ type: "item", item: said("old") })
    await drawn(it)
    const items = ["1", "2", "3", "4", "5"].map(said)
    it.dispatch({
      type: "conversation",
      items,
      usage: { input: 0, output: 0, cacheRead: 0, cacheWrite: 0 },
      context: 0
    })
    await drawn(it)
    assert.deepStrictEqual(written(it).filter((line) => line !== ""), ["› old", "› 3", "› 4", "› 5"])
  })
})

describe("A request that waits before it is sent again", () => {
  const wait = { why: "Rate limited", message: "m", attempt: 3, until: 10_000 }
  const live = (state: State) => View.live(state).lines.join("\n")
  const at = (state: State, message: Message) => update(state, message).state
  const waiting = at(
    { ...store().state, work: { type: "turn", doing: "thinking", since: 0, stopping: false } },
    { type: "turn", event: { type: "waiting", ...wait }, at: 2000 }
  )

  it("counts down, until its end or the next event", () => {
    assert.include(live(waiting), "Rate limited. Next try in 8 s (3rd) · esc stops")
    assert.include(live(at(waiting, { type: "tick", at: 3000 })), "Next try in 7 s")
    assert.notInclude(live(at(waiting, { type: "tick", at: 10_000 })), "Next try")
    const answering = at(waiting, { type: "turn", event: { type: "text", text: "Hello" }, at: 3000 })
    assert.notInclude(live(answering), "Next try")
    assert.notInclude(live(at(waiting, { type: "turn-over", at: 3000, interrupted: true })), "Next try")
  })

  it("does so outside of a turn too", () => {
    const compacting: State = { ...store().state, work: { type: "compacting", since: 0, stopping: false } }
    const state = at(compacting, { type: "waiting", wait, at: 2000 })
    assert.include(live(state), "Next try in 8 s")
    assert.notInclude(live(at(state, { type: "ready" })), "Next try")
  })
})

describe("An answer that broke off", () => {
  it("is marked when its session is shown again", () => {
    const piece = (text: string, cut: "replaced" | "continued"): Line => ({
      type: "assistant",
      message: Prompt.assistantMessage({ content: text === "" ? [] : [Prompt.textPart({ text })] }),
      reason: "interrupted",
      usage: { input: 0, output: 0, cacheRead: 0, cacheWrite: 0 },
      interrupted: true,
      cut,
      time: ""
    })
    const notices = ofEntries([piece("One", "replaced"), piece("One", "continued"), piece("", "replaced")])
      .flatMap((item) => item.type === "notice" ? [item.text] : [])
    assert.deepStrictEqual(notices, [
      "The answer broke off here. A new answer replaces it:",
      "The answer broke off here. It continues:",
      "The answer broke off before it began. The model was asked again."
    ])
  })
})
