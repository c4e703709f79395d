import * as Effect from "effect/Effect"
import type { ConfigFile } from "../../ConfigFile.ts"
import type { ModelSettings } from "../../Gateway.ts"
import type { Setting } from "../../Origin.ts"
import type { RequestOptions } from "../../RequestOptions.ts"
import { type Branch, find } from "../file/tree.ts"
import { checkCrossRegion } from "./checkCrossRegion.ts"
import { readHeaders } from "./readHeaders.ts"
import { readRequestOptions } from "./readRequestOptions.ts"

/**
 * The settings of each model, with the origins of those that decide which model is used and what is sent. `general` are the fields of requests
 * to every model.
 */
export const readModels = Effect.fn("readModels")(function*(file: ConfigFile, merged: Branch, general: RequestOptions) {
  const models: Record<string, ModelSettings> = Object.create(null)
  const notices: Array<string> = []
  for (const [name, written] of Object.entries(file.provider?.["amazon-bedrock"]?.models ?? {})) {
    const { baseModel, crossRegion, effort: _, headers: __, id, options, ...rest } = written
    const tree = find(merged, ["provider", "amazon-bedrock", "models", name])
    const originOf = (path: ReadonlyArray<string>) =>
      (tree === undefined ? undefined : find(tree, path))?.origin ?? { _tag: "Default" as const }
    const setting = (key: string, value: string): Setting<string> => ({ value, origin: originOf([key]) })
    const { headers, notices: ofHeaders } = yield* readHeaders(
      options?.headers ?? {},
      (name) => originOf(["options", "headers", name])
    )
    notices.push(...ofHeaders)
    const own: ModelSettings = {
      ...rest,
      ...(id === undefined ? {} : { id: setting("id", id) }),
      ...(baseModel === undefined ? {} : { baseModel: setting("baseModel", baseModel) }),
      ...(crossRegion === undefined ? {} : { crossRegion: setting("crossRegion", crossRegion) }),
      ...(options?.headers === undefined ? {} : { headers }),
      ...(options === undefined || tree === undefined
        ? {}
        : { request: yield* readRequestOptions(options, find(tree, ["options"]), general) })
    }
    if (own.crossRegion !== undefined) yield* checkCrossRegion(own.crossRegion)
    models[name] = own
  }
  return { models, notices }
})
