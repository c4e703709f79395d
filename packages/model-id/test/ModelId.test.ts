import * as ModelId from "@altimate-code/model-id/ModelId"
import { guideRules, type PrefixRule } from "@altimate-code/model-id/PrefixRules"
import { assert, describe, it } from "@effect/vitest"
import * as FastCheck from "effect/FastCheck"
import { awsRegions } from "./awsRegions.ts"
import { bedrockModelIds } from "./bedrockModels.ts"

const recognised = ["us.", "eu.", "global.", "jp.", "apac.", "au."]
const alsoAws = ["us-gov.", "ca.", "in."]
const arns = [
  "arn:aws:bedrock:us-east-1::foundation-model/anthropic.claude-sonnet-4-6",
  "arn:aws:bedrock:us-east-1:111122223333:inference-profile/us.anthropic.claude-sonnet-4-6",
  "arn:aws:bedrock:us-east-1:111122223333:application-inference-profile/a1b2c3d4e5f6",
  "arn:aws-us-gov:bedrock:us-gov-west-1:111122223333:provisioned-model/abcdefghijkl"
]

const resolve = (id: string, region: string) => ModelId.resolve(id, region, guideRules)

describe("resolve", () => {
  it("carries what was configured, what is sent, the region and the rule", () => {
    const resolved = resolve("anthropic.claude-sonnet-4-6-v1", "us-east-1")
    assert.strictEqual(resolved.configured, "anthropic.claude-sonnet-4-6-v1")
    assert.strictEqual(resolved.wire, "us.anthropic.claude-sonnet-4-6-v1")
    assert.strictEqual(resolved.region, "us-east-1")
    assert.isTrue(resolved.reason._tag === "Rule" && guideRules.includes(resolved.reason.rule))
  })

  it.each([...recognised, ...alsoAws])("passes an ID with %s through in every region", (prefix) => {
    for (const region of awsRegions) {
      const id = `${prefix}anthropic.claude-sonnet-4-6`
      assert.deepStrictEqual(resolve(id, region), {
        configured: id,
        wire: id,
        region,
        reason: { _tag: "AlreadyPrefixed", prefix }
      })
    }
  })

  it.each(arns)("passes %s through", (arn) => {
    const { reason, wire } = resolve(arn, "us-east-1")
    assert.strictEqual(wire, arn)
    assert.deepStrictEqual(reason, { _tag: "Arn" })
  })

  it.each(["claude-prod", "gpt-4.1", "Claude", "prod/anthropic.claude-sonnet-4-6", ".claude", ""])(
    "takes '%s' for an alias",
    (alias) => {
      const { reason, wire } = resolve(alias, "us-east-1")
      assert.strictEqual(wire, alias)
      assert.deepStrictEqual(reason, { _tag: "Alias" })
    }
  )

  it.each(bedrockModelIds)("takes %s for a provider's own ID", (id) => {
    assert.notStrictEqual(resolve(id, "us-gov-west-1").reason._tag, "Alias")
  })

  it("lets the first matching rule win, also one that sends a model bare", () => {
    const bare: PrefixRule = { regions: "us-*", models: ["deepseek.v3*"], families: "DeepSeek V3", prefix: "" }
    const rules = [bare, ...guideRules]
    assert.strictEqual(ModelId.resolve("deepseek.v3-v1:0", "us-east-1", rules).wire, "deepseek.v3-v1:0")
    assert.strictEqual(ModelId.resolve("deepseek.r1-v1:0", "us-east-1", rules).wire, "us.deepseek.r1-v1:0")
  })

  it("recognises the prefix of a rule in force, whoever wrote the rule", () => {
    const rules = [{ regions: "*", models: ["*"], families: "everything", prefix: "corp." }]
    assert.strictEqual(
      ModelId.resolve("openai.gpt-oss-20b-1:0", "sa-east-1", rules).wire,
      "corp.openai.gpt-oss-20b-1:0"
    )
    assert.deepStrictEqual(ModelId.resolve("corp.openai.gpt-oss-20b-1:0", "sa-east-1", rules).reason, {
      _tag: "AlreadyPrefixed",
      prefix: "corp."
    })
  })

  it("reads a dot in a pattern as a dot and matches whole", () => {
    const rules = [{ regions: "us-east-1", models: ["acme.one.two"], families: "Acme", prefix: "us." }]
    const wire = (id: string, region: string) => ModelId.resolve(id, region, rules).wire
    assert.strictEqual(wire("acme.one.two", "us-east-1"), "us.acme.one.two")
    assert.strictEqual(wire("acme.one-two", "us-east-1"), "acme.one-two")
    assert.strictEqual(wire("acme.one.two-b", "us-east-1"), "acme.one.two-b")
    assert.strictEqual(wire("acme.one.two", "us-east-11"), "acme.one.two")
  })
})

describe("resolve, whatever the ID, the region and the rules", () => {
  const Region = FastCheck.oneof(FastCheck.constantFrom(...awsRegions), FastCheck.string())
  const known = FastCheck.constantFrom(...bedrockModelIds)
  const Id = FastCheck.oneof(
    known,
    FastCheck.tuple(FastCheck.constantFrom(...recognised, ...alsoAws), known).map(([prefix, id]) => prefix + id),
    FastCheck.constantFrom(...arns),
    FastCheck.string()
  )
  const Rules: FastCheck.Arbitrary<ReadonlyArray<PrefixRule>> = FastCheck.oneof(
    FastCheck.constant(guideRules),
    FastCheck.array(FastCheck.record({
      regions: FastCheck.constantFrom("*", "us-*", "ap-*", "eu-west-1"),
      except: FastCheck.subarray(["us-gov-*", "ap-southeast-2"]),
      models: FastCheck.subarray(["*", "anthropic.*", "amazon.nova-*", "*lite*"]),
      families: FastCheck.string(),
      prefix: FastCheck.constantFrom("us.", "eu.", "apac.", "corp.", "us-gov.", "")
    }))
  )
  const runs = { fastCheck: { numRuns: 2000 } }

  it.prop(
    "the wire ID is the ID, or one rule's prefix and the ID",
    [Id, Region, Rules],
    ([id, region, rules]) => {
      const { configured, reason, wire } = ModelId.resolve(id, region, rules)
      assert.strictEqual(configured, id)
      assert.strictEqual(wire, reason._tag === "Rule" ? reason.rule.prefix + id : id)
    },
    runs
  )

  it.prop(
    "resolving the wire ID gives the wire ID",
    [Id, Region, Region, Rules],
    ([id, here, there, rules]) => {
      const { wire } = ModelId.resolve(id, here, rules)
      assert.strictEqual(ModelId.resolve(wire, here, rules).wire, wire)
      if (wire !== id) assert.strictEqual(ModelId.resolve(wire, there, rules).wire, wire)
    },
    runs
  )

  it.prop("there are never two prefixes", [Id, Region, Rules], ([id, region, rules]) => {
    const prefixes = [...recognised, ...alsoAws, ...rules.map(({ prefix }) => prefix)].filter((prefix) => prefix !== "")
    const { wire } = ModelId.resolve(id, region, rules)
    if (prefixes.some((prefix) => id.startsWith(prefix))) assert.strictEqual(wire, id)
    assert.include([id, ...prefixes.map((prefix) => prefix + id)], wire)
  }, runs)

  it.prop(
    "an ARN never changes",
    [FastCheck.string().map((rest) => `arn:${rest}`), Region, Rules],
    ([arn, region, rules]) => {
      assert.strictEqual(ModelId.resolve(arn, region, rules).wire, arn)
    },
    runs
  )

  it.prop(
    "nothing that is not shaped like a provider's own ID changes",
    [FastCheck.string().filter((text) => !text.includes(".")), Region, Rules],
    ([alias, region, rules]) => {
      assert.strictEqual(ModelId.resolve(alias, region, rules).wire, alias)
    },
    runs
  )

  it.prop(
    "the explanation is one line",
    [Id, FastCheck.constantFrom(...awsRegions)],
    ([id, region]) => {
      assert.match(ModelId.explain(resolve(id, region)), /^(\S+ added|sent as it is): .+$/)
    },
    runs
  )
})

describe("explain", () => {
  it.each([
    ["anthropic.claude-sonnet-4-6-v1", "us-east-1", "us. added: Claude in us-* (region us-east-1)"],
    ["amazon.nova-pro-v1:0", "ap-south-1", "apac. added: Nova Lite/Micro/Pro in ap-* (region ap-south-1)"],
    ["amazon.nova-pro-v1:0", "eu-west-1", "sent as it is: no rule lists this model for eu-west-1"],
    ["global.anthropic.claude-sonnet-4-6", "us-east-1", "sent as it is: it already starts with global."],
    ["us-gov.anthropic.claude-sonnet-4-6", "us-gov-west-1", "sent as it is: it already starts with us-gov."],
    [arns[0] ?? "", "us-east-1", "sent as it is: it is an ARN"],
    ["claude-prod", "us-east-1", "sent as it is: it is a gateway's own name, not a provider's model ID"]
  ])("of %s in %s is: %s", (id, region, sentence) => {
    assert.strictEqual(ModelId.explain(resolve(id, region)), sentence)
  })

  it("of a rule that sends a model bare names the rule", () => {
    const rules = [{ regions: "us-*", models: ["deepseek.*"], families: "DeepSeek", prefix: "" }]
    assert.strictEqual(
      ModelId.explain(ModelId.resolve("deepseek.v3.2", "us-east-1", rules)),
      "sent as it is: DeepSeek in us-* (region us-east-1)"
    )
  })
})
