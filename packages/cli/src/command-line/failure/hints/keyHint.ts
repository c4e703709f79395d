/** What to do when a short-term Bedrock API key is for another region or has expired. */
import { capitalize, type FailedRequest } from "./failedRequest.ts"

/** How to use a new token; completes "get a new one and …". */
export const storeIt =
  "set AWS_BEARER_TOKEN_BEDROCK to it, or store it with `altimate-code auth login --provider amazon-bedrock`"

/** `undefined` if the key does not explain the refusal. */
export const keyHint = ({ credential, evidence }: FailedRequest): string | undefined => {
  const { authorization: { bedrockKey, refreshable }, region, response } = evidence
  if (bedrockKey === undefined) return undefined
  const subject = capitalize(credential)
  if (bedrockKey.region !== region) {
    return `${subject} is a Bedrock API key for ${bedrockKey.region}, but the request went to ${region}. Such a key works only in its own region. `
      + `Set "region": "${bedrockKey.region}", or `
      + (refreshable ? `let the command print a key for ${region}.` : `get a key for ${region} and ${storeIt}.`)
  }
  return response !== undefined && bedrockKey.expiresAt <= response.receivedAt
    ? `${subject} is a Bedrock API key that expired at ${new Date(bedrockKey.expiresAt).toISOString()}. `
      + (refreshable ? "The command must print a new one." : `Get a new one and ${storeIt}.`)
    : undefined
}
