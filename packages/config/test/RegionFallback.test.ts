import * as NodeContext from "@effect/platform-node/NodeContext"
import { assert, layer } from "@effect/vitest"
import * as ConfigProvider from "effect/ConfigProvider"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Option from "effect/Option"
import type { Setting } from "../src/Origin.ts"
import * as RegionFallback from "../src/RegionFallback.ts"
import * as Settings from "../src/Settings.ts"
import { bedrock, makeFixture } from "./fixture.ts"

layer(NodeContext.layer)("The region policy", (it) => {
  it.effect("treats a blank configured region as not set, and trims AWS_REGION", () =>
    Effect.gen(function*() {
      const { resolve } = yield* RegionFallback.RegionFallback
      const blank: Setting<string> = {
        value: " ",
        origin: { _tag: "Inline", variable: "ALTIMATE_CLI_CONFIG_CONTENT", line: 1, column: 1, key: "region" }
      }
      assert.strictEqual((yield* resolve(Option.some(blank))).value, "eu-north-1")
    }).pipe(
      Effect.provide(RegionFallback.layer),
      Effect.provide(Layer.setConfigProvider(ConfigProvider.fromMap(new Map([["AWS_REGION", " eu-north-1\r\n"]]))))
    ))

  it.scoped("can be replaced by another layer, which gets the configured region", () =>
    Effect.gen(function*() {
      const { projectFile, services, write } = yield* makeFixture
      yield* write(projectFile, bedrock({ region: "eu-west-1" }))
      const always = Layer.succeed(RegionFallback.RegionFallback, {
        resolve: (configured) =>
          Effect.succeed({
            value: `not-${Option.getOrThrow(configured).value}`,
            origin: { _tag: "Default" }
          })
      })
      const { region } = yield* Settings.Settings.pipe(
        Effect.provide(Settings.layer()),
        Effect.provide(always),
        Effect.provide(services({}))
      )
      assert.deepStrictEqual(region, { value: "not-eu-west-1", origin: { _tag: "Default" } })
    }))
})
