import { assert, describe, it } from "@effect/vitest"
import { answered, attempt, keyed } from "./attempt.ts"
import { failedResponses } from "./failedResponses.ts"

for (const [group, responses] of Object.entries(failedResponses)) {
  describe(group, () => {
    for (const { body = "", headers, message, reason, sent = attempt, status, what } of responses) {
      it(`(${what}) has the right reason and message`, () => {
        const error = answered(status, body, headers, sent)
        assert.strictEqual(error.reason, reason)
        if (typeof message === "string") assert.strictEqual(error.message, message)
        else assert.match(error.message, message)
      })
    }
  })
}

describe("a signature that does not match", () => {
  it("has a short message, and the request that AWS expected to be signed in its detail, without secrets", () => {
    const error = answered(
      403,
      {
        message:
          "The request signature we calculated does not match the signature you provided.\n\nThe Canonical String for this request should have been\n'POST\n/model/x\n\nx-amz-security-token:canary-session\n'\n\nThe String-to-Sign should have been\n'AWS4-HMAC-SHA256\n20260101T000000Z'\n"
      },
      { "x-amzn-errortype": "SignatureDoesNotMatch" },
      keyed
    )
    assert.strictEqual(
      error.message,
      "SignatureDoesNotMatch: The request signature we calculated does not match the signature you provided."
    )
    assert.include(error.detail, "AWS4-HMAC-SHA256\n20260101T000000Z")
    assert.notInclude(JSON.stringify(error), "canary")
  })
})
