import * as NodeContext from "@effect/platform-node/NodeContext"
import { assert, layer } from "@effect/vitest"
import * as Effect from "effect/Effect"
import { keys } from "../Terminal.ts"
import { ask, call, says, sent, start } from "./ScreenOnSandbox.ts"

const refused = { type: "error", status: 403, name: "AccessDeniedException", message: "no access" } as const

layer(NodeContext.layer)("A prompt without an answer", (it) => {
  for (const [columns, rows] of [[100, 30], [40, 12]] as const) {
    it.scoped(`is in the input again, and not sent with the next one (${columns} × ${rows})`, () =>
      Effect.gen(function*() {
        const { launch, sandbox, terminal } = yield* start({
          columns,
          rows,
          script: [{ blocks: [says("Hello.")], faults: [refused] }, { blocks: [says("Again.")] }]
        })
        yield* ask(terminal, "Delete it all")
        yield* terminal.see(/Your prompt is back in the input[^]*^› Delete it all$[^]*ready/m)
        yield* terminal.write(keys.ctrl("c"))
        yield* ask(terminal, "Say hello instead")
        yield* terminal.see("Hello.")
        assert.notInclude(yield* sent(sandbox, 1), "Delete")
        yield* terminal.see("ready")

        yield* terminal.write("/exit\r")
        yield* terminal.exited
        const resumed = yield* launch(["--continue"])
        yield* resumed.see(/Hello\.[^]*ready/)
        assert.match(resumed.everything(), /› Delete it all\n\n. This prompt was not answered/)
        yield* ask(resumed, "And now")
        yield* resumed.see("Again.")
        assert.notInclude(yield* sent(sandbox, 2), "Delete")
      }))
  }

  it.scoped("returns when Esc stops it before the answer begins, with those that would follow", () =>
    Effect.gen(function*() {
      const { sandbox, terminal } = yield* start({
        script: [{ blocks: [says("Hello.")], faults: [{ type: "stall", afterEvents: 1 }] }]
      })
      yield* ask(terminal, "Delete it all")
      yield* sandbox.waitFor((requests) => requests.length > 0)
      yield* ask(terminal, "And then this")
      yield* terminal.see(/queued/)
      yield* terminal.write(keys.escape)
      yield* terminal.see(/Interrupted before an answer[^]*^› Delete it all\n  And then this$[^]*ready/m)
      yield* terminal.write(keys.ctrl("c"))
      yield* ask(terminal, "Say hello instead")
      yield* terminal.see("Hello.")
      assert.notInclude(yield* sent(sandbox, 1), "Delete")
    }))

  it.scoped("stays in the conversation once the model has begun to work, and the screen says so", () =>
    Effect.gen(function*() {
      const { sandbox, terminal } = yield* start({
        inProject: true,
        script: [
          { blocks: [call("1", "glob", { pattern: "*" })] },
          { blocks: [says("Done.")], faults: [refused] }
        ]
      })
      yield* ask(terminal, "Look around")
      yield* terminal.see(/the work so far are part of the conversation[^]*ready/)
      yield* ask(terminal, "continue")
      yield* terminal.see("Done.")
      assert.include(yield* sent(sandbox, 2), "Look around")
    }))
})
