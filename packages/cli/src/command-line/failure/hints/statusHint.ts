/** What to do about a status whose meaning is clear without an AWS exception. */
import { serverProblem } from "@altimate-code/provider/Diagnosis"
import type { FailedRequest } from "./failedRequest.ts"

/** `undefined` if the failure's reason decides. */
export const statusHint = (request: FailedRequest): string | undefined => {
  const { credential, error, evidence, url } = request
  const { sender, status } = error
  const problem = serverProblem(error)
  if (problem !== undefined) return byProblem[problem]
  switch (status) {
    case 402:
      return "The gateway requires payment, or a budget is used up. Ask its operators."
    case 406:
      return evidence.operation === "converse-stream" && sender === undefined
        ? "The gateway can't answer with an event stream. Set options.streaming to off."
        : undefined
    case 407:
      return `A proxy requires its own login${
        loginSchemes(request)
      }; ${credential} is not the problem. If it is your proxy, `
        + "put the user name and password into its URL (HTTPS_PROXY or options.proxy). If it is on the gateway's side, tell the gateway's operators."
    case 408:
      return "The gateway timed out before it had the whole request; the connection may be too slow for a prompt of this size. Try again, or send less."
    case 409:
      return "The gateway reports a conflict with another request. Try again."
    case 410:
      return "The model or the path at this URL has been retired. Ask the gateway's operators for the current one."
    case 411:
      return "A proxy in between removes the length of the request (Content-Length). Tell its operators."
    case 413:
      return "The gateway or a proxy in between limits the size of a request (nginx: 1 MB by default). Send fewer or smaller attachments or a shorter "
        + "conversation, or ask the gateway's operators to raise the limit."
    case 414:
      return "The URL is too long for the gateway or a proxy in between. Ask the gateway's operators for a short name for the model's ARN, or to raise the limit."
    case 415:
      return `The server at ${url} does not accept JSON, so it is probably another service. Check baseURL.`
    case 421:
      return `The server at this address does not serve ${
        hostOf(url)
      }. Check the host in baseURL, and whether a proxy or load balancer in between `
        + "routes by host name. If options.http2 is true, try without it."
    case 426:
    case 464:
    case 505:
      return /tls/i.test(evidence.response?.upgrade ?? "")
        ? byProblem["plain-http"]
        : "The gateway requires a different HTTP version. Set options.http2 to true, or to false if it is true."
    case 428:
      return "The gateway requires a header that this request does not have. Ask its operators which one, and set it in options.headers."
    case 440:
    case 498:
      return `The gateway reports that the session or token has expired. Renew ${credential}.`
    case 451:
      return "The request was refused for legal or policy reasons, for example because of the country, the model or the site. The credential and "
        + "the wording of the prompt may be fine. Ask the gateway's operators or your compliance team."
    case 499:
      return "The connection closed before the gateway had a response; a proxy in between may have a shorter timeout. Try again."
    case 501:
      return `The server at ${url} does not have the Converse operation. Check baseURL, or ask the gateway's operators.`
    case 511:
      return "The network requires a login before it allows any traffic (hotel, guest Wi-Fi). Open any web page in a browser, sign in, and try again."
    case 529:
      return "The model's provider is overloaded. Try again in a few minutes, or use another model."
    default:
      return status === undefined
        ? undefined
        : backendFailures[status] ?? (status >= 520 && status < 531 ? cloudflareHint(status) : undefined)
  }
}

/** The statuses of a gateway whose backend failed. */
const backendFailures: Readonly<Record<number, string>> = {
  502:
    "The gateway got no usable response from its backend. Try again later; if it keeps happening, tell its operators.",
  503: "The gateway has no backend available. Try again later; if it keeps happening, tell its operators.",
  504:
    "The gateway's backend did not respond within the gateway's timeout, which may be shorter than a model needs to think. Try again; "
    + "if it happens with long answers, ask its operators for a longer timeout (several minutes).",
  598: "A proxy in between timed out. Try again; if it keeps happening, tell its operators.",
  599: "A proxy in between timed out. Try again; if it keeps happening, tell its operators."
}

/** Source: developers.cloudflare.com, "Cloudflare 5xx errors". */
const cloudflareErrors: Readonly<Record<number, string>> = {
  520: "got an unreadable response from the gateway behind it",
  521: "was refused a connection by the gateway behind it",
  522: "could not connect to the gateway behind it in time",
  523: "can't reach the gateway behind it",
  524: "got no response from the gateway behind it in time (100 seconds by default)",
  525: "could not complete the TLS handshake with the gateway behind it",
  526: "does not accept the certificate of the gateway behind it",
  530: "can't resolve the host name of the gateway behind it"
}

const cloudflareHint = (status: number): string =>
  `Cloudflare ${
    cloudflareErrors[status] ?? "can't reach the gateway behind it"
  }. Try again later; if it keeps happening, tell the gateway's operators.`

const byProblem = {
  "client-certificate":
    "The gateway requires a client certificate. Set clientCert and clientKey in options to the PEM files of the one that was issued to you.",
  "plain-http": "The gateway requires TLS on this port. Write https:// instead of http:// in baseURL.",
  "headers-too-large":
    "The request headers are too large for the gateway, because of a long token, or of many or long options.headers. Some gateways also "
    + "answer this to a prompt that is too long; if so, shorten the conversation. The gateway's operators can raise the limit."
} as const

const loginSchemes = ({ evidence: { response } }: FailedRequest): string => {
  const names = response?.challenge?.match(/\b(basic|digest|negotiate|ntlm|kerberos)\b/gi) ?? []
  return names.length === 0 ? "" : ` (${[...new Set(names)].join(", ")})`
}

const hostOf = (url: string): string => URL.canParse(url) ? new URL(url).host : url
