/** What to do when a credential was refused. */
import { printable } from "@altimate-code/log/Printable"
import { isExpired } from "@altimate-code/provider/Diagnosis"
import { capitalize, type FailedRequest } from "./failedRequest.ts"
import { keyHint, useIt } from "./keyHint.ts"

export const authenticationHint = (request: FailedRequest): string =>
  keyHint(request) ?? scopeHint(request) ?? schemeHint(request) ?? apiGatewayHint(request) ?? refusalHint(request)

const refusalHint = (request: FailedRequest): string => {
  const { credential, error, evidence, url } = request
  const { kind, profile, refreshable } = evidence.authorization
  const subject = capitalize(credential)
  switch (kind) {
    case "Bearer":
      if (refreshable) {
        return `${subject} was refused by ${url}, and so was any new token that the command printed. `
          + "Check that tokenCommand prints a token for this gateway."
      }
      return isExpired(error)
        ? `${subject} has expired (short-term Bedrock API keys last at most 12 hours). Get a new one and ${
          useIt(request)
        }.`
        : `${subject} was refused by ${url}. Check that it is complete and valid for this endpoint and ${evidence.region}, or get another one and ${
          useIt(request)
        }.`
    case "AwsChain": {
      const clock = clockHint(request)
      if (clock !== undefined) return `${subject} were refused by ${url}. ${clock}`
      if (isExpired(error)) {
        const flag = profile === undefined ? "" : ` --profile ${printable(profile)}`
        return `${subject} have expired. Renew them at their source (for SSO: \`aws sso login${flag}\`) and try again.`
      }
      return badSignature.test(error.type ?? "") && !isAmazon(url)
        ? `${subject} were sent as a SigV4 signature, which ${url} could not verify. The signed host, path and headers must reach Bedrock `
          + "unchanged, so signatures fail behind a gateway that rewrites any of them. Use a bearer token (\"auth\": \"bearer\"), or check "
          + "the secret access key."
        : `${subject} were refused by ${url}. Check that they are valid, that this machine's clock is right, and that no proxy in between `
          + "rewrites the signed host or path."
    }
    case "Headers":
      return `${subject} were refused by ${url}. Check their names and values in options.headers.`
    case "None":
      return `${subject} was sent, but ${url} requires one. Set options.auth to bearer, sigv4 or header.`
  }
}

const badSignature = /^(InvalidSignatureException|SignatureDoesNotMatch|IncompleteSignature(Exception)?)$/

const isAmazon = (url: string) => URL.canParse(url) && /\.(amazonaws\.com(\.cn)?|api\.aws)$/.test(new URL(url).hostname)

/** How long AWS accepts a signature. */
const maxSkewMillis = 5 * 60_000

const clockHint = ({ error, evidence }: FailedRequest): string | undefined => {
  const { type = "" } = error
  const skew = evidence.response?.clockSkewMillis
  const isAboutTime = badSignature.test(type) || isExpired(error) || type === "RequestTimeTooSkewed"
  if (!isAboutTime || skew === undefined || Math.abs(skew) < maxSkewMillis) return undefined
  const minutes = Math.round(Math.abs(skew) / 60_000)
  return `This machine's clock is ${minutes} minutes ${skew > 0 ? "ahead of" : "behind"} the date of the response, `
    + "and a signature is valid for five minutes. Correct the clock (NTP) and try again."
}

/** A signature is valid for one service and one region. */
const scopeHint = ({ text }: FailedRequest): string | undefined => {
  const service = /scoped to (?:the )?correct service: ?['"]?([\w-]+)/i.exec(text)?.[1]
  if (service !== undefined) {
    const subject = service === "execute-api"
      ? "Amazon API Gateway checks signatures itself (IAM authorization) and"
      : "The endpoint"
    return `${subject} requires signatures for the service "${service}". Set options.signingService to "${service}".`
  }
  const region = /scoped to a valid region/i.test(text)
    ? /not ['"]?([\w-]+)/i.exec(text.slice(text.search(/valid region/i)))?.[1]
    : undefined
  return region === undefined
    ? undefined
    : `The signature was made for ${region}, but the endpoint is in another region. Set options.region to that region.`
}

/** `WWW-Authenticate` lists the accepted kinds of login. Source: RFC 9110, section 11.6.1. */
const schemeHint = ({ credential, error, evidence, url }: FailedRequest): string | undefined => {
  const challenge = evidence.response?.challenge
  if (error.status !== 401 || challenge === undefined || /\b(bearer|aws4)/i.test(challenge)) return undefined
  const names = [...new Set(challenge.match(/\b(basic|digest|negotiate|ntlm|kerberos)\b/gi) ?? [])]
  if (names.length === 0) return undefined
  return `${url} requires a different kind of login (${
    names.join(", ")
  }), but the request was sent with ${credential}. `
    + (names.some((name) => /basic/i.test(name))
      ? "For Basic, set \"auth\": \"header\" and an Authorization header in options.headers. "
      : "It is not supported here. ")
    + "Ask the gateway's operators for a URL that accepts a token."
}

/** API Gateway gives the same answer for a path that does not exist. Source: its user guide, "Gateway response types". */
const apiGatewayHint = ({ evidence: { authorization: { kind } }, text, url }: FailedRequest): string | undefined => {
  const isMissing = /missing authentication token/i.test(text)
  const isOther = /authorization header requires|invalid key=value pair/i.test(text)
  // Without a token, the message means what it says.
  if (!isMissing && !isOther || kind === "None" || kind === "Headers") return undefined
  const [cause, remedy] = kind === "AwsChain"
    ? ["", "."]
    : [
      " and for one that requires an AWS signature",
      ", or set options.auth to sigv4 and options.signingService to execute-api."
    ]
  return `Amazon API Gateway gives this answer for a path that does not exist${cause}. `
    + `Check the path and the stage in baseURL (tried ${url})${remedy}`
}
