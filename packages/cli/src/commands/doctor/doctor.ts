/** `altimate-code doctor`: does it work here, and if not, why? */
import * as Command from "@effect/cli/Command"
import * as Effect from "effect/Effect"
import * as Option from "effect/Option"
import { action } from "../../command-line/commandTree.ts"
import { format } from "../../command-line/formatOption.ts"
import { load } from "../../command-line/lazy.ts"
import { modelOption } from "../../command-line/sessionOptions.ts"

export const doctor = action(
  Command.make("doctor", { model: modelOption, format }, ({ format, model }) =>
    Effect.gen(function*() {
      const [{ doctor }, report] = yield* load(() =>
        Promise.all([import("./diagnose.ts"), import("./DoctorReport.ts")])
      )
      yield* Effect.provide(
        doctor(Option.match(model, { onNone: () => ({}), onSome: (model) => ({ model }) })),
        format === "json" ? report.json : report.text
      )
    })).pipe(
      Command.withDescription(
        "See whether it works here, and if not, why. Sends four requests."
      )
    ),
  [
    ["altimate-code doctor", "does it work here, and if not, why?"],
    ["altimate-code doctor --format json > report.json", "for a support ticket; no secret is in it"]
  ]
)
