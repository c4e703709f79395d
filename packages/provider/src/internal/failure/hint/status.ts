/** What to do about a status that says enough by itself, where no AWS exception has a name for it. */
import { describe } from "../../identity/identity.ts"
import { type Meaning, meaningOf } from "../body/nginxPage.ts"
import type { Failure, Sent } from "./hint.ts"

/** `undefined` where the reason decides. */
export const statusHint = (failure: Failure, sent: Sent): string | undefined => {
  const { isStream, message, sender, status, upgrade } = failure
  const meaning = meaningOf(status, [message, ...failure.sentences ?? []].join(" "))
  if (meaning !== undefined) return byMeaning[meaning]
  switch (status) {
    case 402:
      return "The gateway wants this to be paid for, or a budget is used up: ask its operators."
    case 406:
      return isStream === true && sender === undefined
        ? "The gateway can't answer in the requested form, an event stream: set options.streaming to off."
        : undefined
    case 407:
      return `A proxy requires a login of its own${schemes(failure)}; ${
        describe(sent.identity)
      } is not the problem. If it is your proxy, `
        + "put user and password into its URL (HTTPS_PROXY, or options.proxy); if it is on the gateway's side, tell the gateway's operators."
    case 408:
      return "The gateway stopped waiting for the request: the connection may be slow for a prompt of this size. Try again, or send less at once."
    case 409:
      return "The gateway reports a conflict with another request: try again."
    case 410:
      return "What was at this URL has been retired, the model or the path: ask the gateway's operators for the current one."
    case 411:
      return "A proxy on the way passes the request on without its length (Content-Length): tell its operators."
    case 413:
      return "Something on the way limits the size of a request (nginx: 1 MB unless set otherwise). Send fewer or smaller attachments or a shorter "
        + "conversation, or ask the gateway's operators to raise the limit."
    case 414:
      return "The URL is too long for something on the way: give a long model ARN a shorter name at the gateway, or ask its operators to raise the limit."
    case 415:
      return `What is at ${sent.url} does not take JSON, so it is probably another service: check baseURL.`
    case 421:
      return `The server behind this address does not serve ${
        hostOf(sent.url)
      }: check the host in baseURL, and whether a proxy or load balancer on `
        + "the way routes by name. With options.http2, try without it."
    case 426:
    case 464:
    case 505:
      return /tls/i.test(upgrade ?? "")
        ? byMeaning.tls
        : "The gateway wants another version of HTTP: set options.http2 to true, or to false where it is true."
    case 428:
      return "The gateway requires a header that this request does not have: ask its operators which, and set it in options.headers."
    case 440:
    case 498:
      return `The gateway says that the session or token has ended: renew ${describe(sent.identity)}.`
    case 451:
      return "The request was refused for legal or policy reasons, for example because of the country, the model or the site. Neither the credential nor "
        + "the prompt's wording need be wrong: ask the gateway's operators or your compliance team."
    case 499:
      return "The gateway saw the connection close before it had an answer: a proxy between may have a shorter time limit. Try again."
    case 501:
      return `What is at ${sent.url} does not have the Converse operation: check baseURL, or ask the gateway's operators.`
    case 511:
      return "The network wants a login before it lets anything through (hotel, guest Wi-Fi): open any web page in a browser, sign in, and try again."
    case 529:
      return "The model's provider is overloaded: try again in a few minutes, or use another model."
    default:
      return status === undefined
        ? undefined
        : behind[status] ?? (status >= 520 && status < 531 ? cloudflare(status) : undefined)
  }
}

/** These say that what is behind a gateway failed, and how. */
const behind: Readonly<Record<number, string>> = {
  502: "The gateway got no usable answer from what is behind it. Try again later; if it lasts, tell its operators.",
  503: "The gateway has no server behind it that is ready. Try again later; if it lasts, tell its operators.",
  504:
    "What is behind the gateway did not answer within the gateway's time limit, which may be shorter than a model needs to think. Try again; "
    + "if it happens with long answers, ask its operators for a longer limit (several minutes).",
  598: "A proxy on the way ran out of time. Try again; if it lasts, tell its operators.",
  599: "A proxy on the way ran out of time. Try again; if it lasts, tell its operators."
}

/** Source: developers.cloudflare.com, "Cloudflare 5xx errors". */
const cloudflareErrors: Readonly<Record<number, string>> = {
  520: "got an answer from the gateway behind it that it can't read",
  521: "was refused a connection by the gateway behind it",
  522: "could not connect to the gateway behind it in time",
  523: "can't reach the gateway behind it",
  524: "got no answer from the gateway behind it within its time limit (100 seconds unless set otherwise)",
  525: "could not agree on TLS with the gateway behind it",
  526: "does not accept the certificate of the gateway behind it",
  530: "can't resolve the name of the gateway behind it"
}

const cloudflare = (status: number): string =>
  `Cloudflare ${
    cloudflareErrors[status] ?? "can't reach the gateway behind it"
  }. Try again later; if it lasts, tell the gateway's operators.`

const byMeaning: Readonly<Record<Meaning, string>> = {
  certificate:
    "The gateway wants a certificate of the client's. Set clientCert and clientKey in options to the files (PEM) of the one that you got for it.",
  tls: "The gateway wants TLS on this port: write https:// instead of http:// in baseURL.",
  headers:
    "The request's headers are too large for the gateway: a long token, or many or long options.headers. Some gateways also answer this for a "
    + "long prompt: then shorten the conversation. Its operators can raise the limit."
}

const schemes = ({ challenge }: Failure): string => {
  const names = challenge?.match(/\b(basic|digest|negotiate|ntlm|kerberos)\b/gi) ?? []
  return names.length === 0 ? "" : ` (${[...new Set(names)].join(", ")})`
}

const hostOf = (url: string): string => URL.canParse(url) ? new URL(url).host : url
