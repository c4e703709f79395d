import * as NodeContext from "@effect/platform-node/NodeContext"
import { assert, layer } from "@effect/vitest"
import * as Effect from "effect/Effect"
import { writeFileSync } from "node:fs"
import { join } from "node:path"
import { setTimeout } from "node:timers/promises"
import { keys } from "../Terminal.ts"
import { call, says, start } from "./ScreenOnSandbox.ts"

const white = "\u001b]11;rgb:ffff/ffff/ffff\u001b\\"
const black = "\u001b]11;rgb:0000/00/0\u0007"

/** The sequence before the sign of the prompt. */
const sequences: Readonly<Record<string, string>> = {
  "[96m": "dark",
  "[34m": "light",
  "[36m": "neutral",
  "[1m": "high-contrast",
  "": "plain"
}

// oxlint-disable-next-line no-control-regex -- Esc begins a sequence
const themeOf = (raw: string) => sequences[/^.*\[K(?:\u001b(\[\d+m))?› /s.exec(raw)?.[1] ?? ""]

/** Starts on a terminal that gives these answers to the question for its background, and knows no other. */
const open = (
  answer: string | undefined,
  options: { readonly env?: Record<string, string>; readonly theme?: string; readonly isSilent?: true } = {}
) =>
  Effect.gen(function*() {
    const { launch } = yield* start({ config: options.theme === undefined ? {} : { theme: options.theme } })
    const terminal = yield* launch([], { env: options.env ?? {} })
    let asked = 0
    terminal.emulator.parser.registerOscHandler(11, (data) => {
      if (data !== "?") return false
      asked++
      if (answer !== undefined) terminal.emulator.input(answer, false)
      return true
    })
    if (options.isSilent) terminal.emulator.parser.registerCsiHandler({ final: "c" }, () => true)
    yield* terminal.see("ready")
    return { terminal, asked: () => asked, theme: () => themeOf(terminal.raw()) }
  })

layer(NodeContext.layer)("The colors", (it) => {
  it.scoped("are for the background that the terminal reports", () =>
    Effect.gen(function*() {
      for (const [answer, theme] of [[white, "light"], [black, "dark"]] as const) {
        const opened = yield* open(answer, { env: { COLORFGBG: theme === "light" ? "15;0" : "0;15" } })
        assert.strictEqual(opened.asked(), 1)
        assert.strictEqual(opened.theme(), theme)
        assert.match(opened.terminal.screen(), /^› *$/m)
      }
    }))

  it.scoped("are those of COLORFGBG, or readable on both, if the terminal reports none", () =>
    Effect.gen(function*() {
      assert.strictEqual((yield* open(undefined, { env: { COLORFGBG: "0;15" } })).theme(), "light")
      const { terminal, theme } = yield* open(undefined, { isSilent: true })
      assert.strictEqual(theme(), "neutral")
      // Keys that were typed while the terminal was asked are not lost, and a late report is no input.
      yield* terminal.write("a")
      yield* terminal.see("› a")
      yield* terminal.write(black.slice(0, 9))
      yield* Effect.promise(() => setTimeout(100))
      yield* terminal.write(`${black.slice(9)}\u001b[?62;22cb`)
      yield* terminal.see(/^› ab *$/m)
      assert.strictEqual(theme(), "dark")
      yield* terminal.write("\u001b]")
      yield* Effect.promise(() => setTimeout(100))
      yield* terminal.write("11;c")
      yield* terminal.see(/^› ab11;c *$/m)
    }))

  it.scoped("are those of the configuration, and the terminal is not asked", () =>
    Effect.gen(function*() {
      for (const name of ["light", "dark", "high-contrast"] as const) {
        const { asked, theme } = yield* open(name === "light" ? black : white, { theme: name })
        assert.strictEqual(theme(), name)
        assert.strictEqual(asked(), 0)
      }
      const other = yield* open(white, { theme: "tokyonight" })
      assert.strictEqual(other.theme(), "light")
      assert.match(other.terminal.everything(), /no effect\s+here\s+\(theme\)/)
    }))

  it.scoped("are off with NO_COLOR, whatever else is set", () =>
    Effect.gen(function*() {
      const { asked, theme } = yield* open(white, { theme: "high-contrast", env: { NO_COLOR: "1" } })
      assert.strictEqual(theme(), "plain")
      assert.strictEqual(asked(), 0)
    }))

  for (const [columns, rows] of [[100, 30], [40, 12]] as const) {
    it.scoped(`are never the only sign: ${columns} × ${rows}`, () =>
      Effect.gen(function*() {
        const { project, terminal } = yield* start({
          inProject: true,
          columns,
          rows,
          env: { NO_COLOR: "1" },
          script: [
            { blocks: [call("1", "read", { path: "a.txt" })] },
            { blocks: [call("2", "edit", { path: "a.txt", oldText: "two", newText: "zwei" })] },
            { blocks: [call("3", "read", { path: "missing.txt" })] },
            { blocks: [says("Done.")] }
          ]
        })
        writeFileSync(join(project, "a.txt"), "one\ntwo\n")
        yield* terminal.write(keys.shiftTab)
        yield* terminal.see("accept edits")
        yield* terminal.write(`${keys.shiftTab}`)
        yield* terminal.see(/^plan/m)
        yield* terminal.write(`${keys.shiftTab}`)
        yield* terminal.see(/^ask/m)
        yield* terminal.write("Go")
        yield* terminal.see("› Go")
        yield* terminal.write(keys.enter)
        yield* terminal.see(/- ?two[^]*\+ ?zwei/)
        // The selected choice has a mark.
        yield* terminal.write(keys.down).pipe(
          Effect.zipRight(terminal.see(/› ?(?:\d )?[ysadne] /, 0.1)),
          Effect.retry({ times: 200 })
        )
        yield* terminal.write("y")
        yield* terminal.see(/Done\.[^]*ready/)
        const all = terminal.everything()
        assert.match(all, /✓ edit a\.txt/)
        assert.match(all, /- ?two\n[^\n]*\+ ?zwei/)
        assert.match(all, /✗ read missi/)
        // oxlint-disable-next-line no-control-regex -- Esc begins a sequence
        assert.notMatch(terminal.raw(), /\u001b\[[\d;]*[34]\d[\d;]*m/)
      }))
  }
})
