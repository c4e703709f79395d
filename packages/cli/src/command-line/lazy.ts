/** Parts of the program that are loaded only where they are needed. */
import * as Effect from "effect/Effect"
import { CliError } from "./failure/CliError.ts"

/** `load(() => import("../commands/run/runPrompt.ts"))`; a part that isn't there is a broken installation and no bug. */
export const load = <Module>(part: () => Promise<Module>): Effect.Effect<Module, CliError> =>
  Effect.tryPromise({
    try: part,
    catch: (cause) =>
      new CliError({
        reason: "Installation",
        message: `a part of the program could not be loaded: ${cause instanceof Error ? cause.message : String(cause)}`,
        hint: "This installation is not complete: install altimate-code again."
      })
  })
