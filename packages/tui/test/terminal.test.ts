import { afterEach, assert, beforeEach, describe, it, vi } from "@effect/vitest"
import * as Effect from "effect/Effect"
import process from "node:process"
import * as Terminal from "../src/internal/terminal/terminal.ts"

const alternateOff = "\x1b[?1049l"

describe("The terminal", () => {
  const written: Array<string> = []
  const { setRawMode } = process.stdin

  beforeEach(() => {
    written.length = 0
    // The tests have no terminal.
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

  it.scoped("gets its usual screen back when the other one is shown still", () =>
    Effect.gen(function*() {
      yield* Effect.scoped(Effect.map(Terminal.make, ({ alternate }) => alternate(true)))
      assert.include(written.at(-1), alternateOff)
      yield* Effect.scoped(Effect.map(Terminal.make, ({ alternate }) => {
        alternate(true)
        alternate(false)
      }))
      assert.notInclude(written.at(-1), alternateOff)
    }))

  it.scoped("leaves Ctrl-C to the program that it is lent to", () =>
    Effect.gen(function*() {
      let signals = 0
      const listener = () => void signals++
      process.on("SIGINT", listener)
      yield* Effect.addFinalizer(() => Effect.sync(() => void process.off("SIGINT", listener)))
      const terminal = yield* Terminal.make
      const before = process.rawListeners("SIGINT")
      yield* terminal.lend(Effect.sync(() => assert.isTrue(process.emit("SIGINT"), "nobody listens: the process ends")))
      assert.strictEqual(signals, 0)
      assert.deepStrictEqual(process.rawListeners("SIGINT"), before)
    }))
})
