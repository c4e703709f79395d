import * as ModelRef from "@altimate-code/model-id/ModelRef"
import { assert, describe, it } from "@effect/vitest"
import { assertRight } from "@effect/vitest/utils"
import * as Either from "effect/Either"
import * as FastCheck from "effect/FastCheck"

const arn = "arn:aws:bedrock:us-east-1:111122223333:inference-profile/us.anthropic.claude-sonnet-4-6"

describe("parse", () => {
  it.each([
    ["amazon-bedrock/anthropic.claude-sonnet-4-6-v1", "anthropic.claude-sonnet-4-6-v1"],
    ["anthropic.claude-sonnet-4-6-v1", "anthropic.claude-sonnet-4-6-v1"],
    [`amazon-bedrock/${arn}`, arn],
    [arn, arn],
    ["claude-prod", "claude-prod"],
    ["amazon-bedrock/team-a/claude-prod", "team-a/claude-prod"],
    ["amazon-bedrock/openai/gpt-oss", "openai/gpt-oss"]
  ])("reads %s as %s", (ref, id) => {
    assertRight(ModelRef.parse(ref), id)
  })

  it("refuses another provider, and explains how to name a gateway's own model", () => {
    const error = Either.getOrThrow(Either.flip(ModelRef.parse("anthropic/claude-sonnet-4-6")))
    assert.strictEqual(error.reason, "OtherProvider")
    assert.strictEqual(error.input, "anthropic/claude-sonnet-4-6")
    assert.include(error.message, "\"anthropic\"")
    assert.include(error.hint, "amazon-bedrock/anthropic/claude-sonnet-4-6")
  })

  it.each(["", "  ", "amazon-bedrock/", "amazon-bedrock/  "])("refuses '%s', which names no model", (ref) => {
    const error = Either.getOrThrow(Either.flip(ModelRef.parse(ref)))
    assert.strictEqual(error.reason, "Empty")
    assert.include(error.hint, "amazon-bedrock/anthropic.claude-sonnet-4-6-v1")
  })

  it.prop(
    "returns everything after amazon-bedrock/",
    [FastCheck.string().filter((text) => text.trim() !== "")],
    ([id]) => {
      assertRight(ModelRef.parse(`amazon-bedrock/${id}`), id)
    }
  )
})
