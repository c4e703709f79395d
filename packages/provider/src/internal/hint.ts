/** What a person can do about a failure. */
import * as BedrockKey from "@altimate-code/auth/BedrockKey"
import type { Droppable } from "@altimate-code/config/Gateway"
import { printable } from "@altimate-code/log/Printable"
import * as Option from "effect/Option"
import * as Redacted from "effect/Redacted"
import type { Reason } from "../BedrockError.ts"
import { describe, type Identity } from "./identity.ts"
import { isExpired } from "./reason.ts"
import { refusedField } from "./refusedField.ts"
import { isWrongPath, wrongPath } from "./wrongPath.ts"

export interface Failure {
  readonly reason: Reason
  readonly message: string
  readonly type?: string | undefined
  readonly status?: number | undefined
  /** How far this machine's clock is ahead of the other side's, and what it says, in milliseconds. */
  readonly skewMillis?: number | undefined
  readonly now?: number | undefined
}

export interface Sent {
  /** Fit to be shown. */
  readonly url: string
  readonly region: string
  readonly identity: Identity
  /** What was left out of the request already. */
  readonly drop: ReadonlyArray<Droppable>
}

export const hintFor = (failure: Failure, sent: Sent): string => {
  switch (failure.reason) {
    case "Authentication":
      return authentication(failure, sent)
    case "Permission":
      return key(failure, sent) ??
        `${capitalised(describe(sent.identity))} may not use this model here: ask for access to it `
          + "(bedrock:InvokeModel and bedrock:InvokeModelWithResponseStream, or the gateway's own grant), or choose another model."
    case "ModelNotFound":
      return isWrongPath(failure.status, failure.type)
        ? wrongPath(sent.url)
        : `Nothing answered for this model at ${sent.url}: usually a model that isn't there, or a wrong path in baseURL.`
    case "Validation":
      return failure.status === undefined && failure.type === undefined
        ? "No request could be made of this: change what the message names."
        : validation(failure.message, sent.drop)
    case "Throttled":
      return "Wait a little and try again; if it stays so, ask for a higher quota or lower maxTokens, which counts in full."
    case "Timeout":
      return timeoutHint(failure)
    case "Unavailable":
      return "The service or a gateway in front of it has a problem: try again in a while, and if it stays so, tell whoever runs it."
    case "TruncatedStream":
      return "The answer is not complete: try again. If it always breaks off, a proxy on the way may cut or buffer long answers."
    case "WrongContentType":
      if (failure.type === "NoStream") {
        return "This gateway does not stream: set options.streaming to auto (the default) or off, and answers are asked for as a whole."
      }
      return `Check baseURL: ${sent.url} must be a Bedrock Runtime endpoint or a gateway that speaks its Converse protocol, `
        + "without a login page in front of it."
    case "Connection":
      return connection(failure.type, sent.url)
    case "ModelError":
      return "The model failed while it answered: try again, or with another prompt or model."
  }
}

export const timeoutHint = ({ status, type }: Failure): string => {
  if (status !== undefined) return "The model took too long: try again, or ask for less at once."
  const option = type === undefined ? undefined : limits[type]
  return "Check that the gateway is up and lets long answers through; its own time limit may be shorter than the model needs."
    + (option === undefined ? "" : ` A higher ${option} (in milliseconds) waits longer.`)
}

const limits: Readonly<Record<string, string>> = {
  ConnectTimeout: "options.timeout.connect",
  FirstByteTimeout: "options.timeout.firstByte",
  IdleTimeout: "options.timeout.idle",
  TotalTimeout: "options.timeout.total"
}

const authentication = (failure: Failure, { identity, region, url }: Sent): string => {
  if (failure.status === 407) {
    return "A proxy on the way wants a login of its own: set it up for this program, or go around the proxy."
  }
  const sent = capitalised(describe(identity))
  const expired = isExpired(failure.type, failure.message)
  const known = key(failure, { identity, region })
  if (known !== undefined) return known
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

/** What a short-term Bedrock API key says of itself, where that explains the refusal. */
const key = ({ now }: Failure, { identity, region }: Pick<Sent, "identity" | "region">): string | undefined => {
  if (identity._tag !== "Bearer") return undefined
  const said = Option.getOrUndefined(BedrockKey.read(Redacted.value(identity.token)))
  if (said === undefined) return undefined
  const sent = capitalised(describe(identity))
  const again = identity.refreshable ? "the command must print a new one." : `get a new one and ${renew}.`
  if (said.region !== region) {
    return `${sent} is a Bedrock API key for ${said.region}, but the request went to ${region}: such a key works in its own region only. `
      + `Set "region": "${said.region}", or for ${region} ${again}`
  }
  return now !== undefined && said.expiresAt.getTime() <= now
    ? `${sent} is a Bedrock API key that expired at ${said.expiresAt.toISOString()}: ${again}`
    : undefined
}

/** AWS accepts a signature for five minutes. */
const tolerated = 5 * 60_000

const skewed = ({ message, skewMillis, type }: Failure): string | undefined => {
  const aboutTime = badSignature.test(type ?? "") || isExpired(type, message) || type === "RequestTimeTooSkewed"
  if (!aboutTime || skewMillis === undefined || Math.abs(skewMillis) < tolerated) return undefined
  const minutes = Math.round(Math.abs(skewMillis) / 60_000)
  return `This machine's clock is ${minutes} minutes ${skewMillis > 0 ? "ahead of" : "behind"} the answer's date, `
    + "and a signature is good for five: set the clock right (NTP) and try again."
}

/** Found with an ASCII apostrophe and with U+2019. */
const onDemand = /on-demand throughput isn['\u2019]t supported/i
const invalidModel = /provided model identifier is invalid/i

/** What the service says of the model's ID: that it lacks a profile, that there is none such, or nothing. */
export const saidOfModel = (failure: Failure): "on-demand" | "invalid" | "not found" | undefined => {
  if (onDemand.test(failure.message)) return "on-demand"
  if (invalidModel.test(failure.message)) return "invalid"
  return failure.reason === "ModelNotFound" ? "not found" : undefined
}

/** The titles of nginx's pages for a client certificate that is missing or not accepted. */
const wantsCertificate = /no required SSL certificate was sent|SSL certificate error/i

const validation = (message: string, drop: ReadonlyArray<Droppable>): string => {
  if (onDemand.test(message)) {
    return "This model needs a cross-region prefix (such as `us.` or `global.`) or an inference profile: write it into the model ID."
  }
  if (invalidModel.test(message)) {
    return "The model's prefix is not valid in this region, or the gateway wants IDs without one: "
      + "`altimate-code models resolve ID` shows what is sent and why."
  }
  if (wantsCertificate.test(message)) {
    return "The gateway wants a certificate of the client's. Set clientCert and clientKey in options to the files (PEM) of the one that you got for it."
  }
  return Option.match(Option.filter(refusedField(message), (field) => !drop.includes(field)), {
    onNone: () => "The request was understood and refused: change what the message names.",
    onSome: (field) =>
      `If the gateway does not know this field, leave it out of requests: set options.drop to [${
        [...drop, field].map((name) => `"${name}"`).join(", ")
      }].`
  })
}

const connection = (type: string | undefined, url: string): string => {
  switch (type) {
    case "ENOTFOUND":
      return `Check the host in ${url}: no such name is known here. A VPN or a private DNS may be missing.`
    case "ECONNREFUSED":
      return `Nothing listens at ${url}: check host and port, and whether the gateway runs.`
    case undefined:
      return `Check that ${url} can be reached from here.`
    case "ERR_TLS_CERT_ALTNAME_INVALID":
      return `Another host answers at ${url}: its certificate is not for this name. Check the host in baseURL, and any proxy on the way.`
    case "EPROTO":
      return `${url} does not speak TLS: check whether it should begin with http instead of https.`
    default:
      return certificate.test(type)
        ? "The server's certificate is not trusted here. If a company authority signed it, set caFile in options (or NODE_EXTRA_CA_CERTS) to that authority's file."
        : `The connection to ${url} broke: check the network and any proxy on the way.`
  }
}

/** Codes of Node.js and OpenSSL for a certificate that is not accepted, e.g. UNABLE_TO_VERIFY_LEAF_SIGNATURE. */
const certificate = /CERT|SIGNATURE/

const capitalised = (text: string): string => text.charAt(0).toUpperCase() + text.slice(1)
