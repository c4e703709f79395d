import { assert, describe, it } from "@effect/vitest"
import { isWrongPath, modelProblem } from "../../src/Diagnosis.ts"
import { findAnsweredBefore } from "../../src/internal/failure/answeredBefore.ts"
import { answered } from "./attempt.ts"

describe("an error about the model's ID", () => {
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
  ) it(`is recognized in: ${message}`, () => assert.strictEqual(modelProblem(answered(400, { message })), "invalid"))

  for (
    const message of [
      "This model doesn't support tool use in streaming mode.",
      "thinking.type.enabled is not supported for this model",
      "The model returned the following errors: Input is too long for requested model.",
      "messages.0.content.1: image is not available"
    ]
  ) it(`is not recognized in: ${message}`, () => assert.isUndefined(modelProblem(answered(400, { message }))))
})

describe("a path without the Converse operation", () => {
  it("is distinguished from an unknown model", () => {
    assert.isTrue(isWrongPath(answered(404, {})))
    assert.isTrue(isWrongPath(answered(405, {})))
    assert.isTrue(isWrongPath(answered(200, { __type: "UnknownOperationException" })))
    assert.isTrue(
      isWrongPath(answered(403, { message: "Unable to determine service/operation name to be authorized" }))
    )
    assert.isFalse(isWrongPath(answered(404, { __type: "ResourceNotFoundException" })))
  })
})

describe("a failed URL", () => {
  const base = "https://gw.example.com/bedrock/model"
  const whole = `${base}/claude/converse`
  const stream = `${base}/claude/converse-stream`
  const before = (url: string, ...urls: ReadonlyArray<string>) => findAnsweredBefore(url, new Set(urls))

  it("is compared with the closest URL that the gateway has answered", () => {
    assert.strictEqual(before(whole, whole, stream), "same-url")
    assert.strictEqual(before(whole, stream), "other-operation")
    assert.strictEqual(before(stream, whole), "other-operation")
    assert.strictEqual(before(`${whole}?v=1`, `${stream}?v=1`), "other-operation")
    assert.strictEqual(before(whole, `${base}/other/converse-stream`), "other-model")
    assert.isUndefined(before(whole))
    assert.isUndefined(before(whole, "https://gw.example.com/v2/model/claude/converse"))
  })
})
