/** A command that needs the effective settings. */
import * as PermissionRules from "@altimate-code/agent/PermissionRules"
import { Directories } from "@altimate-code/config/Directories"
import * as Origin from "@altimate-code/config/Origin"
import * as Settings from "@altimate-code/config/Settings"
import { printable } from "@altimate-code/log/Printable"
import { EndpointPolicy } from "@altimate-code/provider/EndpointPolicy"
import * as ModelChoice from "@altimate-code/provider/ModelChoice"
import * as Arr from "effect/Array"
import * as Effect from "effect/Effect"
import * as Option from "effect/Option"
import { Stdio } from "../command-line/Stdio.ts"
import * as Trust from "./projectTrust.ts"

/** How many settings without effect are named at a start. */
const named = 3

/** One sentence for all settings that have no effect here; those that look like typos have been warned of one by one. */
const unknownSettings = Effect.gen(function*() {
  const { unknown } = yield* Settings.Settings
  const { home } = yield* Directories
  const silent = unknown.filter(({ near }) => Option.isNone(near))
  if (silent.length === 0) return []
  const files = Arr.groupBy(silent, ({ origin }) => Origin.source(origin).replace(`${home}/`, "~/"))
  const counts = Object.entries(files).map(([file, { length }], index) =>
    `${length}${index > 0 ? "" : length === 1 ? " setting" : " settings"} in ${printable(file)}`
  )
  // What no other tool is known to have is what the user would want to know of first.
  const byWeight = (of: Settings.UnknownSetting) => Option.isNone(of.note) ? 0 : of.isMissed ? 1 : 2
  const keys = silent.toSorted((a, b) => byWeight(a) - byWeight(b)).slice(0, named).map(({ key }) => key)
  return [
    `${counts.join(" and ")} ${silent.length === 1 ? "has" : "have"} no effect here (${
      [...keys, ...(silent.length > named ? ["…"] : [])].join(", ")
    }). Details: altimate-code config show --unknown`
  ]
})

const otherWarnings = Effect.gen(function*() {
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

/** What the user should know although nothing failed, in sentences. */
export const warnings = Effect.zipWith(otherWarnings, unknownSettings, (others, unknown) => [...others, ...unknown])

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
 * `self` with the settings, without the one that refers to what it is about to `explain`. A command that sends requests fails before any credential is read when there is no endpoint to send them to.
 */
export const configured = <E1 = never, R1 = never>(
  overrides?: Settings.Overrides,
  untrusted: Trust.Reaction<E1, R1> = Trust.note,
  purpose: "look" | "send" | "explain" = "look"
) =>
<A, E, R>(self: Effect.Effect<A, E, R>) => {
  const checked = Effect.gen(function*() {
    const { writeError } = yield* Stdio
    yield* purpose === "send" ? Effect.asVoid(endpoint) : noteMisplaced
    for (const warning of yield* purpose === "explain" ? otherWarnings : warnings) {
      yield* writeError(`warning: ${warning}\n`)
    }
    return yield* self
  })
  return Effect.gen(function*() {
    const settings = yield* Settings.Settings
    const isTrustedNow = settings.untrusted.length > 0 && (yield* untrusted(settings.untrusted))
    return yield* isTrustedNow ? Effect.provide(checked, Settings.layer(overrides)) : checked
  }).pipe(Effect.provide(Settings.layer(overrides)))
}
