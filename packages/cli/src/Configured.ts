/** A command that needs the effective settings. */
import * as Settings from "@altimate-code/config/Settings"
import * as ModelChoice from "@altimate-code/provider/ModelChoice"
import * as Effect from "effect/Effect"
import { Stdio } from "./Stdio.ts"
import * as Trust from "./Trust.ts"

/**
 * Reads the settings, says their warnings on stderr once and what becomes of project files that nobody trusts yet, then runs `self`
 * with the settings.
 */
export const configured =
  <E1 = never, R1 = never>(overrides?: Settings.Overrides, untrusted: Trust.Reaction<E1, R1> = Trust.note) =>
  <A, E, R>(self: Effect.Effect<A, E, R>) =>
    Effect.gen(function*() {
      const settings = yield* Settings.Settings
      const { writeError } = yield* Stdio
      for (const warning of [...settings.warnings, ...yield* ModelChoice.warnings]) {
        yield* writeError(`warning: ${warning}\n`)
      }
      const isTrustedNow = settings.untrusted.length > 0 && (yield* untrusted(settings.untrusted))
      return yield* isTrustedNow ? Effect.provide(self, Settings.layer(overrides)) : self
    }).pipe(Effect.provide(Settings.layer(overrides)))
