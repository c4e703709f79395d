import * as Effect from "effect/Effect"
import * as Redacted from "effect/Redacted"
import type { Options } from "../../SandboxOptions.ts"
import type { Incoming } from "../http/incoming.ts"
import type { Refusal } from "./refusal.ts"
import * as Signature from "./signature.ts"

const schemes = /(?:^|,\s*)(?:Bearer|AWS4-HMAC-SHA256|Basic)(?=\s|$)/gi

const forbid = (name: string, message: string): Refusal => ({ status: 403, name, message })

const missing = forbid("MissingAuthenticationTokenException", "Missing Authentication Token")

/** Recorded from bedrock-runtime, July 2026: the text is in `Message`. */
const invalidApiKey: Refusal = {
  ...forbid("AccessDeniedException", "Authentication failed: Please make sure your API Key is valid."),
  messageKey: "Message"
}

const twoHeaders = forbid(
  "InvalidSignatureException",
  "Found more than one authorization scheme in the 'Authorization' HTTP headers."
)

/** The message of AWS's other JSON services. */
const headerAndQuery = forbid(
  "InvalidSignatureException",
  "Found both 'X-Amz-Algorithm' as a query-string param and 'Authorization' as HTTP header."
)

/** Succeeds for a request with a single authorization that is accepted. */
export const check = (auth: Options["auth"], incoming: Incoming): Effect.Effect<void, Refusal> => {
  if (auth === undefined) return Effect.void
  const presigned = incoming.query.has("X-Amz-Algorithm")
  const found = incoming.authorizations.flatMap((value) => value.match(schemes) ?? [value])
  if (found.length > 1) return Effect.fail(twoHeaders)
  if (found.length === 1 && presigned) return Effect.fail(headerAndQuery)
  const value = incoming.authorizations[0]?.trim()
  if (value === undefined || value === "") return Effect.fail(missing)
  if (/^Bearer(\s|$)/i.test(value)) {
    const token = value.slice("Bearer".length).trim()
    return auth.bearer?.some((accepted) => Redacted.value(accepted) === token) === true
      ? Effect.void
      : Effect.fail(invalidApiKey)
  }
  return Signature.verify(auth.sigv4 ?? [], value, incoming)
}
