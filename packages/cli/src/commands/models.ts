/** `altimate-code models`: which models are known, and what is sent for one. */
import * as Origin from "@altimate-code/config/Origin"
import { RegionFallback } from "@altimate-code/config/RegionFallback"
import { Settings } from "@altimate-code/config/Settings"
import * as Catalog from "@altimate-code/model-id/Catalog"
import * as ModelId from "@altimate-code/model-id/ModelId"
import * as ModelRef from "@altimate-code/model-id/ModelRef"
import { PrefixRules } from "@altimate-code/model-id/PrefixRules"
import * as Args from "@effect/cli/Args"
import * as Command from "@effect/cli/Command"
import * as Options from "@effect/cli/Options"
import * as Effect from "effect/Effect"
import * as Option from "effect/Option"
import { action } from "../CommandTree.ts"
import { configured } from "../Configured.ts"
import { Stdio } from "../Stdio.ts"
import * as Table from "../Table.ts"

const resolve = action(
  Command.make("resolve", {
    region: Options.text("region").pipe(
      Options.withPseudoName("REGION"),
      Options.withDescription("The AWS region, instead of the configured one."),
      Options.optional
    ),
    id: Args.text({ name: "id" }).pipe(
      Args.withDescription("A model ID, alias or ARN, with or without amazon-bedrock/.")
    )
  }, ({ id, region }) =>
    Effect.gen(function*() {
      const settings = yield* Settings
      const rules = yield* PrefixRules
      const { write } = yield* Stdio
      const given = yield* ModelRef.parse(id)
      const { resolve } = yield* RegionFallback
      const { origin, value } = Option.isNone(region)
        ? settings.region
        : yield* resolve(Option.some({ value: region.value, origin: { _tag: "Flag", flag: "--region" } }))
      const resolved = ModelId.resolve(given, value, rules)
      const model = Catalog.find(resolved.configured)
      yield* write(Table.render([
        ["configured", resolved.configured],
        ["region", `${value}, ${origin._tag === "Default" ? "the default" : `from ${Origin.describe(origin)}`}`],
        ["sent", resolved.wire],
        ["because", ModelId.explain(resolved)],
        [
          "model",
          Option.match(model, {
            onNone: () => "not in the catalog; works with defaults",
            onSome: ({ family, name }) => `${name} (${family})`
          })
        ]
      ]))
    }).pipe(configured())).pipe(Command.withDescription("Show what would be sent for a model ID, and by which rule.")),
  [
    ["altimate-code models resolve anthropic.claude-sonnet-4-6-v1", "in the configured region"],
    ["altimate-code models resolve amazon.nova-lite-v1:0 --region eu-west-1", "in another region"]
  ]
)

export const models = action(
  Command.make("models", {}, () =>
    Effect.flatMap(Stdio, ({ write }) =>
      write(Table.render([
        ["ID", "FAMILY", "NAME"],
        ...Catalog.models.map(({ family, id, name }) => [id, family, name])
      ])))).pipe(Command.withDescription("List the known models with their families.")),
  [["altimate-code models | grep Claude", "the models of one family"]],
  [resolve]
)
