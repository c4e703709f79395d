/** `altimate-code config`: which settings apply, where they come from, and the JSON Schema of the file. */
import type { UnknownSetting } from "@altimate-code/config/ConfigReport"
import { ProgramNames } from "@altimate-code/config/given/ProgramNames"
import * as Origin from "@altimate-code/config/Origin"
import { Settings } from "@altimate-code/config/Settings"
import { printable } from "@altimate-code/log/Printable"
import { publicUrl } from "@altimate-code/log/PublicUrl"
import * as Options from "@effect/cli/Options"
import * as Effect from "effect/Effect"
import * as Option from "effect/Option"
import { command } from "../command-line/commandTree.ts"
import { format } from "../command-line/formatOption.ts"
import { load } from "../command-line/lazy.ts"
import { option } from "../command-line/parameter.ts"
import { Stdio, writeJson } from "../command-line/Stdio.ts"
import * as Table from "../command-line/table.ts"
import * as Trust from "../workspace/projectTrust.ts"
import { withSettings } from "../workspace/withSettings.ts"

const effectiveSettings = Effect.map(Settings, (settings) => {
  const describeOption = (name: string, setting: Option.Option<Origin.Setting<string>>) =>
    Option.toArray(setting).map(({ origin, value }) => ({ name, value, origin: Origin.describe(origin) }))
  const describeUnlessDefault = (name: string, { origin, value }: Origin.Setting<boolean>) =>
    origin._tag === "Default" ? [] : describeOption(name, Option.some({ origin, value: String(value) }))
  return [
    ...describeOption("model", settings.model),
    ...describeOption(
      "baseURL",
      Option.map(settings.baseURL, ({ origin, value }) => ({ origin, value: publicUrl(value) }))
    ),
    ...describeOption("region", Option.some(settings.region)),
    ...describeOption("profile", Option.orElse(settings.profile, () => settings.awsProfile)),
    ...(settings.mode.origin._tag === "Default" ? [] : describeOption("mode", Option.some(settings.mode))),
    ...describeUnlessDefault("yolo", settings.yolo),
    ...describeUnlessDefault("readsProject", settings.readsProject)
  ]
})

const unknownOption = option(Options.boolean("unknown"), {
  description: "Show only settings that have no effect here, and why."
})

const toJson = ({ isMissed, key, note, origin, suggestion }: UnknownSetting) => ({
  key,
  origin: Origin.describe(origin),
  nothingIsLost: !isMissed,
  ...Option.match(suggestion, { onNone: () => ({}), onSome: (suggestion) => ({ didYouMean: suggestion }) }),
  ...Option.match(note, { onNone: () => ({}), onSome: (note) => ({ note }) })
})

const explain = ({ isMissed, note, suggestion }: UnknownSetting): string =>
  Option.match(note, {
    onSome: (note) => isMissed ? note : `Nothing to do. ${note}`,
    onNone: () =>
      Option.match(suggestion, {
        onNone: () => "Not a known setting.",
        onSome: (suggestion) => `Did you mean ${suggestion}?`
      })
  })

export const show = command("show", {
  description: "Show the effective settings, each with its origin.",
  examples: [
    ["altimate-code config show", "which settings apply here, and why"],
    ["altimate-code config show --unknown", "which settings have no effect here, and why"]
  ],
  parameters: { format, unknown: unknownOption },
  run: ({ format, unknown: isUnknownOnly }) =>
    Effect.gen(function*() {
      const { files, leaves, unknown } = yield* Settings
      const { write } = yield* Stdio
      if (isUnknownOnly) {
        if (format === "json") return yield* writeJson(unknown.map(toJson), 2)
        if (unknown.length === 0) return yield* write("All settings in the files have an effect here.\n")
        return yield* write(
          unknown.map((each) =>
            `${printable(each.key)}  ${printable(Origin.describe(each.origin))}\n  ${printable(explain(each))}\n`
          ).join("")
        )
      }
      const settings = yield* effectiveSettings
      const written = leaves.map(({ key, origin, value }) => ({ key, value, origin: Origin.describe(origin) }))
      if (format === "json") {
        return yield* writeJson({ settings, files, written, unknown: unknown.map(toJson) }, 2)
      }
      yield* write(Table.render(settings.map(({ name, origin, value }) => [name, value, origin])))
      if (written.length > 0) {
        yield* write(`\nAs written in the files:\n`)
        yield* write(Table.render(written.map(({ key, origin, value }) => [key, JSON.stringify(value), origin])))
      }
    }).pipe(withSettings({}, Trust.note, isUnknownOnly ? "explain" : "look"))
})

export const path = command("path", {
  description: "List the configuration files. Later ones override earlier ones.",
  examples: [["altimate-code config path", "which files apply in this directory"]],
  parameters: {},
  run: () =>
    Effect.gen(function*() {
      const { files, readsProject } = yield* Settings
      const { write } = yield* Stdio
      yield* write(
        Table.render(files.map(({ found, path, scope }) => [path, scope, found ? "read" : "does not exist"]))
      )
      if (readsProject.value) return
      yield* write(`The project's files are not read (${Origin.describe(readsProject.origin)}).\n`)
    }).pipe(withSettings())
})

export const schema = command("schema", {
  description: "Print the JSON Schema of the configuration file, for editors.",
  examples: [["altimate-code config schema > altimate-code.schema.json", "for \"$schema\" in altimate-code.json"]],
  parameters: {},
  run: () =>
    Effect.gen(function*() {
      const { write } = yield* Stdio
      const { render } = yield* load(() => import("@altimate-code/config/ConfigJsonSchema"))
      yield* write(render(yield* ProgramNames))
    })
})
