import * as ModelId from "@altimate-code/model-id/ModelId"
import * as PrefixRules from "@altimate-code/model-id/PrefixRules"
import { assert, describe, it, layer } from "@effect/vitest"
import * as Effect from "effect/Effect"

const wire = (id: string, region: string): string => ModelId.resolve(id, region, PrefixRules.guideRules).wire

describe("The guide's rules", () => {
  it.each([
    // The guide's own example
    ["us-east-1", "anthropic.claude-sonnet-4-6-v1", "us.anthropic.claude-sonnet-4-6-v1"],
    // us-*
    ["us-west-2", "anthropic.claude-opus-4-6-v1", "us.anthropic.claude-opus-4-6-v1"],
    ["us-east-2", "amazon.nova-micro-v1:0", "us.amazon.nova-micro-v1:0"],
    ["us-east-2", "amazon.nova-lite-v1:0", "us.amazon.nova-lite-v1:0"],
    ["us-east-2", "amazon.nova-pro-v1:0", "us.amazon.nova-pro-v1:0"],
    ["us-east-2", "amazon.nova-premier-v1:0", "us.amazon.nova-premier-v1:0"],
    ["us-east-2", "amazon.nova-2-lite-v1:0", "us.amazon.nova-2-lite-v1:0"],
    ["us-west-1", "deepseek.r1-v1:0", "us.deepseek.r1-v1:0"],
    ["us-west-1", "deepseek.v3.2", "us.deepseek.v3.2"],
    ["us-east-1", "meta.llama3-3-70b-instruct-v1:0", "meta.llama3-3-70b-instruct-v1:0"],
    ["us-east-1", "mistral.pixtral-large-2502-v1:0", "mistral.pixtral-large-2502-v1:0"],
    ["us-east-1", "amazon.nova-canvas-v1:0", "amazon.nova-canvas-v1:0"],
    ["us-east-1", "amazon.nova-reel-v1:1", "amazon.nova-reel-v1:1"],
    ["us-east-1", "amazon.nova-sonic-v1:0", "amazon.nova-sonic-v1:0"],
    ["us-east-1", "amazon.nova-2-sonic-v1:0", "amazon.nova-2-sonic-v1:0"],
    ["us-east-1", "amazon.nova-2-multimodal-embeddings-v1:0", "amazon.nova-2-multimodal-embeddings-v1:0"],
    ["us-gov-west-1", "anthropic.claude-sonnet-4-5-20250929-v1:0", "anthropic.claude-sonnet-4-5-20250929-v1:0"],
    // eu-*
    ["eu-west-1", "anthropic.claude-sonnet-4-6", "eu.anthropic.claude-sonnet-4-6"],
    ["eu-central-1", "amazon.nova-lite-v1:0", "eu.amazon.nova-lite-v1:0"],
    ["eu-central-1", "amazon.nova-micro-v1:0", "eu.amazon.nova-micro-v1:0"],
    ["eu-central-1", "amazon.nova-pro-v1:0", "amazon.nova-pro-v1:0"],
    ["eu-north-1", "meta.llama3-2-1b-instruct-v1:0", "eu.meta.llama3-2-1b-instruct-v1:0"],
    ["eu-north-1", "meta.llama4-scout-17b-instruct-v1:0", "meta.llama4-scout-17b-instruct-v1:0"],
    ["eu-south-2", "mistral.pixtral-large-2502-v1:0", "eu.mistral.pixtral-large-2502-v1:0"],
    ["eu-south-2", "mistral.mistral-large-2402-v1:0", "mistral.mistral-large-2402-v1:0"],
    ["eu-west-3", "deepseek.r1-v1:0", "deepseek.r1-v1:0"],
    ["eusc-de-east-1", "anthropic.claude-sonnet-4-6", "anthropic.claude-sonnet-4-6"],
    // Tokyo
    ["ap-northeast-1", "anthropic.claude-haiku-4-5-20251001-v1:0", "jp.anthropic.claude-haiku-4-5-20251001-v1:0"],
    ["ap-northeast-1", "amazon.nova-lite-v1:0", "jp.amazon.nova-lite-v1:0"],
    ["ap-northeast-1", "amazon.nova-micro-v1:0", "jp.amazon.nova-micro-v1:0"],
    ["ap-northeast-1", "amazon.nova-pro-v1:0", "jp.amazon.nova-pro-v1:0"],
    ["ap-northeast-1", "amazon.nova-premier-v1:0", "amazon.nova-premier-v1:0"],
    // Australia
    ["ap-southeast-2", "anthropic.claude-sonnet-4-5-20250929-v1:0", "au.anthropic.claude-sonnet-4-5-20250929-v1:0"],
    ["ap-southeast-4", "anthropic.claude-sonnet-4-5-20250929-v1:0", "au.anthropic.claude-sonnet-4-5-20250929-v1:0"],
    ["ap-southeast-2", "anthropic.claude-3-haiku-20240307-v1:0", "au.anthropic.claude-3-haiku-20240307-v1:0"],
    ["ap-southeast-2", "anthropic.claude-3-5-haiku-20241022-v1:0", "au.anthropic.claude-3-5-haiku-20241022-v1:0"],
    ["ap-southeast-4", "anthropic.claude-haiku-4-5-20251001-v1:0", "au.anthropic.claude-haiku-4-5-20251001-v1:0"],
    ["ap-southeast-2", "anthropic.claude-sonnet-4-6-v1", "anthropic.claude-sonnet-4-6-v1"],
    ["ap-southeast-4", "anthropic.claude-sonnet-4-20250514-v1:0", "anthropic.claude-sonnet-4-20250514-v1:0"],
    ["ap-southeast-2", "amazon.nova-lite-v1:0", "amazon.nova-lite-v1:0"],
    // other ap-*
    ["ap-south-1", "anthropic.claude-sonnet-4-6", "apac.anthropic.claude-sonnet-4-6"],
    ["ap-northeast-3", "anthropic.claude-sonnet-4-6", "apac.anthropic.claude-sonnet-4-6"],
    ["ap-southeast-1", "amazon.nova-lite-v1:0", "apac.amazon.nova-lite-v1:0"],
    ["ap-southeast-1", "amazon.nova-micro-v1:0", "apac.amazon.nova-micro-v1:0"],
    ["ap-southeast-1", "amazon.nova-pro-v1:0", "apac.amazon.nova-pro-v1:0"],
    ["ap-southeast-1", "amazon.nova-premier-v1:0", "amazon.nova-premier-v1:0"],
    // no row
    ["ca-central-1", "anthropic.claude-sonnet-4-6", "anthropic.claude-sonnet-4-6"],
    ["sa-east-1", "anthropic.claude-sonnet-4-6", "anthropic.claude-sonnet-4-6"]
  ])("in %s, %s is sent as %s", (region, id, sent) => {
    assert.strictEqual(wire(id, region), sent)
  })

  it.each(["eu-west-1", "ap-northeast-1", "ap-southeast-2", "ap-south-1"])(
    "list Nova 2 only for us-*, so it has no prefix in %s",
    (region) => {
      assert.strictEqual(wire("amazon.nova-2-lite-v1:0", region), "amazon.nova-2-lite-v1:0")
    }
  )

  it.each(["claude-prod", "my-claude", "prod/claude-sonnet-4-5", "team.anthropic.claude-sonnet-4-6", "nova-lite"])(
    "recognize a family by the provider's ID, not by a word in %s",
    (alias) => {
      assert.strictEqual(wire(alias, "us-east-1"), alias)
    }
  )
})

layer(PrefixRules.layer)("PrefixRules.layer", (it) => {
  it.effect("has the guide's rules", () =>
    Effect.gen(function*() {
      assert.strictEqual(yield* PrefixRules.PrefixRules, PrefixRules.guideRules)
    }))
})

layer(PrefixRules.off)("PrefixRules.off", (it) => {
  it.effect("sends an ID without the prefix that the guide's table would add", () =>
    Effect.gen(function*() {
      const rules = yield* PrefixRules.PrefixRules
      const resolved = ModelId.resolve("anthropic.claude-sonnet-4-6-v1", "us-east-1", rules)
      assert.strictEqual(resolved.wire, "anthropic.claude-sonnet-4-6-v1")
      assert.deepStrictEqual(resolved.reason, { _tag: "NotListed" })
    }))
})
