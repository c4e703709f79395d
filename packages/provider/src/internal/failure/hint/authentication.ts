/** What to do when a credential was refused. */
import * as BedrockKey from "@altimate-code/auth/BedrockKey"
import { printable } from "@altimate-code/log/Printable"
import * as Option from "effect/Option"
import * as Redacted from "effect/Redacted"
import { describe } from "../../identity/identity.ts"
import { isExpired } from "../reason.ts"
import type { Failure, Sent } from "./hint.ts"

export const authenticationHint = (failure: Failure, sent: Sent): string =>
  keyHint(failure, sent) ?? scopeHint(failure) ?? schemeHint(failure, sent) ?? apiGatewayHint(failure, sent)
    ?? refused(failure, sent)

const refused = (failure: Failure, { identity, region, url }: Sent): string => {
  const sent = capitalised(describe(identity))
  const expired = isExpired(failure.type, wordsOf(failure))
  switch (identity._tag) {
    case "Bearer": {
      if (identity.refreshable) {
        return `${sent} was refused by ${url}, and so was what the command printed next, or it printed the same again: `
          + "check what tokenCommand prints, and that its tokens are meant for this gateway."
      }
      return expired
        ? `${sent} has expired (short-term Bedrock API keys last at most 12 hours): get a new one and ${renew}.`
        : `${sent} was refused by ${url}: check that it is complete and meant for this endpoint and for ${region}, or get another one and ${renew}.`
    }
    case "Keys": {
      const clock = skewed(failure)
      if (clock !== undefined) return `${sent} were refused by ${url}. ${clock}`
      if (expired) {
        const profile = identity.profile === undefined ? "" : ` --profile ${printable(identity.profile)}`
        return `${sent} have expired: renew them where they come from (for SSO: \`aws sso login${profile}\`) and try again.`
      }
      return badSignature.test(failure.type ?? "") && !isAmazon(url)
        ? `${sent} were sent as a SigV4 signature, which ${url} could not verify: the host, path and headers that were signed `
          + "must be those that Bedrock receives, so a gateway that rewrites one of them can't take signatures. Use a bearer token "
          + "(\"auth\": \"bearer\"), or check that the secret access key is right."
        : `${sent} were refused by ${url}: check that they are valid, that this machine's clock is right, `
          + "and that no proxy on the way rewrites the host or path that was signed."
    }
    case "Headers":
      return `${sent} were refused by ${url}: check their names and values in options.headers.`
    case "None":
      return `${sent} was sent, and ${url} wants one: set options.auth to bearer, sigv4 or header.`
  }
}

const renew = "set AWS_BEARER_TOKEN_BEDROCK to it, or store it by `altimate-code auth login --provider amazon-bedrock`"

const badSignature = /^(InvalidSignatureException|SignatureDoesNotMatch|IncompleteSignature(Exception)?)$/

const isAmazon = (url: string) => URL.canParse(url) && /\.(amazonaws\.com(\.cn)?|api\.aws)$/.test(new URL(url).hostname)

/** What a short-term Bedrock API key tells about itself, where that explains the refusal. */
export const keyHint = ({ now }: Failure, { identity, region }: Sent): string | undefined => {
  if (identity._tag !== "Bearer") return undefined
  const key = Option.getOrUndefined(BedrockKey.read(Redacted.value(identity.token)))
  if (key === undefined) return undefined
  const sent = capitalised(describe(identity))
  const again = identity.refreshable ? "the command must print a new one." : `get a new one and ${renew}.`
  if (key.region !== region) {
    return `${sent} is a Bedrock API key for ${key.region}, but the request went to ${region}: such a key works in its own region only. `
      + `Set "region": "${key.region}", or for ${region} ${again}`
  }
  return now !== undefined && key.expiresAt.getTime() <= now
    ? `${sent} is a Bedrock API key that expired at ${key.expiresAt.toISOString()}: ${again}`
    : undefined
}

/** AWS accepts a signature for five minutes. */
const tolerated = 5 * 60_000

const skewed = (failure: Failure): string | undefined => {
  const { skewMillis, type } = failure
  const aboutTime = badSignature.test(type ?? "") || isExpired(type, wordsOf(failure)) ||
    type === "RequestTimeTooSkewed"
  if (!aboutTime || skewMillis === undefined || Math.abs(skewMillis) < tolerated) return undefined
  const minutes = Math.round(Math.abs(skewMillis) / 60_000)
  return `This machine's clock is ${minutes} minutes ${skewMillis > 0 ? "ahead of" : "behind"} the answer's date, `
    + "and a signature is good for five: set the clock right (NTP) and try again."
}

/** A signature is made for one service and one region. */
const scopeHint = (failure: Failure): string | undefined => {
  const words = wordsOf(failure)
  const service = /scoped to (?:the )?correct service: ?['"]?([\w-]+)/i.exec(words)?.[1]
  if (service !== undefined) {
    const who = service === "execute-api"
      ? "Amazon API Gateway checks signatures itself (IAM authorization) and"
      : "What answered"
    return `${who} wants them made for the service "${service}": set options.signingService to "${service}".`
  }
  const region = /scoped to a valid region/i.test(words)
    ? /not ['"]?([\w-]+)/i.exec(words.slice(words.search(/valid region/i)))?.[1]
    : undefined
  return region === undefined
    ? undefined
    : `The signature was made for ${region}, and what answered is in another region: set options.region to it.`
}

/** `WWW-Authenticate` names what the other side takes. Source: RFC 9110, section 11.6.1. */
const schemeHint = ({ challenge, status }: Failure, { identity, url }: Sent): string | undefined => {
  if (status !== 401 || challenge === undefined || /\b(bearer|aws4)/i.test(challenge)) return undefined
  const names = [...new Set(challenge.match(/\b(basic|digest|negotiate|ntlm|kerberos)\b/gi) ?? [])]
  if (names.length === 0) return undefined
  const basic = names.some((name) => /basic/i.test(name))
  return `${url} takes another kind of login (${names.join(", ")}) than ${describe(identity)}. `
    + (basic
      ? "For Basic, set \"auth\": \"header\" and an Authorization header in options.headers. "
      : "It is not supported here. ")
    + "Ask the gateway's operators for a URL that takes a token."
}

/** API Gateway answers so for paths that it does not have too. Source: its user guide, "Gateway response types". */
const apiGatewayHint = (failure: Failure, { identity, url }: Sent): string | undefined => {
  const words = wordsOf(failure)
  const missing = /missing authentication token/i.test(words)
  const foreign = /authorization header requires|invalid key=value pair/i.test(words)
  // Without a token it is right for whoever checks one.
  if (!missing && !foreign || identity._tag === "None" || identity._tag === "Headers") return undefined
  const signed = identity._tag === "Keys"
  return `Amazon API Gateway answers so for a path that it does not have${
    signed ? "" : ", and for one that wants an AWS signature"
  }: `
    + `check the path and the stage in baseURL (tried ${url})${
      signed ? "." : ", or set options.auth to sigv4 and options.signingService to execute-api."
    }`
}

export const wordsOf = ({ message, sentences = [] }: Failure): string => [message, ...sentences].join("\n")

export const capitalised = (text: string): string => text.charAt(0).toUpperCase() + text.slice(1)
