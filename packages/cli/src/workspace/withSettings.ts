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
import { withTelemetry } from "../telemetry/withTelemetry.ts"
import * as Trust from "./projectTrust.ts"

/** The maximum number of settings that the warning lists. */
const maxListed = 3

/** One warning for all settings that have no effect. Likely typos have separate warnings. */
const unknownSettingsWarning = Effect.gen(function*() {
  const { unknown } = yield* Settings.Settings
  const { home } = yield* Directories
  const silent = unknown.filter(({ suggestion }) => Option.isNone(suggestion))
  if (silent.length === 0) return []
  const files = Arr.groupBy(silent, ({ origin }) => Origin.source(origin).replace(`${home}/`, "~/"))
  const counts = Object.entries(files).map(([file, { length }], index) =>
    `${length}${index > 0 ? "" : length === 1 ? " setting" : " settings"} in ${printable(file)}`
  )
  // Settings that are unknown in other tools as well come first, because they matter most.
  const byWeight = (of: UnknownSetting) => Option.isNone(of.note) ? 0 : of.isMissed ? 1 : 2
  const keys = silent.toSorted((a, b) => byWeight(a) - byWeight(b)).slice(0, maxListed).map(({ key }) => key)
  return [
    `${counts.join(" and ")} ${silent.length === 1 ? "has" : "have"} no effect here (${
      [...keys, ...(silent.length > maxListed ? ["…"] : [])].join(", ")
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
export const warnings = Effect.zipWith(
  otherWarnings,
  unknownSettingsWarning,
  (others, unknown) => [...others, ...unknown]
)

/** The endpoint for requests; fails if there is none. */
export const endpoint = Effect.flatMap(
  Effect.all([EndpointPolicy, Settings.Settings]),
  ([{ resolve }, settings]) => resolve(settings)
)

/** Warns about a misplaced URL without failing, because commands that send nothing need no endpoint. */
const warnOfMisplacedUrl = Effect.catchIf(
  Effect.asVoid(endpoint),
  ({ reason }) => reason === "Misplaced",
  ({ message }) =>
    Effect.flatMap(
      Stdio,
      ({ writeError }) => writeError(`warning: ${message}. altimate-code doctor shows the lines to write instead.\n`)
    )
).pipe(Effect.ignore)

/**
 * Reads the settings, handles untrusted project files with `untrusted`, writes warnings to stderr, and runs `self` with the settings. For
 * `send` it fails without an endpoint, before any credential is read, and exports telemetry if that is asked for. For `explain` it omits the warning that suggests this very
 * command.
 */
export const withSettings = <E1 = never, R1 = never>(
  overrides?: Settings.Overrides,
  untrusted: Trust.Reaction<E1, R1> = Trust.note,
  purpose: "look" | "send" | "explain" = "look"
) =>
<A, E, R>(self: Effect.Effect<A, E, R>) => {
  const checked = Effect.gen(function*() {
    const { writeError } = yield* Stdio
    yield* purpose === "send" ? Effect.asVoid(endpoint) : warnOfMisplacedUrl
    for (const warning of yield* purpose === "explain" ? otherWarnings : warnings) {
      yield* writeError(`warning: ${warning}\n`)
    }
    return yield* purpose === "send" ? withTelemetry(self) : self
  })
  return Effect.gen(function*() {
    const settings = yield* Settings.Settings
    const isTrustedNow = settings.untrusted.length > 0 && (yield* untrusted(settings.untrusted))
    return yield* isTrustedNow ? Effect.provide(checked, Settings.layer(overrides)) : checked
  }).pipe(Effect.provide(Settings.layer(overrides)))
}
