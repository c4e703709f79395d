import { assert, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as Redacted from "effect/Redacted"
import { answerIds } from "../../src/internal/failure/answerIds.ts"
import { customHeaders, maskHeaders } from "../../src/internal/identity/customHeaders.ts"
import { publicHeaders } from "../../src/internal/identity/publicHeaders.ts"

const headers = (values: Record<string, string>) =>
  Object.fromEntries(
    Object.entries(values).map((
      [name, value]
    ) => [name, { value: Redacted.make(value), origin: { _tag: "Default" } }] as const)
  )

const sent = (values: Record<string, string>) =>
  Effect.promise(() =>
    customHeaders(headers(values))(async (args: { readonly request: { readonly headers: Record<string, string> } }) =>
      args.request.headers
    )({ request: { headers: { "user-agent": "sdk", "Content-Type": "application/json", host: "gw" } } })
  )

describe("headers of the user's own", () => {
  it.effect("replace the SDK's of the same name in any case, but not what it says of the body and the host", () =>
    Effect.gen(function*() {
      assert.deepStrictEqual(yield* sent({ "User-Agent": "mine", "X-Tenant": "t", "content-type": "x", Host: "y" }), {
        "Content-Type": "application/json",
        host: "gw",
        "user-agent": "mine",
        "x-tenant": "t"
      })
    }))

  it("are logged by their names alone, and taken out of what the gateway repeats", () => {
    const own = headers({ "X-Tenant": "blue", "X-Plan": "canary-plan", "X-Long": "canary-plan-b" })
    const identity = { _tag: "Bearer", token: Redacted.make("canary-token"), from: "test", refreshable: false } as const
    assert.strictEqual(
      publicHeaders({ "x-tenant": "blue", via: "canary-plan/1" }, identity, own),
      "x-tenant: <redacted>; via: <redacted>/1"
    )
    assert.strictEqual(
      maskHeaders(own, "blue, canary-plan-b and canary-plan"),
      "blue, <redacted> and <redacted>"
    )
  })
})

describe("the IDs of an answer", () => {
  it("are AWS's, and the gateway's with the name of its header", () => {
    assert.deepStrictEqual(answerIds({ "x-amzn-requestid": "a", "cf-ray": "b", "x-request-id": " c " }), {
      requestId: "a",
      gatewayRequestId: "x-request-id c"
    })
    assert.deepStrictEqual(answerIds({ "x-request-id": " " }), { requestId: undefined, gatewayRequestId: undefined })
    assert.strictEqual(answerIds({ traceparent: "t".repeat(999) }).gatewayRequestId?.length, 212)
  })
})
