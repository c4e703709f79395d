import { assert, describe, it } from "@effect/vitest"
import { isWrongPath, lacksRoute, wrongPath } from "../src/internal/failure/hint/wrongPath.ts"

describe("a path at which nothing is", () => {
  it("is told from a model that is not there", () => {
    assert.isTrue(isWrongPath({ status: 404 }))
    assert.isTrue(isWrongPath({ status: 405 }))
    assert.isTrue(isWrongPath({ status: 200, type: "UnknownOperationException" }))
    assert.isTrue(isWrongPath({ status: 403, message: "Unable to determine service/operation name to be authorized" }))
    assert.isFalse(isWrongPath({ status: 404, type: "ResourceNotFoundException" }))
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

describe("a URL of a gateway that has answered before", () => {
  const base = "https://gw.example.com/bedrock/model"
  const whole = `${base}/claude/converse`
  const stream = `${base}/claude/converse-stream`
  const hint = (url: string, ...answered: ReadonlyArray<string>) => lacksRoute({ url, answered: new Set(answered) })

  it("has a right baseURL: the gateway lacks the path for whole answers, or that for streams", () => {
    assert.match(hint(whole, stream)!, /baseURL is right.*lacks the path for whole answers, \/converse:/)
    assert.match(hint(stream, whole)!, /baseURL is right.*set options\.streaming to off/)
    assert.match(hint(`${whole}?v=1`, `${stream}?v=1`)!, /whole answers/)
  })

  it("has a model that the gateway does not know, or a server among several that differs", () => {
    assert.match(hint(whole, `${base}/other/converse-stream`)!, /another model has answered there/)
    assert.match(hint(whole, whole)!, /has answered before/)
  })

  it("may be wrong where nothing has answered, or only something else", () => {
    assert.isUndefined(hint(whole))
    assert.isUndefined(hint(whole, "https://gw.example.com/v2/model/claude/converse"))
  })
})
