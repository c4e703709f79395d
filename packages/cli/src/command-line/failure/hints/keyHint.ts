/** What to do when a short-term Bedrock API key is for another region or has expired. */
import { capitalize, type FailedRequest } from "./failedRequest.ts"

const tokenVariable = "AWS_BEARER_TOKEN_BEDROCK"

const login = "`altimate-code auth login --provider amazon-bedrock`"

/** How to use a new token; completes "get a new one and …". */
export const storeIt = `set ${tokenVariable} to it, or store it with ${login}`

/** The same for the token of this request. While the variable is set, a stored token is not used. */
export const useIt = ({ evidence: { authorization } }: Pick<FailedRequest, "evidence">): string =>
  authorization.source === tokenVariable
    ? `set ${tokenVariable} to it. To use a token stored with ${login}, unset ${tokenVariable}`
    : storeIt

/** `undefined` if the key does not explain the refusal. */
export const keyHint = (request: FailedRequest): string | undefined => {
  const { credential, evidence } = request
  const { authorization: { bedrockKey, refreshable }, region, response } = evidence
  if (bedrockKey === undefined) return undefined
  const subject = capitalize(credential)
  if (bedrockKey.region !== region) {
    return `${subject} is a Bedrock API key for ${bedrockKey.region}, but the request went to ${region}. Such a key works only in its own region. `
      + `Set "region": "${bedrockKey.region}", or `
      + (refreshable ? `let the command print a key for ${region}.` : `get a key for ${region} and ${useIt(request)}.`)
  }
  return response !== undefined && bedrockKey.expiresAt <= response.receivedAt
    ? `${subject} is a Bedrock API key that expired at ${new Date(bedrockKey.expiresAt).toISOString()}. `
      + (refreshable ? "The command must print a new one." : `Get a new one and ${useIt(request)}.`)
    : undefined
}
