import * as Effect from "effect/Effect"
import * as Option from "effect/Option"
import * as Environment from "../../Environment.ts"
import { ProgramNames, variable } from "../../given/ProgramNames.ts"
import type { Setting } from "../../Origin.ts"

/** Whether the project's files are read: yes, unless `ALTIMATE_CLI_DISABLE_PROJECT_CONFIG` is on. */
export const readProjectSwitch = Effect.gen(function*() {
  const name = variable(yield* ProgramNames, "DISABLE_PROJECT_CONFIG")
  return Option.match(yield* Environment.readFlag(name), {
    onNone: (): Setting<boolean> => ({ value: true, origin: { _tag: "Default" } }),
    onSome: (isDisabled): Setting<boolean> => ({
      value: !isDisabled,
      origin: { _tag: "Environment", variable: name }
    })
  })
})
