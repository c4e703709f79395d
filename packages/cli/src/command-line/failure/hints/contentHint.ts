import type { FailedRequest } from "./failedRequest.ts"

/** What to do about a response that does not follow the Bedrock protocol. */
export const contentHint = ({ error, evidence: { response }, url }: FailedRequest): string => {
  const { sentences = [], status, type } = error
  if (type === "NoStream") {
    return "This gateway does not stream. Set options.streaming to auto (the default) or off to get complete answers instead."
  }
  if (status !== undefined && status >= 300 && status < 400 && response?.location !== undefined) {
    return "Redirects are not followed, so that the credential is never sent to another address. If the new address is right, set baseURL to it. "
      + "If it is a login page, ask the gateway's operators which URL programs use with a token."
  }
  if (response?.form === "json" && sentences.length > 0) {
    return `The gateway reports an error even though it answered HTTP ${
      status ?? 200
    }. Ask its operators about the message above.`
  }
  return `Check baseURL: ${url} must be a Bedrock Runtime endpoint or a gateway that supports its Converse API.`
}
