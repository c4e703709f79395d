import { AuthError } from "@altimate-code/auth/AuthError"
import { BedrockError } from "@altimate-code/provider/BedrockError"
import { assert, describe, it } from "@effect/vitest"
import { exitCode } from "../../src/command-line/failure/renderFailure.ts"
import { RequestError } from "../../src/command-line/failure/RequestError.ts"

const auth = (reason: AuthError["reason"]) => exitCode(new AuthError({ reason, message: "m" }))

const bedrock = (fields: Pick<BedrockError, "reason"> & { readonly type?: string; readonly status?: number }) =>
  exitCode(new RequestError({ error: new BedrockError({ message: "m", attempts: 1, ...fields }), hint: "h" }))

describe("The exit code", () => {
  it("is 2 for a credential that only the user can correct, even if a request finds it", () => {
    for (const reason of ["Malformed", "Conflict", "CorruptStore"] as const) {
      assert.strictEqual(auth(reason), 2)
      assert.strictEqual(bedrock({ reason: "Authentication", type: reason }), 2)
    }
    assert.strictEqual(auth("NoCredentials"), 1)
    assert.strictEqual(bedrock({ reason: "Authentication", type: "NoCredentials" }), 1)
    assert.strictEqual(bedrock({ reason: "Authentication", status: 401 }), 1)
  })

  it("is 2 for a request that Node.js refuses to send, and 1 for a request that the gateway refuses", () => {
    assert.strictEqual(bedrock({ reason: "Validation", type: "ERR_INVALID_CHAR" }), 2)
    assert.strictEqual(bedrock({ reason: "Validation", type: "ValidationException", status: 400 }), 1)
    assert.strictEqual(bedrock({ reason: "Connection", type: "ERR_TLS_CERT_ALTNAME_INVALID" }), 1)
  })
})
