import type { Setting } from "@altimate-code/config/Origin"
import * as Settings from "@altimate-code/config/Settings"
import * as Catalog from "@altimate-code/model-id/Catalog"
import * as PrefixRules from "@altimate-code/model-id/PrefixRules"
import { assert, describe, it } from "@effect/vitest"
import { assertSome } from "@effect/vitest/utils"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Option from "effect/Option"
import * as KnownModels from "../src/model/knownModels.ts"

const baseModel = "anthropic.claude-sonnet-4-6"
const sonnet = Option.getOrThrow(Catalog.find(baseModel))

const typed = (value: string): Setting<string> => ({ value, origin: { _tag: "Default" } })

const arn = typed("arn:aws:bedrock:us-east-1:111122223333:application-inference-profile/a1b2c3d4e5f6")

const withModels = (models: Settings.Service["models"]) =>
  Effect.provide(Layer.merge(Layer.succeed(Settings.Settings, { ...Settings.defaults, models }), PrefixRules.layer))

describe("a configured model", () => {
  it.effect("has the name, family, context window and price of its base model", () =>
    Effect.gen(function*() {
      const known = yield* KnownModels.lookUp("sonnet")
      assert.strictEqual(known.id, "sonnet")
      assert.strictEqual(known.name, sonnet.name)
      assert.deepStrictEqual(known.family, Option.some(sonnet.family))
      assert.deepStrictEqual(known.contextWindow, Option.some(sonnet.contextWindow))
      assert.deepStrictEqual(known.price, Option.some(sonnet.price))
    }).pipe(withModels({ sonnet: { id: arn, baseModel: typed(baseModel) } })))

  it.effect("has the configuration's values where they are set", () =>
    Effect.gen(function*() {
      const known = yield* KnownModels.lookUp("sonnet")
      assert.strictEqual(known.name, "Ours")
      assert.deepStrictEqual(known.contextWindow, Option.some(1000))
      assert.deepStrictEqual(known.maxTokens, Option.some(100))
      assert.deepStrictEqual(known.price, Option.some({ input: 1, output: 2 }))
      assert.deepStrictEqual(known.family, Option.some(sonnet.family))
    }).pipe(withModels({
      sonnet: {
        id: arn,
        baseModel: typed(baseModel),
        name: "Ours",
        limit: { context: 1000, output: 100 },
        cost: { input: 1, output: 2 }
      }
    })))

  it.effect("has only its own name if the base model and the ID are unknown", () =>
    Effect.gen(function*() {
      assert.strictEqual((yield* KnownModels.lookUp(baseModel)).name, sonnet.name)
    }).pipe(withModels({ [baseModel]: { id: arn, baseModel: typed("nobody.knows") } })))

  it.effect("has no values if its name is a property of every object", () =>
    Effect.gen(function*() {
      assert.strictEqual((yield* KnownModels.lookUp("constructor")).name, "constructor")
    }).pipe(withModels({})))

  it.effect("is listed before the catalog, each name once", () =>
    Effect.gen(function*() {
      const selectable = yield* KnownModels.selectableModels
      const names = selectable.map(({ family, id, name, source }) => ({ id, name, family, source }))
      const source = "configuration"
      assert.deepStrictEqual(names[0], { id: "sonnet", name: sonnet.name, family: sonnet.family, source })
      assert.deepStrictEqual(names[1], { id: "prod", name: "prod", family: "your own", source })
      assert.strictEqual(new Set(selectable.map(({ id }) => id)).size, selectable.length)
      assert.strictEqual(selectable.length, Catalog.models.length + 2)
      assertSome(selectable.find(({ id }) => id === baseModel)!.contextWindow, 1234)
    }).pipe(
      withModels({
        sonnet: { baseModel: typed(baseModel), id: arn },
        prod: {},
        [baseModel]: { limit: { context: 1234 } }
      })
    ))
})
