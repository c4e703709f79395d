/** `altimate-code models`: lists the known models and shows the ID that is sent for one. */
import * as Origin from "@altimate-code/config/Origin"
import { RegionFallback } from "@altimate-code/config/RegionFallback"
import { Settings } from "@altimate-code/config/Settings"
import * as ModelId from "@altimate-code/model-id/ModelId"
import * as ModelRef from "@altimate-code/model-id/ModelRef"
import * as ModelChoice from "@altimate-code/provider/ModelChoice"
import * as Args from "@effect/cli/Args"
import * as Options from "@effect/cli/Options"
import * as Effect from "effect/Effect"
import * as Option from "effect/Option"
import { command } from "../../command-line/commandTree.ts"
import { load } from "../../command-line/lazy.ts"
import { argument, option } from "../../command-line/parameter.ts"
import { providerArgument, requireBedrock } from "../../command-line/providerId.ts"
import { crossRegionOption, overrides } from "../../command-line/sessionOptions.ts"
import { Stdio, writeJson } from "../../command-line/Stdio.ts"
import * as Table from "../../command-line/table.ts"
import { selectableModels } from "../../model/knownModels.ts"
import { withSettings } from "../../workspace/withSettings.ts"
import * as ModelTable from "./modelTable.ts"

export const resolve = command("resolve", {
  description: "Show the ID that is sent for a model, and the rule behind it.",
  examples: [
    ["altimate-code models resolve anthropic.claude-sonnet-4-6-v1", "in the configured region"],
    ["altimate-code models resolve amazon.nova-lite-v1:0 --region eu-west-1", "in another region"],
    ["altimate-code models resolve deepseek.v3-v1:0 --cross-region off", "without a prefix"]
  ],
  parameters: {
    region: option(Options.text("region").pipe(Options.withPseudoName("REGION"), Options.optional), {
      description: "Use this AWS region instead of the configured one."
    }),
    crossRegion: crossRegionOption,
    id: argument(Args.text({ name: "id" }), {
      description: "A model ID, alias or ARN, with or without amazon-bedrock/."
    })
  },
  run: ({ crossRegion, id, region }) =>
    Effect.gen(function*() {
      const settings = yield* Settings
      const { write } = yield* Stdio
      const given = yield* ModelRef.parse(id)
      const { resolve } = yield* RegionFallback
      const { origin, value } = Option.isNone(region)
        ? settings.region
        : yield* resolve(Option.some({ value: region.value, origin: { _tag: "Flag", flag: "--region" } }))
      // What reads the stored lists is loaded only here.
      const { withProfilesFor } = yield* load(() => import("../../model/remoteModels.ts"))
      const { factsOf, model, resolved } = yield* withProfilesFor(given)(ModelChoice.choose(given, value))
      const { aliasFor, configured, wire } = resolved
      const through = factsOf === configured || factsOf === aliasFor?.value ? "" : `, as ${factsOf}`
      yield* write(Table.render([
        ["configured", configured],
        ...(aliasFor === undefined ? [] : [["stands for", `${aliasFor.value}, from ${aliasFor.from}`]]),
        ["region", `${value}, ${origin._tag === "Default" ? "the default" : `from ${Origin.describe(origin)}`}`],
        ["sent", wire],
        ["because", ModelId.describeReason(resolved)],
        [
          "model",
          Option.match(model, {
            onNone: () => "not in the catalog; default limits apply",
            onSome: ({ family, name }) => `${name} (${family})${through}`
          })
        ]
      ]))
    }).pipe(withSettings(overrides({ crossRegion })))
})

export const models = command("models", {
  description: "List the known models, or those that you can use here.",
  examples: [
    ["altimate-code models | grep Claude", "the models of one family"],
    ["altimate-code models --remote", "ask AWS or the gateway which models you can use"],
    ["altimate-code models --format json", "all known facts, for scripts"]
  ],
  parameters: {
    format: option(
      Options.choice("format", ["text", "json"]).pipe(Options.withDefault("text" as const)),
      { description: "text: a table. json: all facts about each model (default: text)." }
    ),
    remote: option(Options.boolean("remote"), {
      description: "Ask AWS or the gateway which models you can use; the answer is stored for a day."
    }),
    refresh: option(Options.boolean("refresh"), {
      description: "Replace the stored answer (with --remote)."
    }),
    provider: providerArgument
  },
  run: ({ format, provider, refresh, remote }) =>
    Effect.gen(function*() {
      yield* requireBedrock(
        [provider],
        "altimate-code models lists all models; altimate-code models resolve ID shows what is sent for one."
      )
      if (remote || refresh) {
        // The network and the credentials are loaded only here.
        const { listRemote } = yield* load(() => import("./listRemote.ts"))
        return yield* listRemote({ format, refresh })
      }
      const listed = yield* selectableModels
      if (format === "json") return yield* writeJson(listed.map(ModelTable.toJson), 2)
      const { write } = yield* Stdio
      yield* write(ModelTable.render(listed))
    }).pipe(withSettings())
})
