/** What a person can do about a failure. */
import type { Reason } from "../BedrockError.ts"
import { describe, type Identity } from "./identity.ts"
import { isExpired } from "./reason.ts"

export interface Failure {
  readonly reason: Reason
  readonly message: string
  readonly type?: string | undefined
  readonly status?: number | undefined
}

export interface Sent {
  /** Fit to be shown. */
  readonly url: string
  readonly region: string
  readonly identity: Identity
}

export const hintFor = (failure: Failure, sent: Sent): string => {
  switch (failure.reason) {
    case "Authentication":
      return authentication(failure, sent)
    case "Permission":
      return `${capitalised(describe(sent.identity))} may not use this model here: ask for access to it `
        + "(bedrock:InvokeModel and bedrock:InvokeModelWithResponseStream, or the gateway's own grant), or choose another model."
    case "ModelNotFound":
      return `Nothing answered for this model at ${sent.url}: usually a wrong path in baseURL or a model that isn't there.`
    case "Validation":
      return failure.status === undefined && failure.type === undefined
        ? "No request could be made of this: change what the message names."
        : validation(failure.message)
    case "Throttled":
      return "Wait a little and try again; if it stays so, ask for a higher quota or lower maxTokens, which counts in full."
    case "Timeout":
      return failure.status === undefined
        ? "Check that the gateway is up and lets long answers through; its own time limit may be shorter than the model needs."
        : "The model took too long: try again, or ask for less at once."
    case "Unavailable":
      return "The service or a gateway in front of it has a problem: try again in a while, and if it stays so, tell whoever runs it."
    case "TruncatedStream":
      return "The answer is not complete: try again. If it always breaks off, a proxy on the way may cut or buffer long answers."
    case "WrongContentType":
      return `Check baseURL: ${sent.url} must be a Bedrock Runtime endpoint or a gateway that speaks its Converse protocol, `
        + "without a login page in front of it."
    case "Connection":
      return connection(failure.type, sent.url)
    case "ModelError":
      return "The model failed while it answered: try again, or with another prompt or model."
  }
}

const authentication = (failure: Failure, { identity, region, url }: Sent): string => {
  if (failure.status === 407) {
    return "A proxy on the way wants a login of its own: set it up for this program, or go around the proxy."
  }
  const sent = capitalised(describe(identity))
  if (identity._tag === "Bearer") {
    const renew =
      "set AWS_BEARER_TOKEN_BEDROCK to it, or store it by `altimate-code auth login --provider amazon-bedrock`"
    return isExpired(failure.type, failure.message)
      ? `${sent} has expired (short-term Bedrock API keys last at most 12 hours): get a new one and ${renew}.`
      : `${sent} was refused by ${url}: check that it is complete and meant for this endpoint and for ${region}, or get another one and ${renew}.`
  }
  return isExpired(failure.type, failure.message)
    ? `${sent} have expired: renew them where they come from (for SSO: \`aws sso login\`) and try again.`
    : `${sent} were refused by ${url}: check that they are valid, that this machine's clock is right, `
      + "and that no proxy on the way rewrites the host or path that was signed."
}

/** Found with an ASCII apostrophe and with U+2019. */
const onDemand = /on-demand throughput isn['\u2019]t supported/i
const invalidModel = /provided model identifier is invalid/i

/** Is the failure about which model was asked for, so that how its ID came about is of interest? */
export const isAboutModel = (failure: Failure): boolean =>
  failure.reason === "ModelNotFound" || onDemand.test(failure.message) || invalidModel.test(failure.message)

/** The titles of nginx's pages for a client certificate that is missing or not accepted. */
const wantsCertificate = /no required SSL certificate was sent|SSL certificate error/i

const validation = (message: string): string => {
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
  return "The request was understood and refused: change what the message names."
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
