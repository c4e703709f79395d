import * as Effect from "effect/Effect"
import type { ConfigFile } from "../../ConfigFile.ts"
import type { Setting } from "../../Origin.ts"
import type { ModelSettings } from "../../Settings.ts"
import { type Branch, find } from "../file/tree.ts"
import { acceptCrossRegion } from "./crossRegion.ts"

/** What is said of each model, with the places of what decides which one is meant. */
export const modelsOf = Effect.fn("modelsOf")(function*(file: ConfigFile, merged: Branch) {
  const models: Record<string, ModelSettings> = Object.create(null)
  for (const [name, written] of Object.entries(file.provider?.["amazon-bedrock"]?.models ?? {})) {
    const { baseModel, crossRegion, id, ...rest } = written
    const setting = (key: string, value: string): Setting<string> => ({
      value,
      origin: find(merged, ["provider", "amazon-bedrock", "models", name, key])?.origin ?? { _tag: "Default" }
    })
    const own: ModelSettings = {
      ...rest,
      ...(id === undefined ? {} : { id: setting("id", id) }),
      ...(baseModel === undefined ? {} : { baseModel: setting("baseModel", baseModel) }),
      ...(crossRegion === undefined ? {} : { crossRegion: setting("crossRegion", crossRegion) })
    }
    if (own.crossRegion !== undefined) yield* acceptCrossRegion(own.crossRegion)
    models[name] = own
  }
  return models
})
