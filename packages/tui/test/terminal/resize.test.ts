import { assert, describe, it } from "@effect/vitest"
import xterm from "@xterm/headless"
import * as fc from "effect/FastCheck"
import * as Frame from "../../src/internal/terminal/frame.ts"
import * as Resize from "../../src/internal/terminal/resize.ts"

const size = fc.record({ columns: fc.integer({ min: 20, max: 120 }), rows: fc.integer({ min: 8, max: 40 }) })

/** Each line is unique, by a name at its start, and at most as wide as the terminal. */
const makeLines = (prefix: string, lengths: ReadonlyArray<number>, columns: number) =>
  lengths.map((length, index) => `${prefix}${index}.`.padEnd(Math.min(length, columns), "─"))

const lengths = (max: number) =>
  fc.array(fc.oneof(fc.constant(1), fc.constant(1000), fc.integer({ min: 1, max: 120 })), {
    minLength: 1,
    maxLength: max
  })

describe("A terminal's new size", () => {
  it("erases what was drawn, as far as it is not in the scrollback, and nothing else", async () => {
    await fc.assert(
      fc.asyncProperty(
        size,
        size,
        fc.integer({ min: 50, max: 60 }),
        lengths(40),
        fc.double({ min: 0, max: 0.999, noNaN: true }),
        async (before, after, finished, lengths, cursor) => {
          const emulator = new xterm.Terminal({
            cols: before.columns,
            rows: before.rows,
            scrollback: 10_000,
            allowProposedApi: true
          })
          const write = (text: string) =>
            new Promise<void>((resolve) => emulator.write(text.replaceAll("\n", "\r\n"), resolve))
          const lines = makeLines("live", lengths.slice(0, before.rows - 1), before.columns)
          const { output, shown } = Frame.encode(Frame.empty, {
            finished: makeLines("done", Array.from({ length: finished }, () => 10), before.columns),
            lines,
            cursor: { row: Math.floor(cursor * lines.length), column: 2 }
          }, before.rows)
          await write(output)
          emulator.resize(after.columns, after.rows)
          const erased = Resize.erase(shown, before, after, "wrap-and-drift")
          const lost = erased.countLost(emulator.buffer.active.cursorY)
          await write(erased.output)
          const { active } = emulator.buffer
          const names = Array.from(
            { length: active.length },
            (_, row) => active.getLine(row)?.translateToString(true).match(/^(?:live|done)\d+\./)?.[0] ?? []
          ).flat()
          const expected = [
            ...Array.from({ length: finished }, (_, index) => `done${index}.`),
            ...lines.map((_, index) => `live${index}.`)
          ].slice(0, names.length)
          assert.deepStrictEqual(names, expected)
          // The terminal may have moved the first row of a line to the scrollback.
          assert.include([0, 1], names.length - finished - lost)
        }
      ),
      { numRuns: 100 }
    )
  })
})
