import * as NodeContext from "@effect/platform-node/NodeContext"
import { assert, layer } from "@effect/vitest"
import * as Effect from "effect/Effect"
import { bin, node } from "../BuiltCli.ts"
import { keys } from "../Terminal.ts"
import { ask, call, says, start } from "./ScreenOnSandbox.ts"

layer(NodeContext.layer)("Keys of the screen", (it) => {
  it.scoped("Ctrl-C stops the answer and its tool, then clears the prompt, then quits", () =>
    Effect.gen(function*() {
      const { sandbox, terminal } = yield* start({
        config: { permission: { bash: { "sleep *": "allow" } } },
        script: [
          { blocks: [call("1", "bash", { command: "sleep 1000" })] },
          { blocks: [says("A beginning", " and an end")], faults: [{ type: "stall", afterEvents: 2 }] }
        ]
      })
      yield* ask(terminal, "Sleep")
      yield* terminal.see("running bash")
      yield* terminal.write(keys.ctrl("c"))
      yield* terminal.see(/interrupted[^]*ready/)

      yield* ask(terminal, "Tell me")
      yield* terminal.see("A beginning")
      yield* terminal.write("a draft")
      yield* terminal.see("› a draft")
      yield* terminal.write(keys.ctrl("c"))
      yield* sandbox.waitFor((requests) => requests[1]?.aborted === true)
      yield* terminal.see(/Interrupted[^]*› a draft[^]*ready/)
      yield* terminal.write(keys.ctrl("c"))
      yield* terminal.see(/› *\n[^]*ctrl-_: undo/)
      yield* terminal.write("\u001f")
      yield* terminal.see("› a draft")
      yield* terminal.write(keys.ctrl("c"))
      yield* terminal.see(/› *\n/)
      yield* terminal.write(keys.ctrl("c"))
      yield* terminal.see("ctrl-c again to quit")
      yield* terminal.write(keys.ctrl("c"))
      assert.strictEqual(yield* terminal.exited, 0)
    }))

  for (const [columns, rows] of [[100, 30], [40, 12]] as const) {
    it.scoped(`Ctrl-Z leaves the terminal to the shell, and fg comes back (${columns} × ${rows})`, () =>
      Effect.gen(function*() {
        const { launch } = yield* start({ script: [{ blocks: [says("Back again.")] }], columns, rows })
        const terminal = yield* launch([], { program: ["bash", "--norc", "-i"], env: { PS1: "shell$ " } })
        yield* terminal.see("shell$")
        yield* terminal.write(`'${node}' '${bin}'\r`)
        yield* terminal.see("ready")
        yield* terminal.write("a draft")
        yield* terminal.see("› a draft")
        yield* terminal.write(keys.ctrl("z"))
        const stopped = yield* terminal.see(/Stopped[^]*shell\$$/)
        assert.notInclude(stopped, "ready")
        // The shell echoes what is typed: the terminal is no longer in raw mode.
        yield* terminal.write("echo out''put; stty -a | grep -o ' icanon'\r")
        yield* terminal.see(/output\n icanon\nshell\$/)
        yield* terminal.write("fg\r")
        const resumed = yield* terminal.see(/fg\n[^]*› a draft[^]*ready/)
        assert.match(resumed, /output\n icanon/)
        assert.strictEqual(terminal.everything().match(/› a draft/g)?.length, 1)
        yield* terminal.write(", finished\r")
        yield* terminal.see(/Back again\.[^]*ready/)
        assert.strictEqual(terminal.everything().match(/ready/g)?.length, 1)
        yield* terminal.write(keys.ctrl("d"))
        yield* terminal.see(/resume this session[^]*shell\$$/)
      }))
  }

  it.scoped("Ctrl-Z does nothing where no shell could continue the process", () =>
    Effect.gen(function*() {
      const { terminal } = yield* start({})
      yield* terminal.write(keys.ctrl("z"))
      yield* terminal.write("still here")
      yield* terminal.see(/› still here[^]*ready/)
      assert.strictEqual(terminal.everything().match(/ready/g)?.length, 1)
    }))

  it.scoped("the screen is right again after SIGSTOP and SIGCONT", () =>
    Effect.gen(function*() {
      const { terminal } = yield* start({})
      process.kill(terminal.pid, "SIGSTOP")
      terminal.emulator.write("\r\nwritten by another program\r\n")
      process.kill(terminal.pid, "SIGCONT")
      yield* terminal.see(/another program─*\n[^]*─\n› *\n─[^]*ready/)
      yield* terminal.write("x")
      yield* terminal.see("› x")
    }))
})
