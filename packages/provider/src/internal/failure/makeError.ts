/** Makes a {@link BedrockError} for an attempt. Pure. */
import { BedrockError } from "../../BedrockError.ts"
import type { Evidence, ResponseEvidence } from "../../Evidence.ts"
import { maskHeaders } from "../identity/customHeaders.ts"
import { authorizationOf, mask } from "../identity/identity.ts"
import { answeredBefore } from "./answeredBefore.ts"
import type { Attempt } from "./attempt.ts"

type Details =
  & Pick<
    BedrockError,
    | "detail"
    | "gatewayRequestId"
    | "message"
    | "reason"
    | "requestId"
    | "retryAfterMillis"
    | "sender"
    | "sentences"
    | "status"
    | "type"
  >
  & { readonly response?: ResponseEvidence | undefined }

const evidenceOf = (
  { answered = new Set(), drop, identity, operation, region, url }: Attempt,
  response: ResponseEvidence | undefined
): Evidence => {
  const before = answeredBefore(url, answered)
  return {
    operation,
    region,
    authorization: authorizationOf(identity),
    dropped: drop,
    ...(before !== undefined && { answeredBefore: before }),
    ...(response !== undefined && { response })
  }
}

/** Adds what is known of the attempt, and masks the credential and the custom headers in all text of the response. */
export const makeError = (
  { response, sender, ...details }: Details,
  attempt: Attempt
): BedrockError => {
  const masked = (text: string) => maskHeaders(attempt.headers, mask(attempt.identity, text))
  const maskValues = <Fields extends object>(fields: Fields): Fields =>
    Object.fromEntries(
      Object.entries(fields).map(([name, value]) => [name, typeof value === "string" ? masked(value) : value])
    ) as Fields
  return new BedrockError({
    ...maskValues(details),
    ...(details.sentences !== undefined && { sentences: details.sentences.map(masked) }),
    ...(sender !== undefined && {
      sender: maskValues({
        kind: sender.kind,
        ...(sender.name !== undefined && { name: sender.name }),
        ...(sender.supportId !== undefined && { supportId: sender.supportId })
      })
    }),
    evidence: evidenceOf(attempt, response === undefined ? undefined : maskValues(response)),
    url: attempt.url,
    attempts: attempt.number
  })
}
