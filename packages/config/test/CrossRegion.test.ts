import * as NodeContext from "@effect/platform-node/NodeContext"
import { assert, layer } from "@effect/vitest"
import * as Effect from "effect/Effect"
import { describe as describeOrigin } from "../src/Origin.ts"
import { bedrock, makeFixture } from "./fixture.ts"

const text = `{
  "provider": {
    "amazon-bedrock": {
      "options": {
        "crossRegion": "eu",
        "prefixRules": [
          { "regions": "us-*", "models": ["m*"], "prefix": "us." },
          { "regions": "*", "models": ["n"], "prefix": "" }
        ]
      },
      "models": {
        "sonnet": { "id": "{env:PROFILE}", "baseModel": "b", "crossRegion": "off", "name": "Sonnet" }
      }
    }
  }
}`

layer(NodeContext.layer)("The prefix settings", (it) => {
  it.scoped("have the origin of each value", () =>
    Effect.gen(function*() {
      const { globalFile, load, write } = yield* makeFixture
      yield* write(globalFile, text)
      const { gateway, models } = yield* load({ env: { PROFILE: "arn:filled" } })
      const at = (line: number, column: number) => `${globalFile}:${line}:${column} (global config)`
      assert.strictEqual(gateway.crossRegion.value, "eu")
      assert.strictEqual(describeOrigin(gateway.crossRegion.origin), at(5, 9))
      assert.deepStrictEqual(gateway.prefixRules.map(({ value }) => value.prefix), ["us.", ""])
      assert.deepStrictEqual(gateway.prefixRules.map(({ origin }) => describeOrigin(origin)), [at(7, 11), at(8, 11)])
      const sonnet = models["sonnet"]!
      assert.strictEqual(sonnet.name, "Sonnet")
      assert.deepStrictEqual([sonnet.id!.value, describeOrigin(sonnet.id!.origin)], ["arn:filled", at(12, 21)])
      assert.deepStrictEqual([sonnet.baseModel!.value, describeOrigin(sonnet.baseModel!.origin)], ["b", at(12, 44)])
      assert.deepStrictEqual([sonnet.crossRegion!.value, describeOrigin(sonnet.crossRegion!.origin)], [
        "off",
        at(12, 62)
      ])
    }))

  it.scoped("take the command line's value before the file's", () =>
    Effect.gen(function*() {
      const { globalFile, load, write } = yield* makeFixture
      yield* write(globalFile, bedrock({ crossRegion: "eu" }))
      assert.deepStrictEqual((yield* load({ crossRegion: "off" })).gateway.crossRegion, {
        value: "off",
        origin: { _tag: "Flag", flag: "--cross-region" }
      })
    }))

  it.scoped("default to auto, also if they are blank", () =>
    Effect.gen(function*() {
      const { globalFile, load, write } = yield* makeFixture
      assert.strictEqual((yield* load()).gateway.crossRegion.value, "auto")
      yield* write(globalFile, bedrock({ crossRegion: "" }))
      const { gateway, warnings } = yield* load()
      assert.strictEqual(gateway.crossRegion.value, "auto")
      assert.match(warnings.join(), /options\.crossRegion is blank .* It is treated as not set\./)
    }))

  for (const prefix of ["auto", "off", "us", "us-gov", "global", "corp2"]) {
    it.scoped(`accept the prefix ${prefix}`, () =>
      Effect.gen(function*() {
        const { load } = yield* makeFixture
        assert.strictEqual((yield* load({ crossRegion: prefix })).gateway.crossRegion.value, prefix)
      }))
  }

  for (const nonsense of ["US", "us.", "us ", " off", "us.eu", "us/", "-us", "us-", "us--gov", "off\n"]) {
    it.scoped(`refuse ${JSON.stringify(nonsense)}`, () =>
      Effect.gen(function*() {
        const { failure } = yield* makeFixture
        const { hint, message, reason } = yield* failure({ crossRegion: nonsense })
        assert.strictEqual(reason, "Value")
        assert.match(message, /^--cross-region: /)
        assert.include(hint, "\"off\"")
      }))
  }

  for (const prefix of ["us", "US.", ".", "us..", " us.", "us.\n"]) {
    it.scoped(`refuse a rule with the prefix ${JSON.stringify(prefix)}`, () =>
      Effect.gen(function*() {
        const { failure, globalFile, write } = yield* makeFixture
        yield* write(globalFile, bedrock({ prefixRules: [{ regions: "*", models: ["*"], prefix }] }))
        const { hint, line, message, reason } = yield* failure()
        assert.strictEqual(reason, "Value")
        assert.include(message, "that ends in a dot")
        assert.include(hint, "\"us.\"")
        // The position of the prefix itself, on the rule's second-last line.
        assert.strictEqual(line, 11)
      }))
  }
})
