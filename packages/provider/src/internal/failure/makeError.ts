/** Creates a {@link BedrockError} for an attempt. Pure. */
import { BedrockError } from "../../BedrockError.ts"
import type { Evidence, ResponseEvidence } from "../../Evidence.ts"
import { maskHeaders } from "../identity/customHeaders.ts"
import { maskIdentity, toAuthorization } from "../identity/identity.ts"
import { findAnsweredBefore } from "./answeredBefore.ts"
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

const makeEvidence = (
  { answeredUrls = new Set(), drop, identity, operation, region, url }: Attempt,
  response: ResponseEvidence | undefined
): Evidence => {
  const before = findAnsweredBefore(url, answeredUrls)
  return {
    operation,
    region,
    authorization: toAuthorization(identity),
    dropped: drop,
    ...(before !== undefined && { answeredBefore: before }),
    ...(response !== undefined && { response })
  }
}

/** Adds the facts about the attempt, and masks the credential and the custom headers in all text from the response. */
export const makeError = (
  { response, sender, ...details }: Details,
  attempt: Attempt
): BedrockError => {
  const maskText = (text: string) => maskHeaders(attempt.headers, maskIdentity(attempt.identity, text))
  const maskValues = <Fields extends object>(fields: Fields): Fields =>
    Object.fromEntries(
      Object.entries(fields).map(([name, value]) => [name, typeof value === "string" ? maskText(value) : value])
    ) as Fields
  return new BedrockError({
    ...maskValues(details),
    ...(details.sentences !== undefined && { sentences: details.sentences.map(maskText) }),
    ...(sender !== undefined && {
      sender: maskValues({
        kind: sender.kind,
        ...(sender.name !== undefined && { name: sender.name }),
        ...(sender.supportId !== undefined && { supportId: sender.supportId })
      })
    }),
    evidence: makeEvidence(attempt, response === undefined ? undefined : maskValues(response)),
    url: attempt.url,
    attempts: attempt.number
  })
}
