import { assert, describe, it } from "@effect/vitest"
import xterm from "@xterm/headless"
import * as fc from "effect/FastCheck"
import * as Frame from "../../src/internal/terminal/frame.ts"

const columns = 12
const rows = 8

/** A terminal emulator, and all that it has shown. */
const makeTerminal = () => {
  const emulator = new xterm.Terminal({ cols: columns, rows, scrollback: 10_000, allowProposedApi: true })
  let isCursorVisible = true
  let shown = Frame.empty
  const write = (text: string) => new Promise<void>((resolve) => emulator.write(text, resolve))
  return {
    draw: async (frame: Frame.Frame) => {
      const next = Frame.encode(shown, frame, rows)
      shown = next.shown
      // oxlint-disable-next-line no-control-regex -- what hides and shows the cursor
      const switches = next.output.match(/(?<=\x1b\[\?25)[hl]/g)
      if (switches !== null) isCursorVisible = switches.at(-1) === "h"
      // A terminal driver adds a carriage return.
      await write(next.output.replaceAll("\n", "\r\n"))
      return next.output
    },
    lines: () => {
      const { active } = emulator.buffer
      const lines = Array.from(
        { length: active.length },
        (_, row) => active.getLine(row)?.translateToString(true) ?? ""
      )
      return lines.slice(0, 1 + lines.findLastIndex((line) => line !== ""))
    },
    cursor: () => {
      const { baseY, cursorX, cursorY } = emulator.buffer.active
      return { row: baseY + cursorY, column: cursorX }
    },
    isCursorVisible: () => isCursorVisible
  }
}

const line = fc.constantFrom(
  "",
  "one",
  "two",
  "a longer one",
  "wide 日本",
  "bold \x1b[1mword\x1b[22m",
  "────────────",
  "end  "
)
const frame = fc.record({
  finished: fc.array(line, { maxLength: 12 }),
  lines: fc.array(line, { minLength: 1, maxLength: rows - 1 }),
  cursor: fc.option(fc.record({ row: fc.nat(rows - 2), column: fc.nat(columns - 1) }), { nil: undefined })
})

// oxlint-disable-next-line no-control-regex -- the styles
const textOf = (line: string) => line.replace(/\x1b\[\d+m/g, "").trimEnd()

describe("A frame", () => {
  it("shows its lines below everything that was finished, whatever was there before", () =>
    fc.assert(
      fc.asyncProperty(fc.array(frame, { maxLength: 12 }), async (frames) => {
        const terminal = makeTerminal()
        const finished: Array<string> = []
        for (const each of frames) {
          const cursor = each.cursor === undefined
            ? undefined
            : { ...each.cursor, row: Math.min(each.cursor.row, each.lines.length - 1) }
          await terminal.draw({ ...each, cursor })
          finished.push(...each.finished)
          const expected = [...finished, ...each.lines].map(textOf)
          assert.deepStrictEqual(terminal.lines(), expected.slice(0, 1 + expected.findLastIndex((line) => line !== "")))
          assert.strictEqual(terminal.isCursorVisible(), cursor !== undefined)
          assert.deepStrictEqual(
            terminal.cursor(),
            cursor === undefined
              ? { row: expected.length, column: 0 }
              : { row: finished.length + cursor.row, column: cursor.column }
          )
        }
      }),
      { numRuns: 200 }
    ))

  it("that is already shown writes nothing", async () => {
    const terminal = makeTerminal()
    const frame = { finished: [], lines: ["one", "two"], cursor: { row: 1, column: 3 } }
    await terminal.draw(frame)
    assert.strictEqual(await terminal.draw(frame), "")
  })

  it("moves what is below a growing answer instead of writing it again", async () => {
    const terminal = makeTerminal()
    const below = ["────────────", "> prompt", "────────────"]
    await terminal.draw({ finished: [], lines: ["answer", ...below], cursor: undefined })
    const output = await terminal.draw({ finished: ["answer"], lines: ["more", ...below], cursor: undefined })
    assert.notInclude(output, "answer")
    assert.notInclude(output, "prompt")
    assert.notInclude(output, "─")
    assert.include(output, "more")
  })
})
