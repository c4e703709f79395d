import { assert, describe, it } from "@effect/vitest"
import { pathHint } from "../../src/command-line/failure/hints/pathHint.ts"

const unanswered = { operation: "converse" } as const

describe("the hint for a URL without the Converse operation", () => {
  for (
    const [base, problem] of [
      ["https://gw.example.com", "baseURL has no path, but gateways often need one, such as /bedrock"],
      ["https://gw.example.com/bedrock/v2", "The path /bedrock/v2 in baseURL is probably wrong"],
      ["https://gw.example.com/bedrock/model/claude/converse", "Remove everything from /model on"],
      ["https://gw.example.com/openai/v1", "that of another protocol"],
      ["https://bedrock.us-east-1.amazonaws.com", "Use the host bedrock-runtime"],
      ["https://bedrock-runtime.us-east-1.amazonaws.com/v1", "Amazon's own endpoint has no path. Remove /v1"]
    ] as const
  ) {
    it(`(${base}) names the URL that was tried and its likely problem`, () => {
      const hint = pathHint({ url: `${base}/model/claude-prod/converse`, evidence: unanswered })
      assert.include(hint, `Tried POST ${base}/model/claude-prod/converse.`)
      assert.include(hint, problem)
    })
  }

  it("mentions proxies that decode the slash of an ARN", () => {
    const hint = (id: string) =>
      pathHint({ url: `https://gw.example.com/b/model/${id}/converse`, evidence: unanswered })
    assert.include(hint("arn%3Aaws%3Abedrock%3Aa%2Fb"), "decode the %2F")
    assert.notInclude(hint("claude-prod"), "%2F")
  })

  it("does not blame the URL of a gateway that has answered before", () => {
    const url = "https://gw.example.com/bedrock/model/claude/converse"
    for (
      const [operation, answeredBefore, problem] of [
        ["converse", "other-operation", /baseURL is right.*lacks the path for complete answers, \/converse\./],
        ["converse-stream", "other-operation", /baseURL is right.*Set options\.streaming to off/],
        ["converse", "other-model", /baseURL is right: another model has answered there/],
        ["converse", "same-url", /baseURL is right: the same URL has answered before/]
      ] as const
    ) {
      const hint = pathHint({ url, evidence: { operation, answeredBefore } })
      assert.match(hint, problem)
      assert.notInclude(hint, "wrong")
    }
  })
})
