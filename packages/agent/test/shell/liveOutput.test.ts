import { assert, describe, it } from "@effect/vitest"
import * as LiveOutput from "../../src/internal/shell/run/liveOutput.ts"
import { toPrograms } from "../workspace.ts"

const bytes = (text: string) => new TextEncoder().encode(text)

describe("The end of an output", () => {
  it("has at most ten lines, and redrawn ones in their current state", () => {
    const output = LiveOutput.make(toPrograms.makeMasker)
    for (let line = 1; line <= 30; line++) output.add(bytes(`line ${line}\n`))
    output.add(bytes("10%\r20%\r\x1b[32m30%\x1b[0m"))
    assert.strictEqual(
      output.take(),
      [...Array.from({ length: 9 }, (_, index) => `line ${22 + index}`), "30%"].join("\n")
    )
  })

  it("is taken only if it has changed", () => {
    const output = LiveOutput.make(toPrograms.makeMasker)
    assert.isUndefined(output.take())
    output.add(bytes("a\n"))
    assert.strictEqual(output.take(), "a")
    assert.isUndefined(output.take())
  })

  it("costs the same however much was written", () => {
    const seen: Array<number> = []
    const output = LiveOutput.make(() => ({
      next: (text) => {
        seen.push(text.length)
        return text
      },
      end: () => ""
    }))
    const piece = bytes(`${"x".repeat(99)}\n`.repeat(600))
    for (let times = 0; times < 200; times++) output.add(piece)
    assert.isAtMost(output.take()!.length, 8 * 1024)
    assert.isAtMost(Math.max(...seen), 32 * 1024)
  })

  it("begins with a whole line, so that no secret loses its beginning", () => {
    const output = LiveOutput.make(() => ({ next: (text) => text.replaceAll("canary-secret", "***"), end: () => "" }))
    output.add(bytes(`canary-secret${"x".repeat(32 * 1024 - 6)}\nend\n`))
    assert.strictEqual(output.take(), "end")
  })
})
