import * as NodeContext from "@effect/platform-node/NodeContext"
import { assert, layer } from "@effect/vitest"
import * as Effect from "effect/Effect"
import { keys } from "../Terminal.ts"
import { ask, says, start } from "./ScreenOnSandbox.ts"

layer(NodeContext.layer)("The effort on the screen", (it) => {
  it.scoped("is in the status bar, and changes with /effort for the next request", () =>
    Effect.gen(function*() {
      const { sandbox, terminal } = yield* start({
        script: [{ blocks: [says("One.")] }, { blocks: [says("Two.")] }, { blocks: [says("Three.")] }],
        columns: 170,
        args: ["--effort", "low"]
      })
      const fields = (index: number) =>
        Effect.map(
          sandbox.waitFor((requests) => requests.length > index),
          (requests) =>
            (requests[index]!.body as { readonly additionalModelRequestFields?: object }).additionalModelRequestFields
        )
      assert.include(terminal.screen(), "effort low")
      yield* ask(terminal, "first")
      yield* terminal.see("One.")
      assert.deepStrictEqual(yield* fields(0), { thinking: { type: "adaptive" }, output_config: { effort: "low" } })

      yield* terminal.see("ready")
      yield* ask(terminal, "/effort xhigh")
      yield* terminal.see("Claude Sonnet 4.6 does not have effort xhigh. Effort high is used.")
      yield* terminal.see(/effort high[^]*ready/)
      yield* ask(terminal, "second")
      yield* terminal.see("Two.")
      assert.deepStrictEqual(yield* fields(1), { thinking: { type: "adaptive" }, output_config: { effort: "high" } })

      yield* terminal.see("ready")
      yield* ask(terminal, "/effort")
      const list = yield* terminal.see(/Effort[^]*off[^]*max/)
      assert.notInclude(list, "xhigh  ")
      yield* terminal.write("off")
      yield* terminal.see(/› off/)
      yield* terminal.write(keys.enter)
      yield* terminal.see(/thinking off[^]*ready/)
      yield* ask(terminal, "third")
      yield* terminal.see("Three.")
      assert.isUndefined(yield* fields(2))
    }))

  it.scoped("that is unknown is reported", () =>
    Effect.gen(function*() {
      const { terminal } = yield* start({})
      yield* ask(terminal, "/effort ultra")
      yield* terminal.see("Unknown effort: ultra")
      yield* terminal.see("off, low, medium, high, xhigh, max")
    }))
})
