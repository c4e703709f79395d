import { assert, describe, it } from "@effect/vitest"
import * as Option from "effect/Option"
import { findRefusal } from "../../src/internal/failure/findRefusal.ts"
import { refusedField } from "../../src/internal/failure/refusedField.ts"
import { answered } from "./attempt.ts"

const xml = { "content-type": "application/xml" }

describe("the error sentence", () => {
  for (
    const [what, body, message, headers] of [
      ["message", { message: "no" }, "no"],
      ["Message", { Message: "No" }, "No"],
      ["error.message", { error: { message: "nope" } }, "nope"],
      ["error", { error: "nay" }, "nay"],
      ["error.error.message", { error: { error: { message: "upstream said no" } } }, "upstream said no"],
      ["a message that is null", { message: null, error: "Internal", path: "/bedrock" }, "Internal"],
      ["Apigee", { fault: { faultstring: "quota", detail: { errorcode: "policies.Quota" } } }, "quota"],
      [
        "Cloudflare",
        { success: false, errors: [{ code: 1, message: "disabled" }], messages: [], result: null },
        "disabled"
      ],
      ["a list of errors under another name", { problems: [{ message: "bad" }, { message: "worse" }] }, "bad; worse"],
      ["a list at the top", [{ message: "first" }], "first"],
      [
        "strings in a list",
        { message: ["topP must be a number", "x must be a string"] },
        "topP must be a number; x must be a string"
      ],
      ["a string", "\"Key 42 was revoked\"", "Key 42 was revoked"],
      [
        "problem+json",
        { type: "about:blank", title: "Forbidden", status: 400, detail: "no contract" },
        "Forbidden: no contract"
      ],
      ["problem+json with a title alone", { type: "about:blank", title: "Blocked tenant" }, "Blocked tenant"],
      ["OAuth", { error: "invalid_token", error_description: "It ended" }, "invalid_token: It ended"],
      [
        "FastAPI",
        { detail: [{ loc: ["body", "tools", 0], msg: "not permitted", input: { message: "mine" } }] },
        "body.tools.0: not permitted"
      ],
      ["a detail", { detail: "not so" }, "not so"],
      [
        "JSON:API",
        { errors: [{ title: "Invalid", detail: "no such key", source: { pointer: "/system/1" } }] },
        "/system/1: Invalid: no such key"
      ],
      ["Ajv", {
        errors: [{
          instancePath: "",
          message: "must NOT have additional properties",
          params: { additionalProperty: "x" }
        }]
      }, "x: must NOT have additional properties"],
      [
        "ASP.NET",
        { title: "Errors occurred.", errors: { "$.system[1]": ["could not be mapped"] } },
        "Errors occurred.; $.system[1]: could not be mapped"
      ],
      ["Google", {
        error: {
          code: 400,
          message: "Bad",
          details: [{ fieldViolations: [{ field: "system[1]", description: "Cannot find field" }] }]
        }
      }, "Bad; system[1]: Cannot find field"],
      [
        "OpenAI",
        { error: { message: "Unknown parameter", param: "system[1].x", code: null } },
        "system[1].x: Unknown parameter"
      ],
      ["msg", { code: 40013, msg: "quota is used up" }, "quota is used up"],
      ["reason", { reason: "not on the list" }, "not on the list"],
      [
        "LiteLLM with another service's JSON in it",
        {
          error: {
            message: "litellm.BadRequestError: BedrockException - {\"message\":\"Too large.\"}. Model Group=claude"
          }
        },
        "litellm.BadRequestError: BedrockException: Too large. Model Group=claude"
      ],
      [
        "Python's bytes in it",
        { error: "BedrockException - b'{\"message\":\"Too large\"}'" },
        "BedrockException: Too large"
      ],
      [
        "JSON in JSON in JSON",
        { message: JSON.stringify({ error: { message: JSON.stringify({ message: "deep" }) } }) },
        "deep"
      ],
      [
        "an XML error",
        "<?xml version=\"1.0\"?><ErrorResponse><Error><Code>Oops</Code><Message>not on the list</Message></Error></ErrorResponse>",
        "not on the list",
        xml
      ],
      [
        "a SOAP fault",
        "<soap:Envelope><soap:Body><soap:Fault><faultstring>denied &amp; logged</faultstring></soap:Fault></soap:Body></soap:Envelope>",
        "denied & logged",
        xml
      ],
      [
        "an event of an event stream of text",
        "event: error\ndata: {\"error\":{\"message\":\"overloaded\"}}\n\n",
        "overloaded",
        { "content-type": "text/event-stream" }
      ],
      ["a line of JSON before others", "{\"message\":\"first\"}\n{\"message\":\"second\"}", "first"],
      [
        "JSON that is cut off",
        "{\"message\":\"The request is wrong\",\"input\":{\"text\":\"ab",
        "The request is wrong"
      ],
      ["plain words", "plain\nwords", "plain words", { "content-type": "text/plain" }],
      ["something else: its beginning", { ok: 0, why: { nested: [1] } }, "{\"ok\":0,\"why\":{\"nested\":[1]}}"]
    ] as ReadonlyArray<[string, unknown, string, Record<string, string>?]>
  ) {
    it(`is found in ${what}`, () => assert.strictEqual(answered(400, body, headers).message, `HTTP 400: ${message}`))
  }

  it("is never long, and no response is slow to parse", () => {
    for (
      const body of [
        "x".repeat(60_000),
        `<p>${"<script".repeat(9000)}`,
        `{"a":${"[1,".repeat(20_000)}`,
        `a${" -".repeat(30_000)}{"a":1}`,
        `reference ${" ".repeat(60_000)}`
      ]
    ) {
      assert.isBelow(answered(400, body, { "content-type": "text/plain" }).message.length, 600)
    }
  })
})

const request = {
  modelId: "m",
  messages: [{
    role: "user" as const,
    content: [{ text: "Hi" }, { image: { format: "png" as const, source: { bytes: new Uint8Array([1]) } } }]
  }],
  toolConfig: { tools: [{ toolSpec: { name: "read", inputSchema: { json: {} } } }] }
}

describe("a refusal in an unusual format", () => {
  const loc = ["body", "system", 1, "cachePoint"]
  for (
    const [what, body] of [
      ["FastAPI", {
        detail: [{ type: "extra_forbidden", loc, msg: "Extra inputs are not permitted", input: { toolChoice: {} } }]
      }],
      ["FastAPI, behind another problem", {
        detail: [{ loc: ["body", "system", 1, "text"], msg: "Field required" }, {
          loc,
          msg: "Extra inputs are not permitted"
        }]
      }],
      ["FastAPI, of which only the type is there", { detail: [{ type: "extra_forbidden", loc }] }],
      ["errors[]", { errors: [{ field: "system[1].cachePoint", message: "unknown field" }] }],
      ["errors{}", {
        errors: { "system[1].cachePoint": ["The JSON property could not be mapped to any .NET member"] }
      }],
      ["param", { error: { message: "Unknown parameter", param: "system[1].cachePoint" } }],
      ["protobuf", {
        error: {
          code: 400,
          message: "Invalid JSON payload received. Unknown name \"cachePoint\" at 'system[1]': Cannot find field."
        }
      }],
      ["serde", "unknown variant `cachePoint`, expected `text`"],
      ["zod", {
        issues: [{
          code: "unrecognized_keys",
          path: ["system", 1],
          message: "Unrecognized key(s) in object: 'cachePoint'"
        }]
      }],
      ["LiteLLM", {
        error: { message: "BedrockException - {\"message\":\"extraneous key [cachePoint] is not permitted\"}" }
      }],
      [
        "an answer that is cut off",
        JSON.stringify({ detail: [{ loc, msg: "Extra inputs are not permitted", input: "x".repeat(2000) }] }).slice(
          0,
          1000
        )
      ],
      ["many problems", {
        detail: [
          ...Array.from(
            { length: 15 },
            (_, index) => ({ loc: ["body", "messages", index], msg: `Field required ${"x".repeat(60)}` })
          ),
          { loc, msg: "Extra inputs are not permitted" }
        ]
      }]
    ] as const
  ) {
    it(`still names the field with 400 and 422: ${what}`, () => {
      for (const status of [400, 422]) {
        const error = answered(status, body)
        assert.strictEqual(error.reason, "Validation")
        assert.deepStrictEqual(refusedField(error), Option.some("cachePoint"), error.message)
      }
    })
  }

  for (
    const [what, body, expected] of [
      [
        "a part",
        { detail: [{ loc: ["body", "messages", 0, "content", 1, "image"], msg: "Could not process image" }] },
        "Part"
      ],
      ["a tool", { detail: [{ loc: ["body", "toolConfig", "tools", 0, "toolSpec"], msg: "invalid schema" }] }, "Tool"],
      [
        "a length",
        { title: "Bad Request", errors: [{ detail: "prompt is too long: 210000 tokens > 200000 maximum" }] },
        "TooLong"
      ]
    ] as const
  ) {
    it(`still names ${what}`, () => assert.strictEqual(findRefusal(answered(422, body), request)?._tag, expected))
  }

  it("may be about the conversation if it comes from a firewall, but not if it is a legal block", () => {
    const page = { "content-type": "text/html" }
    assert.deepStrictEqual(findRefusal(answered(403, "<h1>Blocked</h1>", page), request), { _tag: "Unnamed" })
    assert.isUndefined(findRefusal(answered(451, "<h1>Blocked</h1>", page), request))
    assert.isUndefined(findRefusal(answered(411, {}), request))
  })
})
