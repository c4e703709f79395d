import { kinds } from "@altimate-code/auth/Credential"
import type { BedrockError } from "@altimate-code/provider/BedrockError"
import { textOf } from "@altimate-code/provider/Diagnosis"
import type { Evidence } from "@altimate-code/provider/Evidence"
import * as Option from "effect/Option"

/** The data for hints about a request that was sent and failed. */
export interface FailedRequest {
  readonly error: BedrockError
  readonly evidence: Evidence
  readonly url: string
  /** The message and all sentences of the response. */
  readonly text: string
  /** The credential, described for the middle of a sentence: `the bearer token from AWS_BEARER_TOKEN_BEDROCK`. */
  readonly credential: string
}

const describe = ({ kind, source }: Evidence["authorization"]): string => {
  switch (kind) {
    case "Bearer":
    case "AwsChain":
      return `the ${kinds[kind]} from ${source}`
    case "Headers":
      return `your ${kinds[kind]} (${source})`
    case "None":
      return `${kinds[kind]} (${source})`
  }
}

/** None if the request was not sent. */
export const failedRequest = (error: BedrockError): Option.Option<FailedRequest> => {
  const { evidence, url } = error
  return evidence === undefined || url === undefined ? Option.none() : Option.some({
    error,
    evidence,
    url,
    text: textOf(error),
    credential: describe(evidence.authorization)
  })
}

export const capitalize = (text: string): string => text.charAt(0).toUpperCase() + text.slice(1)
