import { assert, describe, it } from "@effect/vitest"
import * as Redacted from "effect/Redacted"
import { isExpired } from "../../src/Diagnosis.ts"
import type { Attempt } from "../../src/internal/failure/attempt.ts"
import { fromStream } from "../../src/internal/failure/fromThrown.ts"
import { redactHeaders } from "../../src/internal/identity/redactHeaders.ts"
import { longQuotaPeriod, retryAfterMillis } from "../../src/internal/transport/retryAfter.ts"
import { answered as answer, attempt, keyed, thrown } from "./attempt.ts"

const ofProfile: Attempt = {
  ...keyed,
  identity: {
    ...keyed.identity,
    ...(keyed.identity._tag === "AwsChain" ? { profile: "dev" } : {})
  } as Attempt["identity"]
}

const named = (status: number, headers: Record<string, string>, body: object = {}) => {
  const { reason, type } = answer(status, body, headers)
  return [reason, type]
}

const words = (body: unknown) => answer(400, body).message

describe("a failed response", () => {
  it("is classified by its exception name, wherever that is", () => {
    assert.deepStrictEqual(named(400, { "x-amzn-errortype": "ValidationException:http://internal.amazon.com/" }), [
      "Validation",
      "ValidationException"
    ])
    assert.deepStrictEqual(named(429, {}, { __type: "com.amazon.bedrock#ThrottlingException" }), [
      "Throttled",
      "ThrottlingException"
    ])
    assert.deepStrictEqual(
      named(200, {}, { Output: { __type: "com.amazon.coral.service#UnknownOperationException" } }),
      [
        "ModelNotFound",
        "UnknownOperationException"
      ]
    )
  })

  it("has only what the exception name says as its message if the body contains nothing else", () => {
    const message = (body: object) => answer(404, body).message
    const name = { __type: "com.amazon.coral.service#UnknownOperationException" }
    assert.strictEqual(
      message({ Output: name, Version: "1.0" }),
      "the gateway has no such path (UnknownOperationException)"
    )
    assert.strictEqual(message(name), "the gateway has no such path (UnknownOperationException)")
    assert.include(message({ ...name, cause: "no such stage" }), "no such stage")
  })

  it("is classified by its status if it has no exception name", () => {
    const statuses = [400, 401, 403, 404, 408, 413, 424, 429, 500, 502, 503, 504, 529, 302]
    assert.deepStrictEqual(statuses.map((status) => answer(status, "").reason), [
      "Validation",
      "Authentication",
      "Permission",
      "ModelNotFound",
      "Timeout",
      "Validation",
      "ModelError",
      "Throttled",
      "Unavailable",
      "Unavailable",
      "Unavailable",
      "Unavailable",
      "Unavailable",
      "WrongContentType"
    ])
  })

  it("is classified by its exception name and status rather than its text", () => {
    assert.strictEqual(
      answer(429, { message: "Too many tokens, please wait before trying again." }).reason,
      "Throttled"
    )
    assert.strictEqual(answer(400, { message: "The security token in your text is too long" }).reason, "Validation")
  })

  it("reports the service's message, wherever a gateway puts it", () => {
    assert.strictEqual(words({ message: "no" }), "HTTP 400: no")
    assert.strictEqual(words({ Message: "No" }), "HTTP 400: No")
    assert.strictEqual(words({ error: { message: "nope" } }), "HTTP 400: nope")
    assert.strictEqual(words({ error: "nay" }), "HTTP 400: nay")
    assert.strictEqual(words({ detail: "not so" }), "HTTP 400: not so")
    assert.strictEqual(words("plain\nwords"), "HTTP 400: plain words")
    assert.strictEqual(words(""), "HTTP 400 (Bad Request) without a message")
  })

  it("is reported with its status but without its markup if it is a page", () => {
    const error = answer(502, "<html><head><title>502 Bad Gateway</title></head><body>x</body></html>", {
      "content-type": "text/html"
    })
    assert.strictEqual(error.reason, "Unavailable")
    assert.strictEqual(error.status, 502)
    assert.strictEqual(
      error.message,
      "The gateway answered HTTP 502 with a web page instead of Bedrock's JSON: \"502 Bad Gateway\""
    )
  })

  it("has the wrong content type if it is a login page or a redirect", () => {
    const page = answer(200, "<!doctype html><title>Sign in</title>", { "content-type": "text/html; charset=utf-8" })
    assert.strictEqual(page.reason, "WrongContentType")
    assert.strictEqual(
      page.message,
      "The gateway answered HTTP 200 with a login page instead of Bedrock's response: \"Sign in\""
    )
    assert.include(
      answer(302, "", { location: "https://login.example.com/?token=abc" }).message,
      "(HTTP 302) to https://login.example.com/"
    )
    for (const location of ["https://login.example.com/?token=abc", "/login?token=abc"]) {
      assert.notInclude(answer(302, "", { location }).message, "abc")
    }
  })

  it("contains the request ID and the time to wait", () => {
    const error = answer(429, {}, { "x-amzn-requestid": "r-1", "retry-after": "7" })
    assert.strictEqual(error.requestId, "r-1")
    assert.strictEqual(error.retryAfterMillis, 7000)
    assert.strictEqual(error.attempts, 2)
  })

  it("never contains a credential that the gateway echoes", () => {
    const error = answer(401, { message: "bad token canary-token" })
    assert.notInclude(JSON.stringify(error), "canary")
    const other = answer(403, { message: "AKIACANARY canary-secret canary-session" }, {}, keyed)
    assert.notInclude(JSON.stringify(other), "canary-s")
    assert.notInclude(JSON.stringify(other), "AKIACANARY")
  })
})

describe("a refused credential", () => {
  it("is distinguished from a missing permission by the text of the response", () => {
    const name = { "x-amzn-errortype": "AccessDeniedException" }
    const invalid = { Message: "Authentication failed: Please make sure your API Key is valid." }
    assert.strictEqual(answer(403, invalid, name).reason, "Authentication")
    const denied = { message: "You don't have access to the model with the specified model ID." }
    assert.strictEqual(answer(403, denied, name).reason, "Permission")
  })

  it("is recognized as expired", () => {
    assert.isTrue(isExpired(answer(403, { Message: "Bearer Token has expired" })))
    assert.isTrue(isExpired(answer(403, { __type: "ExpiredTokenException" }, {}, keyed)))
    assert.isFalse(isExpired(answer(401, {})))
  })
})

describe("the evidence", () => {
  it("contains the parts of the response that explain it", () => {
    const headers = {
      date: "Thu, 01 Jan 1970 00:00:10 GMT",
      "www-authenticate": "Basic",
      upgrade: "h2c",
      location: "/a?token=b"
    }
    const { response } = answer(401, {}, headers).evidence!
    const { location } = response!
    assert.deepStrictEqual(response, {
      form: "json",
      receivedAt: 0,
      clockSkewMillis: -10_000,
      challenge: "Basic",
      upgrade: "h2c",
      location,
      headers: { "content-type": "application/json", ...headers, location: location! }
    })
    assert.notInclude(location, "b")
  })

  it("contains all headers, without what is secret in them", () => {
    const { headers } = answer(429, {}, {
      "x-amzn-errortype": "ThrottlingException:http://internal.amazon.com/",
      "x-ratelimit-remaining-tokens": "0",
      "set-cookie": "session=canary",
      "x-api-key": "canary",
      "x-echo": "Bearer canary-token",
      "content-location": "https://user:canary@gw.example.com/"
    }).evidence!.response!
    assert.deepInclude(headers, {
      "x-amzn-errortype": "ThrottlingException:http://internal.amazon.com/",
      "x-ratelimit-remaining-tokens": "0",
      "set-cookie": "<redacted>",
      "x-api-key": "<redacted>",
      "x-echo": "Bearer <redacted>"
    })
    assert.notInclude(JSON.stringify(headers), "canary")
  })

  it("contains the credential without its secrets", () => {
    const url =
      "https://x/?X-Amz-Credential=AK%2F20260101%2Fus-east-1%2Fbedrock%2Faws4_request&X-Amz-Date=20260101T000000Z&X-Amz-Expires=60"
    const key = `bedrock-api-key-${Buffer.from(url).toString("base64")}`
    const withKey = { ...attempt, identity: { ...attempt.identity, token: Redacted.make(key) } as Attempt["identity"] }
    const error = answer(401, {}, {}, withKey)
    assert.deepStrictEqual(error.evidence?.authorization, {
      kind: "Bearer",
      source: "AWS_BEARER_TOKEN_BEDROCK",
      refreshable: false,
      bedrockKey: { region: "us-east-1", expiresAt: Date.UTC(2026, 0, 1, 0, 1) }
    })
    assert.notInclude(JSON.stringify(error), key)
    assert.deepStrictEqual(answer(403, {}, {}, ofProfile).evidence?.authorization, {
      kind: "AwsChain",
      source: "profile dev (SSO)",
      refreshable: true,
      profile: "dev"
    })
  })

  it("contains no credential that a response's headers echo", () => {
    const headers = { "www-authenticate": "Bearer realm=canary-token", location: "https://x/canary-token" }
    assert.notInclude(JSON.stringify(answer(401, {}, headers)), "canary-token")
  })
})

const frame = (name: string) =>
  fromStream(Object.assign(new Error("m"), { name, $fault: "server" }), attempt, { requestId: "r" })

describe("a thrown error", () => {
  it("contains the host if connecting failed", () => {
    const error = thrown({ code: "ECONNREFUSED" })
    assert.strictEqual(error.reason, "Connection")
    assert.strictEqual(error.message, "no connection to gw.example.com: ECONNREFUSED")
    assert.strictEqual(
      thrown({ code: "EPROTO" }, "140735:error:0A00010B").message,
      "no connection to gw.example.com: EPROTO"
    )
  })

  it("is an invalid request if the SDK could not create it", () => {
    const error = thrown({}, "Region not accepted")
    assert.deepStrictEqual([error.reason, error.type, error.status], ["Validation", undefined, undefined])
  })

  it("is an invalid request if Node.js refuses to send it", () => {
    for (
      const [code, message] of [
        ["ERR_INVALID_CHAR", "Invalid character in header content [\"Authorization\"]"],
        ["ERR_UNESCAPED_CHARACTERS", "Request path contains unescaped characters"],
        ["ERR_HTTP_INVALID_HEADER_VALUE", "Invalid value \"undefined\" for header \"x\""],
        ["ERR_INVALID_HTTP_TOKEN", "Header name must be a valid HTTP token"]
      ] as const
    ) {
      const error = thrown({ code }, message)
      assert.deepStrictEqual([error.reason, error.type], ["Validation", code])
      assert.strictEqual(error.message, `the request can't be sent: ${message}`)
    }
    assert.strictEqual(thrown({ code: "ERR_INVALID_PROTOCOL" }).reason, "Connection")
  })

  it("is a timeout if the connection was not established in time", () => {
    const error = thrown({ name: "TimeoutError" }, "the request socket did not establish a connection")
    assert.strictEqual(error.reason, "Timeout")
    assert.strictEqual(error.type, "ConnectTimeout")
    assert.include(error.message, "gw.example.com")
  })

  it("is classified by its exception name if it arrived in the stream", () => {
    assert.deepStrictEqual(
      [
        "InternalServerException",
        "ModelStreamErrorException",
        "ValidationException",
        "ThrottlingException",
        "ServiceUnavailableException",
        "NovelException"
      ].map((name) => frame(name).reason),
      ["Unavailable", "ModelError", "Validation", "Throttled", "Unavailable", "ModelError"]
    )
  })
})

describe("Retry-After", () => {
  const wait = (headers: Record<string, string>, now = 0, status = 429) => retryAfterMillis(status, headers, now)

  it("is parsed as seconds or a date only", () => {
    assert.strictEqual(wait({ "retry-after": "1.5" }), 1500)
    assert.strictEqual(wait({ "retry-after": "Thu, 01 Jan 1970 00:00:10 GMT" }, 4000), 6000)
    assert.strictEqual(wait({ "retry-after": "Thu, 01 Jan 1970 00:00:10 GMT" }, 40_000), 0)
    assert.isUndefined(wait({ "retry-after": "soon" }))
    assert.isUndefined(wait({}))
  })

  it("is compared with the server's clock if it is a date", () => {
    const headers = { "retry-after": "Thu, 01 Jan 1970 00:00:10 GMT", date: "Thu, 01 Jan 1970 00:00:03 GMT" }
    assert.strictEqual(wait(headers, 3_600_000), 7000)
  })

  it("has other names at some gateways", () => {
    assert.strictEqual(wait({ "retry-after-ms": "250", "retry-after": "1" }), 250)
    assert.strictEqual(wait({ "x-ratelimit-reset": "30" }), 30_000)
    assert.strictEqual(wait({ "ratelimit-reset": "1700000030" }, 1_700_000_000_000), 30_000)
    assert.isUndefined(wait({ "x-ratelimit-reset": "30", "x-ratelimit-remaining": "12" }), "the window has room")
    assert.isUndefined(wait({ "x-ratelimit-reset": "30" }, 0, 503), "the window is not why")
  })

  it("is ignored for a quota per day or longer", () => {
    for (
      const [message, period] of [
        ["Too many tokens per day, please wait before trying again.", "day"],
        ["Your daily token quota is used up", "day"],
        ["monthly budget of the team is used up", "month"],
        ["Weekly limit reached", "week"],
        ["Too many tokens, please wait before trying again.", undefined],
        ["Too many requests for team daily-news", undefined]
      ] as const
    ) {
      assert.strictEqual(longQuotaPeriod(message), period, message)
    }
  })
})

it("headers are logged without credentials", () => {
  const line = redactHeaders({
    authorization: "Bearer canary-token",
    "x-amz-security-token": "canary-session",
    cookie: "a=b",
    "x-api-key": "k",
    "x-echo": "was canary-token",
    "content-type": "application/json"
  }, attempt.identity)
  assert.strictEqual(
    line,
    "authorization: Bearer <redacted>; x-amz-security-token: <redacted>; cookie: <redacted>; x-api-key: <redacted>; "
      + "x-echo: was <redacted>; content-type: application/json"
  )
})
