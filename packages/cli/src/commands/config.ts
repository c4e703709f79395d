/** `altimate-code config`: which settings apply, where they come from, and what may stand in the file. */
import { jsonSchema } from "@altimate-code/config/ConfigFile"
import * as Origin from "@altimate-code/config/Origin"
import { publicUrl } from "@altimate-code/config/PublicUrl"
import { Settings } from "@altimate-code/config/Settings"
import * as Command from "@effect/cli/Command"
import * as Effect from "effect/Effect"
import * as Option from "effect/Option"
import { action } from "../CommandTree.ts"
import { configured } from "../Configured.ts"
import { Stdio, writeJson } from "../Stdio.ts"
import * as Table from "../Table.ts"
import { format } from "./format.ts"

const effective = Effect.map(Settings, (settings) => {
  const some = (name: string, setting: Option.Option<Origin.Setting<string>>) =>
    Option.toArray(setting).map(({ origin, value }) => ({ name, value, origin: Origin.describe(origin) }))
  return [
    ...some("model", settings.model),
    ...some("baseURL", Option.map(settings.baseURL, ({ origin, value }) => ({ origin, value: publicUrl(value) }))),
    ...some("region", Option.some(settings.region)),
    ...some("profile", Option.orElse(settings.profile, () => settings.awsProfile))
  ]
})

export const show = action(
  Command.make("show", { format }, ({ format }) =>
    Effect.gen(function*() {
      const { files, leaves } = yield* Settings
      const { write } = yield* Stdio
      const settings = yield* effective
      const written = leaves.map(({ key, origin, value }) => ({ key, value, origin: Origin.describe(origin) }))
      if (format === "json") {
        return yield* writeJson({ settings, files, written }, 2)
      }
      yield* write(Table.render(settings.map(({ name, origin, value }) => [name, value, origin])))
      if (written.length > 0) {
        yield* write(`\nAs written in the files:\n`)
        yield* write(Table.render(written.map(({ key, origin, value }) => [key, JSON.stringify(value), origin])))
      }
    }).pipe(configured())).pipe(Command.withDescription("Show the effective settings, each with its origin.")),
  [["altimate-code config show", "what applies here, and why"]]
)

export const path = action(
  Command.make("path", {}, () =>
    Effect.gen(function*() {
      const { files } = yield* Settings
      const { write } = yield* Stdio
      yield* write(Table.render(files.map(({ found, path, scope }) => [path, scope, found ? "read" : "not there"])))
    }).pipe(configured())).pipe(
      Command.withDescription("List where configuration files are looked for; a later one wins over those before it.")
    ),
  [["altimate-code config path", "which files count in this directory"]]
)

export const schema = action(
  Command.make("schema", {}, () => Effect.flatMap(Stdio, ({ write }) => write(jsonSchema()))).pipe(
    Command.withDescription("Print the JSON Schema of the configuration file, for editors.")
  ),
  [["altimate-code config schema > altimate-code.schema.json", "then name it under \"$schema\""]]
)
