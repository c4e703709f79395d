/** Runs a command with the effective settings. */
import * as PermissionWarnings from "@altimate-code/agent/permission/PermissionWarnings"
import type { UnknownSetting } from "@altimate-code/config/ConfigReport"
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
import { describeUnknownBaseModel } from "../model/notices.ts"
import * as Trust from "./projectTrust.ts"

/** How many settings without effect the warning names. */
const maxNamed = 3

/** One warning for all settings without effect. Likely typos have separate warnings. */
const unknownSettings = Effect.gen(function*() {
  const { unknown } = yield* Settings.Settings
  const { home } = yield* Directories
  const silent = unknown.filter(({ near }) => Option.isNone(near))
  if (silent.length === 0) return []
  const files = Arr.groupBy(silent, ({ origin }) => Origin.source(origin).replace(`${home}/`, "~/"))
  const counts = Object.entries(files).map(([file, { length }], index) =>
    `${length}${index > 0 ? "" : length === 1 ? " setting" : " settings"} in ${printable(file)}`
  )
  // Settings that no other known tool has come first: they matter most to the user.
  const byWeight = (of: UnknownSetting) => Option.isNone(of.note) ? 0 : of.isMissed ? 1 : 2
  const keys = silent.toSorted((a, b) => byWeight(a) - byWeight(b)).slice(0, maxNamed).map(({ key }) => key)
  return [
    `${counts.join(" and ")} ${silent.length === 1 ? "has" : "have"} no effect here (${
      [...keys, ...(silent.length > maxNamed ? ["…"] : [])].join(", ")
    }). Details: altimate-code config show --unknown`
  ]
})

const otherWarnings = Effect.gen(function*() {
  const { mcp, permission, warnings } = yield* Settings.Settings
  return [
    ...warnings,
    ...(yield* ModelChoice.unknownBaseModels).map(describeUnknownBaseModel),
    ...Option.match(permission, {
      onNone: () => [],
      onSome: (rules) => PermissionWarnings.find(rules, Object.keys(mcp)).map(printable)
    })
  ]
})

/** Warnings about the configuration, in sentences. */
export const warnings = Effect.zipWith(otherWarnings, unknownSettings, (others, unknown) => [...others, ...unknown])

/** The endpoint for requests; fails if there is none. */
export const endpoint = Effect.flatMap(
  Effect.all([EndpointPolicy, Settings.Settings]),
  ([{ resolve }, settings]) => resolve(settings)
)

/** Only warns about a misplaced URL, because commands that only read the settings need no endpoint. */
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
 * Reads the settings, handles untrusted project files with `untrusted`, writes the warnings to stderr, and runs `self` with the settings.
 * With `send` it fails without an endpoint before any credential is read. With `explain` it omits the warning that refers to the command
 * itself.
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
