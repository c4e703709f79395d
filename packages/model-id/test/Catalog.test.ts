import * as Catalog from "@altimate-code/model-id/Catalog"
import * as ModelId from "@altimate-code/model-id/ModelId"
import { guideRules } from "@altimate-code/model-id/PrefixRules"
import { assert, describe, it } from "@effect/vitest"
import { assertNone, assertSome } from "@effect/vitest/utils"
import * as Option from "effect/Option"
import { bedrockModelIds } from "./bedrockModels.ts"

const nameOf = (id: string) => Option.map(Catalog.find(id), ({ name }) => name)

describe("models", () => {
  it("are found by their own IDs, which are unique", () => {
    assert.strictEqual(new Set(Catalog.models.map(({ id }) => id)).size, Catalog.models.length)
    for (const model of Catalog.models) assertSome(Catalog.find(model.id), model)
  })

  it("have Bedrock's IDs without prefixes", () => {
    for (const { id } of Catalog.models) {
      assert.deepStrictEqual(ModelId.resolve(id, "sa-east-1", guideRules).reason, { _tag: "NotListed" })
      assert.include(bedrockModelIds, id)
    }
  })

  it("have plausible facts", () => {
    for (const { contextWindow, id, maxOutput, name, price, tools } of Catalog.models) {
      assert.notStrictEqual(name.trim(), "", id)
      if (contextWindow !== undefined) assert.isTrue(contextWindow >= 8_000 && contextWindow <= 10_000_000, id)
      if (maxOutput !== undefined) assert.isTrue(maxOutput >= 4_000 && maxOutput < (contextWindow ?? Infinity), id)
      if (price !== undefined) {
        assert.isTrue(price.input > 0 && price.output >= price.input && price.output < 100, id)
        if (price.cacheRead !== undefined) assert.isBelow(price.cacheRead, price.input, id)
        if (price.cacheWrite !== undefined) assert.isTrue(price.cacheWrite >= price.input, id)
      }
      assert.isBoolean(tools, id)
    }
  })

  it("support cache points as AWS documents them: Claude everywhere, Nova except in tools", () => {
    const withPoints = Catalog.models.filter(({ cache }) => cache.system || cache.messages || cache.tools)
    assert.deepStrictEqual([...new Set(withPoints.map(({ family }) => family))], ["Claude", "Nova"])
    for (const { cache, family } of withPoints) {
      assert.deepStrictEqual(cache, { system: true, messages: true, tools: family === "Claude" })
    }
  })
})

describe("find", () => {
  it.each([
    "anthropic.claude-sonnet-4-6",
    "anthropic.claude-sonnet-4-6-v1",
    "anthropic.claude-sonnet-4-6-v1:0",
    "anthropic.claude-sonnet-4-6:0",
    "anthropic.claude-sonnet-4-6-v1:0:200k",
    "us.anthropic.claude-sonnet-4-6",
    "us-gov.anthropic.claude-sonnet-4-6-v1",
    "global.anthropic.claude-sonnet-4-6",
    "arn:aws:bedrock:us-east-1::foundation-model/anthropic.claude-sonnet-4-6",
    "arn:aws:bedrock:eu-west-1:111122223333:inference-profile/eu.anthropic.claude-sonnet-4-6"
  ])("recognizes %s as Claude Sonnet 4.6", (id) => {
    assertSome(nameOf(id), "Claude Sonnet 4.6")
  })

  it("distinguishes the versions of a dated model", () => {
    assertSome(nameOf("anthropic.claude-opus-4-6"), "Claude Opus 4.6")
    assertSome(nameOf("anthropic.claude-3-5-sonnet-20241022-v2:0"), "Claude Sonnet 3.5 v2")
    assertSome(nameOf("anthropic.claude-3-5-sonnet-20240620"), "Claude Sonnet 3.5")
    assertNone(nameOf("amazon.nova-lite-v2:0"))
  })

  it.each([
    "claude-prod",
    "",
    "us.",
    "arn:aws:bedrock:us-east-1:111122223333:application-inference-profile/a1b2c3d4e5f6",
    "acme.anthropic.claude-sonnet-4-6"
  ])("does not find '%s'", (id) => {
    assertNone(Catalog.find(id))
  })
})

it("isSame ignores prefixes and ends, but not versions", () => {
  const id = "anthropic.claude-sonnet-4-6"
  for (const other of [id, `us.${id}`, `eu.${id}-v1:0`, `arn:aws:bedrock:us-east-1:1:inference-profile/global.${id}`]) {
    assert.isTrue(Catalog.isSame(id, other), other)
    assert.isTrue(Catalog.isSame(other, id), other)
  }
  assert.isFalse(Catalog.isSame(id, "anthropic.claude-sonnet-4-5"))
  assert.isTrue(Catalog.isSame("us.x.unknown", "x.unknown"))
})

describe("getCapabilities", () => {
  it("returns the facts of a known model", () => {
    assert.deepStrictEqual(Catalog.getCapabilities("us.anthropic.claude-sonnet-4-6-v1"), {
      contextWindow: 1_000_000,
      maxOutput: 128_000,
      input: { image: true, document: true },
      tools: true,
      streaming: true,
      reasoning: true,
      cache: { system: true, messages: true, tools: true }
    })
    assert.deepStrictEqual(Catalog.getCapabilities("amazon.nova-micro-v1:0").input, { image: false, document: false })
    assert.isFalse(Catalog.getCapabilities("us.deepseek.r1-v1:0").tools)
  })

  it("allows all attachments but no optional fields for an unknown model", () => {
    assert.deepStrictEqual(Catalog.getCapabilities("claude-prod"), {
      maxOutput: 4096,
      input: { image: true, document: true },
      tools: true,
      streaming: true,
      reasoning: false,
      cache: { system: false, messages: false, tools: false }
    })
  })

  it("uses defaults only for unknown facts", () => {
    const { contextWindow, input, maxOutput } = Catalog.getCapabilities("deepseek.v3-v1:0")
    assert.strictEqual(contextWindow, 163_840)
    assert.strictEqual(maxOutput, 4096)
    assert.deepStrictEqual(input, { image: false, document: true })
  })
})

describe("findSimilar", () => {
  it.each([
    ["anthropic.claude-sonet-4-6", "anthropic.claude-sonnet-4-6"],
    ["claude-sonnet-4-6", "anthropic.claude-sonnet-4-6"],
    ["us.anthropic.claude-sonnet-4.6", "anthropic.claude-sonnet-4-6"],
    ["nova-lite", "amazon.nova-lite-v1:0"]
  ])("%s is most similar to %s", (written, known) => {
    const found = Catalog.findSimilar(written)
    assert.strictEqual(found[0], known)
    assert.isAtMost(found.length, 3)
  })

  it.each(["", "x", "qqqq", "gpt-4"])("'%s' is similar to no ID", (written) => {
    assert.deepStrictEqual(Catalog.findSimilar(written), [])
  })
})
