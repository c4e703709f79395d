import { assert, describe, it } from "@effect/vitest"
import { isWrongPath, wrongPath } from "../src/internal/failure/hint/wrongPath.ts"

describe("a path at which nothing is", () => {
  it("is told from a model that is not there", () => {
    assert.isTrue(isWrongPath(404, undefined))
    assert.isTrue(isWrongPath(405, undefined))
    assert.isTrue(isWrongPath(200, "UnknownOperationException"))
    assert.isFalse(isWrongPath(404, "ResourceNotFoundException"))
  })

  for (
    const [base, words] of [
      ["https://gw.example.com", "baseURL has no path; gateways often need one, such as /bedrock"],
      ["https://gw.example.com/bedrock/v2", "Usually the path /bedrock/v2 in baseURL is wrong"],
      ["https://gw.example.com/bedrock/model/claude/converse", "leave it out from /model on"],
      ["https://gw.example.com/openai/v1", "that of another protocol"],
      ["https://bedrock.us-east-1.amazonaws.com", "the host is bedrock-runtime"],
      ["https://bedrock-runtime.us-east-1.amazonaws.com/v1", "Amazon's own endpoint has no path: leave /v1 out"]
    ] as const
  ) {
    it(`(${base}) is named with the URL that was tried and what is likely wrong with it`, () => {
      const hint = wrongPath(`${base}/model/claude-prod/converse-stream`)
      assert.include(hint, `Tried POST ${base}/model/claude-prod/converse-stream.`)
      assert.include(hint, words)
    })
  }

  it("may be a proxy's doing, when it decodes the slash of an ARN", () => {
    assert.include(wrongPath("https://gw.example.com/b/model/arn%3Aaws%3Abedrock%3Aa%2Fb/converse"), "decode the %2F")
    assert.notInclude(wrongPath("https://gw.example.com/b/model/claude-prod/converse"), "%2F")
  })
})
