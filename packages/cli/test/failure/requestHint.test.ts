import { NetworkError } from "@altimate-code/network/NetworkError"
import { BedrockError } from "@altimate-code/provider/BedrockError"
import { assert, describe, it } from "@effect/vitest"
import * as Redacted from "effect/Redacted"
import { answered, attempt, keyed, thrown } from "../../../provider/test/failure/attempt.ts"
import { formatRetryTime } from "../../src/command-line/failure/hints/formatRetryTime.ts"
import { requestHint } from "../../src/command-line/failure/hints/requestHint.ts"

const hintFor = (...response: Parameters<typeof answered>) => requestHint(answered(...response))

const withKey = (region: string, life: number) => {
  const query =
    `X-Amz-Credential=AK%2F19691231%2F${region}%2Fbedrock%2Faws4_request&X-Amz-Date=19691231T235900Z&X-Amz-Expires=${life}`
  const token = Redacted.make(`bedrock-api-key-${Buffer.from(`https://x/?${query}`).toString("base64")}`)
  return { ...attempt, identity: { ...attempt.identity, token } as typeof attempt.identity }
}

describe("the hint for a refused credential", () => {
  it("names the credential, and how to renew one that has expired", () => {
    assert.include(hintFor(403, { Message: "Bearer Token has expired" }), "AWS_BEARER_TOKEN_BEDROCK has expired")
    assert.include(hintFor(401, {}), "The bearer token from AWS_BEARER_TOKEN_BEDROCK was refused by")
    const expired = { __type: "ExpiredTokenException" }
    assert.include(hintFor(403, expired, {}, keyed), "The AWS credentials from profile dev (SSO) have expired")
    const ofProfile = { ...keyed, identity: { ...keyed.identity, profile: "dev" } as typeof keyed.identity }
    assert.include(hintFor(403, expired, {}, ofProfile), "`aws sso login --profile dev`")
  })

  it("advises only what works: a stored token is not used while the variable is set", () => {
    const advice =
      "To use a token stored with `altimate-code auth login --provider amazon-bedrock`, unset AWS_BEARER_TOKEN_BEDROCK."
    assert.include(hintFor(401, {}), `get another one and set AWS_BEARER_TOKEN_BEDROCK to it. ${advice}`)
    assert.include(hintFor(403, { Message: "Bearer Token has expired" }), advice)
    assert.include(hintFor(401, {}, {}, withKey("eu-west-1", 30)), advice)
    const stored = { ...attempt, identity: { ...attempt.identity, from: "/home/you/auth.json" } }
    assert.include(
      hintFor(401, {}, {}, stored),
      "set AWS_BEARER_TOKEN_BEDROCK to it, or store it with `altimate-code auth login --provider amazon-bedrock`."
    )
  })

  it("mentions the clock, and reports how far it is off when the response shows it", () => {
    const date = { date: "Thu, 01 Jan 1970 00:20:00 GMT" }
    assert.include(hintFor(403, { __type: "UnrecognizedClientException" }, {}, keyed), "clock is right")
    assert.include(hintFor(403, { __type: "InvalidSignatureException" }, date, keyed), "clock is 20 minutes behind")
    assert.include(hintFor(403, { __type: "InvalidSignatureException" }, {}, keyed), "a gateway that rewrites")
  })

  it("reads the region and expiry of a short-term Bedrock API key", () => {
    assert.match(
      hintFor(403, {}, {}, withKey("us-west-2", 3600)),
      /for us-west-2, but the request went to eu-west-1.*Set "region": "us-west-2"/
    )
    assert.include(hintFor(401, {}, {}, withKey("eu-west-1", 30)), "expired at 1969-12-31T23:59:30.000Z")
  })

  it("explains that no credential was sent, or which headers were", () => {
    const identity = { from: "options.auth is none", refreshable: false } as const
    assert.include(
      hintFor(401, {}, {}, { ...attempt, identity: { ...identity, _tag: "None" } }),
      "No credential (options.auth is none) was sent, but"
    )
    assert.include(
      hintFor(401, {}, {}, { ...attempt, identity: { ...identity, _tag: "Headers" } }),
      "Check their names and values in options.headers"
    )
  })

  it("names the missing permission if the credential is valid", () => {
    const denied = { message: "You don't have access to the model with the specified model ID." }
    assert.include(hintFor(403, denied, { "x-amzn-errortype": "AccessDeniedException" }), "bedrock:InvokeModel")
  })
})

describe("the hint for a request", () => {
  it("names the URL that was tried", () => {
    assert.include(hintFor(404, { message: "no Route matched" }), attempt.url)
  })

  it("recognizes the on-demand message with either apostrophe, and an invalid identifier", () => {
    for (const apostrophe of ["'", "\u2019"]) {
      const message = `Invocation of model ID anthropic.x with on-demand throughput isn${apostrophe}t supported.`
      assert.include(hintFor(400, { message }), "inference profile")
    }
    assert.include(hintFor(400, { message: "The provided model identifier is invalid." }), "expects IDs without one")
  })

  it("names the field to leave out, unless it was left out already", () => {
    const refusal = { message: "extraneous key [cachePoint] is not permitted" }
    assert.include(hintFor(400, refusal), "set options.drop to [\"cachePoint\"]")
    assert.include(hintFor(400, refusal, {}, { ...attempt, drop: ["toolChoice"] }), "[\"toolChoice\", \"cachePoint\"]")
    assert.isEmpty(hintFor(400, refusal, {}, { ...attempt, drop: ["cachePoint"] }))
  })

  it("adds the ID by which the gateway's operators can find it", () => {
    assert.include(hintFor(500, {}, { "x-request-id": "4711" }), "can find this request by x-request-id 4711.")
  })

  it("shows when to try again", () => {
    assert.match(hintFor(429, {}, { "retry-after": "3600" }), /^Rate limited until .* \(in 1 hour\)\. Try again then\./)
    assert.include(hintFor(429, { message: "Too many tokens per day, please wait" }), "This quota is per day")
  })

  it("explains a connection that failed", () => {
    assert.include(requestHint(thrown({ code: "ENOTFOUND" })), "was not found")
    assert.include(requestHint(thrown({ code: "SELF_SIGNED_CERT_IN_CHAIN" })), "NODE_EXTRA_CA_CERTS")
    assert.include(requestHint(thrown({ code: "EPROTO" })), "http instead of https")
    const cause = new NetworkError({ reason: "Proxy", message: "the proxy is down", hint: "Start the proxy." })
    const error = new BedrockError({ reason: "Connection", message: cause.message, attempts: 1, cause })
    assert.strictEqual(requestHint(error), "Start the proxy.")
  })

  it("explains a request that could not be built or sent", () => {
    assert.include(requestHint(thrown({}, "Region not accepted")), "The request could not be built")
    assert.include(requestHint(thrown({ code: "ERR_INVALID_CHAR" })), "a character that HTTP does not allow")
  })

  it("names the setting of a time limit", () => {
    const error = new BedrockError({ reason: "Timeout", type: "TotalTimeout", message: "too slow", attempts: 1 })
    assert.include(requestHint(error), "A higher options.timeout.total (in milliseconds) waits longer.")
  })
})

describe("the time of the next attempt", () => {
  it("is in local time, with the date if it is not today", () => {
    const noon = new Date(2026, 10, 23, 12, 0, 30).getTime()
    assert.strictEqual(formatRetryTime(20_000, noon), "12:00 (in 20 s)")
    assert.strictEqual(formatRetryTime(59 * 60_000, noon), "12:59 (in 59 min)")
    assert.strictEqual(formatRetryTime(3_599_500, noon), "13:00 (in 1 hour)")
    assert.strictEqual(formatRetryTime(86_400_000, noon), "2026-11-24 12:00 (in 24 hours)")
    assert.strictEqual(formatRetryTime(30 * 86_400_000, noon), "2026-12-23 12:00 (in 30 days)")
  })
})
