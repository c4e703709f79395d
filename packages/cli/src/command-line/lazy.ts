/** Loads parts of the program on demand, which keeps start-up fast. */
import * as Effect from "effect/Effect"
import { CliError } from "./failure/CliError.ts"

/** Loads a part: `load(() => import("../commands/run/runPrompt.ts"))`. If it is missing, the installation is broken. */
export const load = <Module>(part: () => Promise<Module>): Effect.Effect<Module, CliError> =>
  Effect.tryPromise({
    try: part,
    catch: (cause) =>
      new CliError({
        reason: "Installation",
        message: `Part of the program could not be loaded: ${cause instanceof Error ? cause.message : String(cause)}`,
        hint: "The installation is incomplete. Reinstall altimate-code."
      })
  })
