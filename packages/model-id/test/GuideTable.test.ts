import * as ModelId from "@altimate-code/model-id/ModelId"
import { guideRules } from "@altimate-code/model-id/PrefixRules"
import { assert, describe, it } from "@effect/vitest"
import { awsRegions } from "./awsRegions.ts"
import { type BedrockFamily, bedrockModelIds, bedrockModels } from "./bedrockModels.ts"

// The guide's table as a reader understands it: every region by name and every model by family, without patterns.
const claude: ReadonlyArray<BedrockFamily> = ["Claude Sonnet 4.5", "Claude Haiku", "other Claude"]
const table: ReadonlyArray<{
  readonly prefix: string
  readonly regions: string
  readonly families: ReadonlyArray<BedrockFamily>
}> = [
  {
    prefix: "us.",
    regions: "us-east-1 us-east-2 us-west-1 us-west-2 " +
      "us-iso-east-1 us-iso-west-1 us-isob-east-1 us-isob-west-1 us-isof-east-1 us-isof-south-1",
    families: [...claude, "Nova Lite", "Nova Micro", "Nova Pro", "other Nova text", "DeepSeek"]
  },
  {
    prefix: "eu.",
    regions: "eu-central-1 eu-central-2 eu-north-1 eu-south-1 eu-south-2 eu-west-1 eu-west-2 eu-west-3 eu-isoe-west-1",
    families: [...claude, "Nova Lite", "Nova Micro", "Llama 3", "Pixtral"]
  },
  { prefix: "jp.", regions: "ap-northeast-1", families: [...claude, "Nova Lite", "Nova Micro", "Nova Pro"] },
  { prefix: "au.", regions: "ap-southeast-2 ap-southeast-4", families: ["Claude Sonnet 4.5", "Claude Haiku"] },
  {
    prefix: "apac.",
    regions: "ap-east-1 ap-east-2 ap-northeast-2 ap-northeast-3 ap-south-1 ap-south-2 ap-southeast-1 " +
      "ap-southeast-3 ap-southeast-5 ap-southeast-6 ap-southeast-7",
    families: [...claude, "Nova Lite", "Nova Micro", "Nova Pro"]
  },
  {
    prefix: "",
    regions: "us-gov-east-1 us-gov-west-1 ca-central-1 ca-west-1 mx-central-1 sa-east-1 sa-west-1 af-south-1 " +
      "il-central-1 me-central-1 me-south-1 me-west-1 eusc-de-east-1 cn-north-1 cn-northwest-1 aws-global " +
      "aws-cn-global aws-iso-global aws-iso-b-global aws-iso-e-global aws-iso-f-global aws-us-gov-global",
    families: []
  }
]

const rowOf = (region: string) => table.find(({ regions }) => regions.split(" ").includes(region))

const expected = (id: string, region: string): string => {
  const row = rowOf(region)
  const listed = row?.families.some((family) => bedrockModels[family].some((listedId) => listedId === id)) ?? false
  return listed ? `${row?.prefix}${id}` : id
}

const wire = (id: string, region: string): string => ModelId.resolve(id, region, guideRules).wire

describe("The guide's table, for every AWS region and every Bedrock model,", () => {
  it("has a row for each region that the AWS SDK knows", () => {
    assert.isAtLeast(awsRegions.length, 50)
    assert.deepStrictEqual(awsRegions.filter((region) => rowOf(region) === undefined), [])
  })

  it("lists each model once", () => {
    assert.strictEqual(new Set(bedrockModelIds).size, bedrockModelIds.length)
    assert.isAtLeast(bedrockModelIds.length, 150)
  })

  describe.each(awsRegions)("in %s", (region) => {
    it("has the table's ID for each model", () => {
      const sent = bedrockModelIds.map((id) => wire(id, region))
      assert.deepStrictEqual(sent, bedrockModelIds.map((id) => expected(id, region)))
    })
  })

  // Regions in the row times models in the row, counted by hand in the lists above and in bedrockModels.ts.
  it.each([
    { prefix: "us.", regions: 10, models: 32 + 6 + 5 + 3 },
    { prefix: "eu.", regions: 9, models: 32 + 4 + 10 + 1 },
    { prefix: "jp.", regions: 1, models: 32 + 6 },
    { prefix: "au.", regions: 2, models: 1 + 5 },
    { prefix: "apac.", regions: 11, models: 32 + 6 }
  ])("adds $prefix to $models models in $regions regions", ({ models, prefix, regions }) => {
    const prefixed = awsRegions.flatMap((region) =>
      bedrockModelIds.filter((id) => wire(id, region) === prefix + id).map((id) => ({ id, region }))
    )
    assert.strictEqual(new Set(prefixed.map(({ region }) => region)).size, regions)
    assert.strictEqual(new Set(prefixed.map(({ id }) => id)).size, models)
    assert.strictEqual(prefixed.length, regions * models)
  })

  it("never prefixes anything in GovCloud", () => {
    for (const region of ["us-gov-west-1", "us-gov-east-1", "us-gov-anywhere-9"]) {
      for (const id of bedrockModelIds) assert.strictEqual(wire(id, region), id)
    }
  })
})
