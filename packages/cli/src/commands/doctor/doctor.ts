/** `altimate-code doctor`: does it work here, and if not, why? */
import * as Effect from "effect/Effect"
import * as Option from "effect/Option"
import { command } from "../../command-line/commandTree.ts"
import { format } from "../../command-line/formatOption.ts"
import { load } from "../../command-line/lazy.ts"
import { modelOption } from "../../command-line/sessionOptions.ts"

export const doctor = command("doctor", {
  description: "Check the setup and show what is wrong. Sends four prompts.",
  examples: [
    ["altimate-code doctor", "does it work here, and if not, why?"],
    ["altimate-code doctor --format json > report.json", "a report without secrets for a support ticket"]
  ],
  parameters: { model: modelOption, format },
  run: ({ format, model }) =>
    Effect.gen(function*() {
      const [{ diagnose }, report] = yield* load(() =>
        Promise.all([import("./diagnose.ts"), import("./DoctorReport.ts")])
      )
      yield* Effect.provide(
        diagnose(Option.match(model, { onNone: () => ({}), onSome: (model) => ({ model }) })),
        format === "json" ? report.json : report.text
      )
    })
})
