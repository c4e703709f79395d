import * as Effect from "effect/Effect"
import * as Option from "effect/Option"
import * as Environment from "../../Environment.ts"
import type { Setting } from "../../Origin.ts"

/** Whether the project's files are read: yes, unless `ALTIMATE_CLI_DISABLE_PROJECT_CONFIG` is on. */
export const readProjectSwitch = Effect.map(
  Environment.readFlag("ALTIMATE_CLI_DISABLE_PROJECT_CONFIG"),
  Option.match({
    onNone: (): Setting<boolean> => ({ value: true, origin: { _tag: "Default" } }),
    onSome: (isDisabled): Setting<boolean> => ({
      value: !isDisabled,
      origin: { _tag: "Environment", variable: "ALTIMATE_CLI_DISABLE_PROJECT_CONFIG" }
    })
  })
)
