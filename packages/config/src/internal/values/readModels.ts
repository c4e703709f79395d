import * as Effect from "effect/Effect"
import type { ConfigFile } from "../../ConfigFile.ts"
import type { ModelSettings } from "../../Gateway.ts"
import type { Setting } from "../../Origin.ts"
import { type Branch, find } from "../file/tree.ts"
import { checkCrossRegion } from "./checkCrossRegion.ts"

/** The settings of each model, with the origins of those that decide which model is used. */
export const readModels = Effect.fn("readModels")(function*(file: ConfigFile, merged: Branch) {
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
    if (own.crossRegion !== undefined) yield* checkCrossRegion(own.crossRegion)
    models[name] = own
  }
  return models
})
