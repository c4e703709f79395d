import { assert, describe, it } from "@effect/vitest"
import { explainForeignId, findForeignParts } from "../../src/command-line/failure/hints/model/foreignId.ts"

const id = "anthropic.claude-sonnet-4-6-v1"

describe("an addition of another tool to a model's ID", () => {
  for (
    const [configured, parts, rest] of [
      [`${id}[1m]`, ["[1m]"], id],
      [`us.${id}[1M]`, ["[1M]"], `us.${id}`],
      [`${id}:thinking`, [":thinking"], id],
      [`${id}:high`, [":high"], id],
      ["claude-sonnet-4-5@20250929", ["@20250929"], "claude-sonnet-4-5"],
      ["claude-sonnet-4-5-latest", ["-latest"], "claude-sonnet-4-5"],
      [`bedrock/${id}`, ["bedrock/"], id],
      [`amazon-bedrock/${id}`, ["amazon-bedrock/"], id],
      [`bedrock/converse/us.${id}`, ["bedrock/converse/"], `us.${id}`],
      [`us.us.${id}`, ["us."], `us.${id}`],
      [`us.eu.${id}`, ["us."], `eu.${id}`],
      [`bedrock/${id}[1m]`, ["[1m]", "bedrock/"], id]
    ] as const
  ) {
    it(`(${configured}) is found, and removed from the ID`, () => {
      const found = findForeignParts(configured)
      assert.deepStrictEqual(found.parts.map(({ part }) => part), [...parts])
      assert.strictEqual(found.rest, rest)
      const lines = explainForeignId(configured).join("\n")
      for (const part of parts) assert.include(lines, `"${part}" in "${configured}"`)
      assert.include(lines, `Without ${parts.length > 1 ? "them" : "it"}: "${rest}".`)
    })
  }

  for (
    const valid of [
      id,
      `us.${id}`,
      "anthropic.claude-3-sonnet-20240229-v1:0",
      "anthropic.claude-3-sonnet-20240229-v1:0:200k",
      "amazon.nova-pro-v1:0:300k",
      "us-gov.anthropic.claude-sonnet-4-5-20250929-v1:0",
      "arn:aws:bedrock:us-east-1:111122223333:application-inference-profile/a1b2[1m]",
      "claude-prod"
    ]
  ) {
    it(`(${valid}) is not found in a valid ID or a gateway's own name`, () => assert.isEmpty(explainForeignId(valid)))
  }

  it("can be the form of the whole name", () => {
    assert.include(explainForeignId("claude-sonnet-4-5-20250929").join(), "Bedrock's IDs begin with \"anthropic.\"")
    assert.include(explainForeignId("Anthropic.Claude-Sonnet-4-6-v1").join(), "lower case")
  })
})
