/** A command that needs the effective settings. */
import * as PermissionRules from "@altimate-code/agent/PermissionRules"
import * as Settings from "@altimate-code/config/Settings"
import { printable } from "@altimate-code/log/Printable"
import { EndpointPolicy } from "@altimate-code/provider/EndpointPolicy"
import * as ModelChoice from "@altimate-code/provider/ModelChoice"
import * as Effect from "effect/Effect"
import * as Option from "effect/Option"
import { Stdio } from "./Stdio.ts"
import * as Trust from "./Trust.ts"

/** What the user should know although nothing failed, in sentences. */
export const warnings = Effect.gen(function*() {
  const { mcp, permission, warnings } = yield* Settings.Settings
  return [
    ...warnings,
    ...yield* ModelChoice.warnings,
    ...Option.match(permission, {
      onNone: () => [],
      onSome: (rules) => PermissionRules.warnings(rules, Object.keys(mcp)).map(printable)
    })
  ]
})

/** Fails when there is no endpoint to send requests to. */
export const endpoint = Effect.flatMap(
  Effect.all([EndpointPolicy, Settings.Settings]),
  ([{ resolve }, settings]) => resolve(settings)
)

/** A command that only looks at the settings works without an endpoint. */
const noteMisplaced = Effect.catchIf(
  Effect.asVoid(endpoint),
  ({ reason }) => reason === "Misplaced",
  ({ message }) =>
    Effect.flatMap(
      Stdio,
      ({ writeError }) => writeError(`warning: ${message}. altimate-code doctor shows the lines to write instead.\n`)
    )
).pipe(Effect.ignore)

/**
 * Reads the settings, asks or reports what becomes of project files that are not trusted, writes the warnings to stderr once, and runs
 * `self` with the settings. A command that sends requests fails before any credential is read when there is no endpoint to send them to.
 */
export const configured = <E1 = never, R1 = never>(
  overrides?: Settings.Overrides,
  untrusted: Trust.Reaction<E1, R1> = Trust.note,
  purpose: "look" | "send" = "look"
) =>
<A, E, R>(self: Effect.Effect<A, E, R>) => {
  const checked = Effect.gen(function*() {
    const { writeError } = yield* Stdio
    yield* purpose === "send" ? Effect.asVoid(endpoint) : noteMisplaced
    for (const warning of yield* warnings) yield* writeError(`warning: ${warning}\n`)
    return yield* self
  })
  return Effect.gen(function*() {
    const settings = yield* Settings.Settings
    const isTrustedNow = settings.untrusted.length > 0 && (yield* untrusted(settings.untrusted))
    return yield* isTrustedNow ? Effect.provide(checked, Settings.layer(overrides)) : checked
  }).pipe(Effect.provide(Settings.layer(overrides)))
}
