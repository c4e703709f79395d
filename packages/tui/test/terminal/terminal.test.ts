import { afterEach, assert, beforeEach, describe, it, vi } from "@effect/vitest"
import * as Effect from "effect/Effect"
import process from "node:process"
import * as Terminal from "../../src/internal/terminal/terminal.ts"

const alternateOff = "\x1b[?1049l"

describe("The terminal", () => {
  const written: Array<string> = []
  const { setRawMode } = process.stdin

  beforeEach(() => {
    written.length = 0
    // The tests run without a terminal.
    process.stdin.setRawMode = () => process.stdin
    vi.spyOn(process.stdout, "write").mockImplementation((text) => {
      written.push(String(text))
      return true
    })
  })
  afterEach(() => {
    process.stdin.setRawMode = setRawMode
    vi.restoreAllMocks()
  })

  it.scoped("leaves the alternate screen when its scope closes", () =>
    Effect.gen(function*() {
      yield* Effect.scoped(Effect.map(Terminal.make, ({ useAlternateScreen }) => useAlternateScreen(true)))
      assert.include(written.at(-1), alternateOff)
      yield* Effect.scoped(Effect.map(Terminal.make, ({ useAlternateScreen }) => {
        useAlternateScreen(true)
        useAlternateScreen(false)
      }))
      assert.notInclude(written.at(-1), alternateOff)
    }))

  it.scoped("ignores Ctrl-C while another program uses it", () =>
    Effect.gen(function*() {
      let signals = 0
      const listener = () => void signals++
      process.on("SIGINT", listener)
      yield* Effect.addFinalizer(() => Effect.sync(() => void process.off("SIGINT", listener)))
      const terminal = yield* Terminal.make
      const before = process.rawListeners("SIGINT")
      yield* terminal.suspendDuring(
        Effect.sync(() => assert.isTrue(process.emit("SIGINT"), "without a listener, the process would end"))
      )
      assert.strictEqual(signals, 0)
      assert.deepStrictEqual(process.rawListeners("SIGINT"), before)
    }))
})
