/** A question on the screen can only be answered by a user who could see what it asks. */
import * as NodeContext from "@effect/platform-node/NodeContext"
import { assert, layer } from "@effect/vitest"
import * as Effect from "effect/Effect"
import { existsSync } from "node:fs"
import { join } from "node:path"
import { keys } from "../Terminal.ts"
import { ask, call, says, sent, start, untilAnswerable } from "./ScreenOnSandbox.ts"

const commands = (...all: ReadonlyArray<string>) => [
  ...all.map((command, index) => ({ blocks: [call(String(index), "bash", { command, description: "Says hello" })] })),
  { blocks: [says("All done.")] }
]

const lines = (count: number) => Array.from({ length: count }, (_, line) => `echo line${line}`).join("\n")

/** Which lines of the question are on the screen. */
const shownRange = /\d+–\d+ of \d+/

layer(NodeContext.layer)("A question on the screen", (it) => {
  for (const [columns, rows] of [[20, 5], [20, 8], [40, 8], [80, 11], [80, 24], [400, 100]] as const) {
    it.scoped(`shows its command in ${columns} × ${rows}`, () =>
      Effect.gen(function*() {
        const { home, terminal } = yield* start({ script: commands("touch ~/ran") })
        yield* terminal.resize(columns, rows)
        yield* terminal.see(new RegExp(`^─{${columns}}$`, "m"))
        yield* ask(terminal, "Go")
        const screen = yield* terminal.see(/Allow this command\?[^]* n {1,2}no/i)
        assert.match(screen, /^ {2}touch ~\/ran$/m)
        yield* terminal.write("y")
        yield* terminal.see(/ready/)
        assert.isTrue(existsSync(join(home.home, "ran")))
      }))
  }

  it.scoped("follows the size of the terminal, and accepts only answers to what that size shows", () =>
    Effect.gen(function*() {
      const command = `${lines(6)}\ntouch ~/ran`
      const { home, terminal } = yield* start({ script: commands(command) })
      yield* ask(terminal, "Go")
      yield* terminal.see(/line0[^]*touch ~\/ran[^]*Purpose \(by the model\): Says hello[^]*Yes, once/)

      yield* terminal.resize(20, 5)
      yield* terminal.see(/^Terminal too small\nto show this\ncommand. Enlarge it,\nor n: no$/)
      yield* terminal.write(`y${keys.down}${keys.enter}`)

      yield* terminal.resize(40, 8)
      const part = yield* terminal.see(/Allow this command\?[^]*1–\d of 7[^]* y yes/)
      assert.match(part, /line0[^]*line2/)
      assert.notInclude(part, "touch")
      yield* terminal.write("y")

      yield* terminal.write(keys.end)
      yield* terminal.see(/touch ~\/ran/)
      yield* terminal.write("y")
      yield* terminal.write(keys.pageDown)
      assert.isFalse(existsSync(join(home.home, "ran")))

      yield* terminal.resize(80, 24)
      // An enlarged emulator shows the end of its scrollback, where the title of an earlier frame is wrapped.
      yield* terminal.see(/^── Allow this command\? ─+\n {2}echo line0[^]*touch ~\/ran[^]*Yes, once/m)
      yield* terminal.write("y")
      yield* terminal.see("All done.")
      assert.isTrue(existsSync(join(home.home, "ran")))
    }))

  it.scoped("can be allowed after the user has scrolled to its end", () =>
    Effect.gen(function*() {
      const wide = "漢字 👩‍👩‍👧‍👦 e\u0301 ".repeat(30)
      const { home, terminal } = yield* start({ script: commands(`${lines(30)}\n# ${wide}\u001b[2K\ntouch ~/ran`) })
      yield* terminal.resize(30, 14)
      yield* terminal.see(/^─{30}$/m)
      yield* ask(terminal, "Go")
      yield* terminal.see(/line0[^]*1–\d+ of \d+ · page down/)
      yield* terminal.write("y")
      let seen = ""
      for (let page = 0; page < 40 && !/touch ~\/ran/.test(terminal.screen()); page++) {
        seen += terminal.screen()
        const [range] = shownRange.exec(terminal.screen())!
        yield* terminal.write(keys.pageDown)
        // The range is on the last line, which is drawn last.
        yield* terminal.gone(range)
        yield* terminal.see(shownRange)
        assert.match(terminal.screen(), /^── Allow this command\? /m)
      }
      seen += terminal.screen()
      for (let line = 0; line < 30; line++) assert.include(seen, `line${line}\n`)
      assert.include(seen.replaceAll(/\s/g, ""), "␛[2K")
      assert.isFalse(existsSync(join(home.home, "ran")))
      yield* terminal.write("y")
      yield* terminal.see("All done.")
      assert.isTrue(existsSync(join(home.home, "ran")))
    }))

  it.scoped("is not asked with --yolo, which is shown at every size and in /status", () =>
    Effect.gen(function*() {
      const { home, terminal } = yield* start({ script: commands("touch ~/ran"), args: ["--yolo"] })
      for (const [columns, rows] of [[20, 5], [40, 8], [400, 100], [80, 24]] as const) {
        yield* terminal.resize(columns, rows)
        yield* terminal.see(new RegExp(`^─{${columns}}\\n[^]*YOLO`, "m"))
      }
      yield* ask(terminal, "Go")
      yield* terminal.see(/All done\.[^]*YOLO[^]*ready/)
      assert.isTrue(existsSync(join(home.home, "ran")))
      yield* ask(terminal, "/status")
      yield* terminal.see(/questions +none \(--yolo\)[^]*YOLO/)
      yield* terminal.write(keys.ctrl("o"))
      yield* terminal.see(/Tool output and reasoning[^]*YOLO/)
    }))

  for (const [columns, rows] of [[100, 30], [40, 12]] as const) {
    it.scoped(`takes numbers and whole words, and other keys leave the prompt alone (${columns} × ${rows})`, () =>
      Effect.gen(function*() {
        const { home, sandbox, terminal } = yield* start({
          columns,
          rows,
          script: [
            ...commands("touch ~/ran").slice(0, 1),
            { blocks: [call("2", "bash", { command: "touch ~/again" })] },
            { blocks: [says("All done.")] },
            { blocks: [says("Thanks.")] }
          ]
        })
        yield* ask(terminal, "Go")
        // A small terminal shows the choices on one line, without numbers.
        const isList = rows > 12
        yield* terminal.see(isList ? /Allow this command\?[^]*1 y {2}Yes, once/ : /Allow this command\?[^]*y yes/)
        yield* untilAnswerable(terminal)
        yield* terminal.write("x")
        yield* terminal.see(/press y s a n e, or esc to stop/)
        yield* terminal.write(isList ? "1" : "y")
        yield* terminal.see(/~\/again[^]* y (?:yes| Yes, once)/)
        assert.isTrue(existsSync(join(home.home, "ran")))
        yield* untilAnswerable(terminal)
        yield* terminal.write(`yes${keys.enter}`)
        yield* terminal.see(/All done\.[^]*^› *$[^]*ready/m)
        assert.isTrue(existsSync(join(home.home, "again")))
        yield* ask(terminal, "Thank you")
        yield* terminal.see(/Thanks\./)
        assert.include(yield* sent(sandbox, 3), "\"Thank you\"")
      }))
  }
})
