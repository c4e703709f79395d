/** A command that needs the effective settings. */
import * as Settings from "@altimate-code/config/Settings"
import * as ModelChoice from "@altimate-code/provider/ModelChoice"
import * as Effect from "effect/Effect"
import { Stdio } from "./Stdio.ts"

/** Reads the settings, says their warnings on stderr once, then runs `self` with them. */
export const configured = (overrides?: Settings.Overrides) => <A, E, R>(self: Effect.Effect<A, E, R>) =>
  Effect.gen(function*() {
    const { warnings } = yield* Settings.Settings
    const { writeError } = yield* Stdio
    for (const warning of [...warnings, ...yield* ModelChoice.warnings]) yield* writeError(`warning: ${warning}\n`)
    return yield* self
  }).pipe(Effect.provide(Settings.layer(overrides)))
