import { assert, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as Redacted from "effect/Redacted"
import { readResponseIds } from "../../src/internal/failure/responseIds.ts"
import { addCustomHeaders } from "../../src/internal/identity/customHeaders.ts"
import { makeMask } from "../../src/internal/identity/makeMask.ts"
import { redactHeaders } from "../../src/internal/identity/redactHeaders.ts"

const headers = (values: Record<string, string>) =>
  Object.fromEntries(
    Object.entries(values).map((
      [name, value]
    ) => [name, { value: Redacted.make(value), origin: { _tag: "Default" } }] as const)
  )

const sent = (values: Record<string, string>) =>
  Effect.promise(() =>
    addCustomHeaders(headers(values))(async (
      args: { readonly request: { readonly headers: Record<string, string> } }
    ) => args.request.headers)({
      request: { headers: { "user-agent": "sdk", "Content-Type": "application/json", host: "gw" } }
    })
  )

describe("custom headers", () => {
  it.effect("replace the SDK's headers of the same name, except those about the body and the host", () =>
    Effect.gen(function*() {
      assert.deepStrictEqual(yield* sent({ "User-Agent": "mine", "X-Tenant": "t", "content-type": "x", Host: "y" }), {
        "Content-Type": "application/json",
        host: "gw",
        "user-agent": "mine",
        "x-tenant": "t"
      })
    }))

  it("are logged without values, and masked in text from the gateway", () => {
    const own = headers({ "X-Tenant": "blue", "X-Plan": "canary-plan", "X-Long": "canary-plan-b" })
    const identity = { _tag: "Bearer", token: Redacted.make("canary-token"), from: "test", refreshable: false } as const
    assert.strictEqual(
      redactHeaders({ "x-tenant": "blue", via: "canary-plan/1" }, identity, own),
      "x-tenant: <redacted>; via: <redacted>/1"
    )
    assert.strictEqual(
      makeMask(identity, own)("blue, canary-plan-b, canary-plan and canary-token"),
      "blue, <redacted>, <redacted> and <redacted>"
    )
  })
})

describe("a response's IDs", () => {
  it("are AWS's ID, and the gateway's with its header name", () => {
    assert.deepStrictEqual(readResponseIds({ "x-amzn-requestid": "a", "cf-ray": "b", "x-request-id": " c " }), {
      requestId: "a",
      gatewayRequestId: "x-request-id c"
    })
    assert.deepStrictEqual(readResponseIds({ "x-request-id": " " }), {
      requestId: undefined,
      gatewayRequestId: undefined
    })
    assert.strictEqual(readResponseIds({ traceparent: "t".repeat(999) }).gatewayRequestId?.length, 212)
  })
})
