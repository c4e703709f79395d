/** Creates a {@link BedrockError} for an attempt. Pure. */
import { BedrockError } from "../../BedrockError.ts"
import type { Evidence, ResponseEvidence } from "../../Evidence.ts"
import { toAuthorization } from "../identity/identity.ts"
import { makeMask } from "../identity/makeMask.ts"
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
  { answeredUrls = new Set(), drop, guardrail, identity, operation, region, url }: Attempt,
  response: ResponseEvidence | undefined
): Evidence => {
  const before = findAnsweredBefore(url, answeredUrls)
  return {
    operation,
    region,
    authorization: toAuthorization(identity),
    dropped: drop,
    ...(guardrail !== undefined && { guardrail }),
    ...(before !== undefined && { answeredBefore: before }),
    ...(response !== undefined && { response })
  }
}

/** Adds the facts about the attempt, and masks the credential and the custom headers in all text from the response. */
export const makeError = (
  { response, sender, ...details }: Details,
  attempt: Attempt
): BedrockError => {
  const mask = makeMask(attempt.identity, attempt.headers)
  const maskValues = <Fields extends object>(fields: Fields): Fields =>
    Object.fromEntries(
      Object.entries(fields).map(([name, value]) => [name, typeof value === "string" ? mask(value) : value])
    ) as Fields
  return new BedrockError({
    ...maskValues(details),
    ...(details.sentences !== undefined && { sentences: details.sentences.map(mask) }),
    ...(sender !== undefined && {
      sender: maskValues({
        kind: sender.kind,
        ...(sender.name !== undefined && { name: sender.name }),
        ...(sender.supportId !== undefined && { supportId: sender.supportId })
      })
    }),
    evidence: makeEvidence(
      attempt,
      response === undefined ? undefined : { ...maskValues(response), headers: maskValues(response.headers) }
    ),
    url: attempt.url,
    attempts: attempt.number
  })
}
