import { ConfigFile } from "@altimate-code/config/ConfigFile"
import * as NodeContext from "@effect/platform-node/NodeContext"
import { assert, layer } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as AST from "effect/SchemaAST"
import { bindings } from "../../../tui/src/internal/input/bindings.ts"
import { keys } from "../Terminal.ts"
import { ask, call, says, start, untilAnswerable } from "./ScreenOnSandbox.ts"

const f2 = "\u001bOQ"
const f4 = "\u001bOS"
const f6 = "\u001b[17~"

/** The names under `keybinds` that the configuration knows. */
const settings = () => {
  const { ast } = ConfigFile.fields.keybinds.from
  const group = AST.isSuspend(ast) ? ast.f() : ast
  return AST.isTypeLiteral(group) ? group.propertySignatures.map(({ name }) => name) : []
}

layer(NodeContext.layer)("Keys in the configuration", (it) => {
  it("have the same names in the configuration as on the screen", () => {
    assert.sameMembers(settings(), ["leader", ...bindings.map(({ setting }) => setting)])
  })

  for (const [columns, rows] of [[100, 30], [40, 12]] as const) {
    it.scoped(`apply in the prompt (${columns} × ${rows})`, () =>
      Effect.gen(function*() {
        const { terminal } = yield* start({
          columns,
          rows,
          config: {
            keybinds: {
              leader: "ctrl+t",
              session_new: "<leader>n",
              input_submit: "alt+return",
              input_newline: "return",
              terminal_suspend: "none",
              session_share: "<leader>z"
            }
          },
          script: [{ blocks: [says("Two lines.")] }]
        })
        yield* terminal.write(`one${keys.enter}two`)
        yield* terminal.see(/› one\n {2}two/)
        yield* terminal.write(`${keys.escape}${keys.enter}`)
        yield* terminal.see(/Two lines\.[^]*ready/)
        yield* terminal.write(keys.ctrl("t"))
        yield* terminal.see("ctrl-t …")
        // The sequence waits only for a moment.
        yield* terminal.gone("ctrl-t …")
        yield* terminal.write("n")
        yield* terminal.see("› n")
        yield* terminal.write(`${keys.backspace}${keys.ctrl("t")}n`)
        yield* terminal.see(/· 0 tokens · ready/)
        yield* terminal.write(keys.ctrl("c"))
        yield* terminal.see("ctrl-c again to quit")
        yield* terminal.write(keys.ctrl("c"))
        assert.strictEqual(yield* terminal.exited, 0)
        assert.include(terminal.everything().replace(/\s/g, ""), "noeffecthere(keybinds.session_share)")
      }))
  }

  it.scoped("that can't be used are reported at the start, and Ctrl-C quits nevertheless", () =>
    Effect.gen(function*() {
      const { terminal } = yield* start({
        config: { keybinds: { leader: "ctrl+c", app_exit: "none", input_submit: "ctl+s", session_new: "n" } }
      })
      yield* terminal.see(/! keybinds\.leader: "ctrl\+c" can't be used/)
      yield* terminal.see(/! keybinds\.input_submit: "ctl\+s" can't be used: "ctl" is not a modifier/)
      yield* terminal.see(/! keybinds\.session_new: "n" can't be used: it is typed as text/)
      yield* terminal.write("n")
      yield* terminal.see("› n")
      yield* terminal.write(keys.ctrl("c"))
      yield* terminal.see(/› *\n/)
      yield* terminal.write(keys.ctrl("c"))
      yield* terminal.see("ctrl-c again to quit")
      yield* terminal.write(keys.ctrl("c"))
      assert.strictEqual(yield* terminal.exited, 0)
    }))

  it.scoped("are in the help", () =>
    Effect.gen(function*() {
      const { terminal } = yield* start({ rows: 60, config: { keybinds: { editor_open: "f4" } } })
      yield* ask(terminal, "/help")
      yield* terminal.see(/\/new +start a new session \(ctrl-x n\)[^]*f4 +edit the prompt/)
    }))

  for (const [columns, rows] of [[100, 30]] as const) {
    it.scoped(`are in the hints, and apply in questions and the pager (${columns} × ${rows})`, () =>
      Effect.gen(function*() {
        const { terminal } = yield* start({
          inProject: true,
          columns,
          rows,
          config: { keybinds: { session_interrupt: "f2", tool_details: "f4", agent_cycle_reverse: "f6" } },
          script: [
            { blocks: [call("1", "write", { path: "a.txt", content: "x\n" })] },
            { blocks: [call("2", "bash", { command: "seq 30; sleep 60" })] }
          ]
        })
        // On a small screen, the choices share one line.
        const answerable = rows > 12 ? untilAnswerable : () => Effect.sleep("1 second")
        yield* ask(terminal, "Go")
        yield* terminal.see("Allow this edit?")
        if (rows > 12) yield* terminal.see("Yes, and all edits in this session (f6)")
        yield* answerable(terminal)
        // It no longer changes the mode, also not in a question.
        yield* terminal.write(keys.shiftTab)
        yield* terminal.write(f6)
        yield* terminal.see(/Allow this command\?[^]*accept edits · /)
        yield* answerable(terminal)
        yield* terminal.write(f4)
        yield* terminal.see("Tool output and reasoning")
        yield* terminal.write(keys.enter)
        yield* terminal.see(/esc: back · f4: close/)
        yield* terminal.write(f4)
        yield* terminal.see("Allow this command?")
        yield* answerable(terminal)
        yield* terminal.write("y")
        yield* terminal.see(/· f2: stop/)
        yield* terminal.write(f2)
        yield* terminal.see(/Interrupted/)
        assert.notMatch(terminal.everything(), /esc: stop|ctrl-o|shift-tab/)
      }))
  }

  it.scoped("that are turned off are not in the hints", () =>
    Effect.gen(function*() {
      const { terminal } = yield* start({
        inProject: true,
        config: {
          permission: { bash: "allow" },
          keybinds: { session_interrupt: "none", tool_details: "none", agent_cycle_reverse: "none", input_undo: "none" }
        },
        script: [{ blocks: [call("1", "bash", { command: "seq 30; sleep 60" })] }]
      })
      yield* ask(terminal, "Go")
      yield* terminal.see(/running bash .*· ctrl-c: stop/)
      yield* terminal.write(keys.ctrl("c"))
      yield* terminal.see(/Interrupted/)
      yield* ask(terminal, "/status")
      yield* terminal.see(/mode +ask: edits, commands[^(]*\(\/mode changes it\)$/m)
      assert.notMatch(terminal.everything(), /esc: stop|ctrl-o|shift-tab/)
    }))
})
