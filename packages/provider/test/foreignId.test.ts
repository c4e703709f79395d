import { assert, describe, it } from "@effect/vitest"
import { foreignLines, foreignParts } from "../src/internal/failure/hint/foreignId.ts"
import { saidOfModel } from "../src/internal/failure/modelComplaint.ts"
import { answered } from "./attempt.ts"

const id = "anthropic.claude-sonnet-4-6-v1"

describe("what other tools add to a model's ID", () => {
  for (
    const [configured, parts, left] of [
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
    it(`(${configured}) is found, and what is left without it`, () => {
      const found = foreignParts(configured)
      assert.deepStrictEqual(found.parts.map(({ part }) => part), [...parts])
      assert.strictEqual(found.left, left)
      const lines = foreignLines(configured).join("\n")
      for (const part of parts) assert.include(lines, `"${part}" in "${configured}"`)
      assert.include(lines, `Without it: "${left}".`)
    })
  }

  for (
    const own of [
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
    it(`(${own}) is Bedrock's or a gateway's own name, and nothing is found`, () => assert.isEmpty(foreignLines(own)))
  }

  it("may be the whole name: that of Anthropic's own API", () => {
    assert.include(foreignLines("claude-sonnet-4-5-20250929").join(), "Bedrock's IDs begin with \"anthropic.\"")
    assert.include(foreignLines("Anthropic.Claude-Sonnet-4-6-v1").join(), "lower case")
  })
})

describe("a refusal of the model's ID", () => {
  for (
    const message of [
      "The provided model identifier is invalid.",
      "1 validation error detected: Value 'us.anthropic.claude[1m]' at 'modelId' failed to satisfy constraint",
      "Could not resolve the foundation model from the provided model identifier.",
      "Invalid model name passed in model=claude-x. Call `/v1/models` to view available models",
      "The model `claude-x` does not exist or you do not have access to it.",
      "model claude-x not found",
      "claude-x is not a valid model ID",
      "Unknown model: claude-x"
    ]
  ) it(`is recognized: ${message}`, () => assert.strictEqual(saidOfModel(answered(400, { message })), "invalid"))

  for (
    const message of [
      "This model doesn't support tool use in streaming mode.",
      "thinking.type.enabled is not supported for this model",
      "The model returned the following errors: Input is too long for requested model.",
      "messages.0.content.1: image is not available"
    ]
  ) it(`is not: ${message}`, () => assert.isUndefined(saidOfModel(answered(400, { message }))))
})
