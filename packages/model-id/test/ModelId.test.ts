import * as ModelId from "@altimate-code/model-id/ModelId"
import { fromUser, guideRules, type PrefixRule } from "@altimate-code/model-id/PrefixRules"
import { assert, describe, it } from "@effect/vitest"
import * as FastCheck from "effect/FastCheck"
import { awsRegions } from "./awsRegions.ts"
import { bedrockModelIds } from "./bedrockModels.ts"

const recognized = ["us.", "eu.", "global.", "jp.", "apac.", "au."]
const alsoAws = ["us-gov.", "ca.", "in."]
const arns = [
  "arn:aws:bedrock:us-east-1::foundation-model/anthropic.claude-sonnet-4-6",
  "arn:aws:bedrock:us-east-1:111122223333:inference-profile/us.anthropic.claude-sonnet-4-6",
  "arn:aws:bedrock:us-east-1:111122223333:application-inference-profile/a1b2c3d4e5f6",
  "arn:aws-us-gov:bedrock:us-gov-west-1:111122223333:provisioned-model/abcdefghijkl"
]

const resolve = (id: string, region: string) => ModelId.resolve(id, region, guideRules)

describe("resolve", () => {
  it("returns the configured name, the sent ID, the region and the rule", () => {
    const resolved = resolve("anthropic.claude-sonnet-4-6-v1", "us-east-1")
    assert.strictEqual(resolved.configured, "anthropic.claude-sonnet-4-6-v1")
    assert.strictEqual(resolved.wire, "us.anthropic.claude-sonnet-4-6-v1")
    assert.strictEqual(resolved.region, "us-east-1")
    assert.isTrue(resolved.reason._tag === "Rule" && guideRules.includes(resolved.reason.rule))
  })

  it.each([...recognized, ...alsoAws])("does not change an ID with %s in any region", (prefix) => {
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

  it.each(arns)("does not change %s", (arn) => {
    const { reason, wire } = resolve(arn, "us-east-1")
    assert.strictEqual(wire, arn)
    assert.deepStrictEqual(reason, { _tag: "Arn" })
  })

  it.each(["claude-prod", "gpt-4.1", "Claude", "prod/anthropic.claude-sonnet-4-6", ".claude", ""])(
    "treats '%s' as an alias",
    (alias) => {
      const { reason, wire } = resolve(alias, "us-east-1")
      assert.strictEqual(wire, alias)
      assert.deepStrictEqual(reason, { _tag: "Alias" })
    }
  )

  it.each(bedrockModelIds)("treats %s as a provider's ID", (id) => {
    assert.notStrictEqual(resolve(id, "us-gov-west-1").reason._tag, "Alias")
  })

  it("applies the first matching rule, even if it adds no prefix", () => {
    const bare: PrefixRule = { regions: "us-*", models: ["deepseek.v3*"], families: "DeepSeek V3", prefix: "" }
    const rules = [bare, ...guideRules]
    assert.strictEqual(ModelId.resolve("deepseek.v3-v1:0", "us-east-1", rules).wire, "deepseek.v3-v1:0")
    assert.strictEqual(ModelId.resolve("deepseek.r1-v1:0", "us-east-1", rules).wire, "us.deepseek.r1-v1:0")
  })

  it("recognizes the prefix of every active rule", () => {
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

  it("treats a dot in a pattern as a dot and matches whole names", () => {
    const rules = [{ regions: "us-east-1", models: ["acme.one.two"], families: "Acme", prefix: "us." }]
    const wire = (id: string, region: string) => ModelId.resolve(id, region, rules).wire
    assert.strictEqual(wire("acme.one.two", "us-east-1"), "us.acme.one.two")
    assert.strictEqual(wire("acme.one-two", "us-east-1"), "acme.one-two")
    assert.strictEqual(wire("acme.one.two-b", "us-east-1"), "acme.one.two-b")
    assert.strictEqual(wire("acme.one.two", "us-east-11"), "acme.one.two")
  })
})

describe("resolve, with the user's choices,", () => {
  const from = "altimate-code.json:5:9"
  const crossRegion = (value: string): ModelId.Choices => ({ crossRegion: { value, from } })
  const bare = "anthropic.claude-sonnet-4-6"

  it("sends IDs unchanged if crossRegion is off", () => {
    const { reason, wire } = ModelId.resolve(bare, "us-east-1", guideRules, crossRegion("off"))
    assert.strictEqual(wire, bare)
    assert.deepStrictEqual(reason, { _tag: "Off", from })
  })

  it("sends the chosen prefix, even if no rule lists the model", () => {
    for (const id of [bare, "openai.gpt-oss-20b-1:0"]) {
      const { reason, wire } = ModelId.resolve(id, "us-east-1", guideRules, crossRegion("us-gov"))
      assert.strictEqual(wire, `us-gov.${id}`)
      assert.deepStrictEqual(reason, { _tag: "Forced", prefix: "us-gov.", from })
    }
  })

  it("prefers an ID with a prefix to the chosen prefix, and explains that", () => {
    const resolved = ModelId.resolve(`eu.${bare}`, "us-east-1", guideRules, crossRegion("us"))
    assert.strictEqual(resolved.wire, `eu.${bare}`)
    assert.strictEqual(
      ModelId.explain(resolved),
      `sent as it is: it already begins with eu.; an ID with a prefix takes precedence over crossRegion "us" (${from})`
    )
    assert.deepStrictEqual(ModelId.resolve(`us.${bare}`, "us-east-1", guideRules, crossRegion("us")).reason, {
      _tag: "AlreadyPrefixed",
      prefix: "us."
    })
  })

  it("uses the rules for auto", () => {
    assert.deepStrictEqual(
      ModelId.resolve(bare, "us-east-1", guideRules, crossRegion("auto")),
      resolve(bare, "us-east-1")
    )
  })

  it("replaces an alias by its ID once", () => {
    const resolved = ModelId.resolve("sonnet", "us-east-1", guideRules, { id: { value: bare, from } })
    assert.strictEqual(resolved.configured, "sonnet")
    assert.strictEqual(resolved.wire, `us.${bare}`)
    assert.strictEqual(
      ModelId.explain(resolved),
      `us. added: Claude in us-* (region us-east-1); "sonnet" stands for ${bare} (${from})`
    )
    assert.deepStrictEqual(
      ModelId.resolve("sonnet", "us-east-1", guideRules, { id: { value: "sonnet", from } }),
      resolve("sonnet", "us-east-1")
    )
  })

  it("describes the user's own rule by its patterns and position", () => {
    const rule = fromUser({ regions: "us-*", models: ["anthropic.*", "deepseek.r1*"], prefix: "corp." }, from)
    assert.strictEqual(
      ModelId.explain(ModelId.resolve(bare, "us-east-1", [rule, ...guideRules])),
      `corp. added: anthropic.*, deepseek.r1* in us-* (region us-east-1), your own rule (${from})`
    )
  })
})

describe("resolve, for any ID, region, rules and choices:", () => {
  const Region = FastCheck.oneof(FastCheck.constantFrom(...awsRegions), FastCheck.string())
  const known = FastCheck.constantFrom(...bedrockModelIds)
  const Id = FastCheck.oneof(
    known,
    FastCheck.tuple(FastCheck.constantFrom(...recognized, ...alsoAws), known).map(([prefix, id]) => prefix + id),
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
  const Choices: FastCheck.Arbitrary<ModelId.Choices> = FastCheck.record({
    crossRegion: FastCheck.record({
      value: FastCheck.constantFrom("auto", "off", "us", "eu", "us-gov", "corp", "anthropic"),
      from: FastCheck.constant("--cross-region")
    })
  }, { requiredKeys: [] })
  const requestedPrefix = ({ crossRegion }: ModelId.Choices) =>
    crossRegion === undefined || ["auto", "off"].includes(crossRegion.value) ? [] : [`${crossRegion.value}.`]
  const runs = { fastCheck: { numRuns: 500 * Number(process.env["PROPERTY_RUNS"] ?? 1) } }

  it.prop(
    "the wire ID is the ID, or one prefix and the ID",
    [Id, Region, Rules, Choices],
    ([id, region, rules, choices]) => {
      const { configured, reason, wire } = ModelId.resolve(id, region, rules, choices)
      assert.strictEqual(configured, id)
      if (reason._tag === "Rule") assert.strictEqual(wire, reason.rule.prefix + id)
      else if (reason._tag === "Forced") assert.strictEqual(wire, requestedPrefix(choices)[0] + id)
      else assert.strictEqual(wire, id)
    },
    runs
  )

  it.prop(
    "resolving the wire ID does not change it",
    [Id, Region, Region, Rules, Choices],
    ([id, here, there, rules, choices]) => {
      const { wire } = ModelId.resolve(id, here, rules, choices)
      assert.strictEqual(ModelId.resolve(wire, here, rules, choices).wire, wire)
      if (wire !== id) assert.strictEqual(ModelId.resolve(wire, there, rules, choices).wire, wire)
    },
    runs
  )

  it.prop("there are never two prefixes", [Id, Region, Rules, Choices], ([id, region, rules, choices]) => {
    const prefixes = [...recognized, ...alsoAws, ...requestedPrefix(choices), ...rules.map(({ prefix }) => prefix)]
      .filter((prefix) => prefix !== "")
    const { wire } = ModelId.resolve(id, region, rules, choices)
    if (prefixes.some((prefix) => id.startsWith(prefix))) assert.strictEqual(wire, id)
    assert.include([id, ...prefixes.map((prefix) => prefix + id)], wire)
  }, runs)

  it.prop(
    "off never changes an ID",
    [Id, Region, Rules],
    ([id, region, rules]) => {
      const choices = { crossRegion: { value: "off", from: "--cross-region" } }
      assert.strictEqual(ModelId.resolve(id, region, rules, choices).wire, id)
    },
    runs
  )

  it.prop(
    "an ARN never changes",
    [FastCheck.string().map((rest) => `arn:${rest}`), Region, Rules, Choices],
    ([arn, region, rules, choices]) => {
      assert.strictEqual(ModelId.resolve(arn, region, rules, choices).wire, arn)
    },
    runs
  )

  it.prop(
    "a name without the form of a provider's ID never changes",
    [FastCheck.string().filter((text) => !text.includes(".")), Region, Rules, Choices],
    ([alias, region, rules, choices]) => {
      assert.strictEqual(ModelId.resolve(alias, region, rules, choices).wire, alias)
    },
    runs
  )

  it.prop(
    "the explanation is one line",
    [Id, FastCheck.constantFrom(...awsRegions), Choices],
    ([id, region, choices]) => {
      assert.match(
        ModelId.explain(ModelId.resolve(id, region, guideRules, choices)),
        /^(\S+ added|sent as it is): .+$/
      )
    },
    runs
  )
})

describe("explain", () => {
  it.each([
    ["anthropic.claude-sonnet-4-6-v1", "us-east-1", "us. added: Claude in us-* (region us-east-1)"],
    ["amazon.nova-pro-v1:0", "ap-south-1", "apac. added: Nova Lite/Micro/Pro in ap-* (region ap-south-1)"],
    ["amazon.nova-pro-v1:0", "eu-west-1", "sent as it is: no rule lists this model for eu-west-1"],
    ["global.anthropic.claude-sonnet-4-6", "us-east-1", "sent as it is: it already begins with global."],
    ["us-gov.anthropic.claude-sonnet-4-6", "us-gov-west-1", "sent as it is: it already begins with us-gov."],
    [arns[0] ?? "", "us-east-1", "sent as it is: it is an ARN"],
    ["claude-prod", "us-east-1", "sent as it is: it is a gateway's own name, not a provider's model ID"]
  ])("of %s in %s is: %s", (id, region, sentence) => {
    assert.strictEqual(ModelId.explain(resolve(id, region)), sentence)
  })

  it("of a rule without a prefix names the rule", () => {
    const rules = [{ regions: "us-*", models: ["deepseek.*"], families: "DeepSeek", prefix: "" }]
    assert.strictEqual(
      ModelId.explain(ModelId.resolve("deepseek.v3.2", "us-east-1", rules)),
      "sent as it is: DeepSeek in us-* (region us-east-1)"
    )
  })
})
