/** What goes wrong with a proxy, in words. Pure. */
import { describe } from "@altimate-code/config/Origin"
import { publicUrl } from "@altimate-code/config/PublicUrl"
import { printable } from "@altimate-code/log/Printable"
import * as Cut from "@altimate-code/system/Cut"
import { STATUS_CODES } from "node:http"
import { NetworkError } from "../../NetworkError.ts"
import { named, type Proxy } from "../../Route.ts"
import { headersTooLarge } from "../http/headerLimit.ts"
import { authority, shown, type Target } from "../route/target.ts"
import { alertOf, codeOf, notTrusted } from "../tls/tlsFailure.ts"
import { Unconnected } from "./unreachable.ts"

/** There is no connection to the proxy, or it does not speak HTTP. */
export const proxyFailure = (error: unknown, proxy: Proxy): unknown => {
  const code = codeOf(error)
  if (code === undefined || error instanceof NetworkError) return error
  const where = describe(proxy.origin)
  const failed = (words: string, hint: string) =>
    new NetworkError({ reason: "Proxy", message: `no connection to the ${named(proxy)}: ${words}`, hint, code })
  if (error instanceof Unconnected) {
    return failed(
      error.message,
      `Check ${
        /^(ENOTFOUND|EAI_)/.test(code) ? "the proxy's name in" : "host and port of the proxy in"
      } ${where}, whether it is `
        + "running, and the network or VPN. Without a proxy: remove it there, or add the gateway's host to NO_PROXY."
    )
  }
  if (notTrusted(code)) {
    return failed(
      `its certificate is not trusted (${code})`,
      "If your company's authority issued it: set caFile in options (or NODE_EXTRA_CA_CERTS) to that authority's certificate (PEM)."
    )
  }
  if (code === "EPROTO" || code.startsWith("ERR_SSL_")) {
    const alert = alertOf(error)?.words
    return failed(
      alert === undefined ? `it does not speak TLS (${code})` : `it refused TLS (${alert})`,
      `Most proxies' own URLs begin with http://, for https targets too: check ${where}.`
    )
  }
  if (code === "HPE_HEADER_OVERFLOW") return headersTooLarge(`the ${named(proxy)}`, "Proxy")
  if (code.startsWith("HPE_")) {
    return failed(
      "its answer is not HTTP",
      `Check scheme and port of the proxy in ${where}: https:// if it takes TLS itself, and not its SOCKS port.`
    )
  }
  return failed(
    code === "ECONNRESET" || code === "EPIPE"
      ? `it closed the connection (${code})`
      : `the connection failed (${code})`,
    `Check the proxy in ${where}, and the network or VPN.`
  )
}

/** The proxy's answer to CONNECT. */
export interface Refusal {
  readonly statusCode?: number | undefined
  readonly statusMessage?: string | undefined
  readonly headers: NodeJS.Dict<string | ReadonlyArray<string>>
  /** As much of its page as came with the head. */
  readonly page: string
}

/** The proxy did not make the connection. */
export const answerFailure = (refusal: Refusal, proxy: Proxy, target: Target): NetworkError => {
  const { headers, statusCode: status = 0 } = refusal
  const failed = (message: string, hint: string) =>
    new NetworkError({
      reason: "Proxy",
      message: `the ${named(proxy)} ${message} (HTTP ${status})${reasonGiven(refusal)}`,
      hint,
      code: `HTTP ${status}`
    })
  const around = `Without the proxy: add ${target.host} to NO_PROXY, if it can be reached directly.`
  const location = [headers["location"]].flat()[0]
  if (status === 407) return loginFailure(headers["proxy-authenticate"], proxy)
  if (status >= 300 && status < 400 && location !== undefined) {
    return failed(
      `sent a redirect to ${publicUrl(location)} instead of connecting to ${shown(target)}`,
      `Often that is a page to sign in on: open it in a browser, then try again. ${around}`
    )
  }
  if (status === 502 || status === 503 || status === 504) {
    return failed(
      `can't reach ${shown(target)}`,
      `Check the host of the gateway's URL: the proxy must know it. ${around}`
    )
  }
  return failed(
    `refused a connection to ${authority(target)}`,
    `Ask whoever runs the proxy to allow ${authority(target)}. ${around}`
  )
}

/** The proxy's own words: its page's title, Squid's name for the error, or a status text of its own. */
const reasonGiven = ({ headers, page, statusCode, statusMessage }: Refusal): string => {
  const title = /<title>([^<]*)/i.exec(page)?.[1]?.trim()
  const squid = [headers["x-squid-error"]].flat()[0]?.split(" ", 1)[0]
  const text = title || squid || (statusMessage === STATUS_CODES[statusCode ?? 0] ? "" : statusMessage) || ""
  return text === "" ? "" : `: ${Cut.shorten(printable(text), 200)}`
}

/** HTTP 407, from a proxy. */
export const loginFailure = (challenges: string | ReadonlyArray<string> | undefined, proxy: Proxy): NetworkError => {
  const schemes = [challenges ?? []].flat().join(",").match(/\b(?:basic|digest|negotiate|ntlm|kerberos|bearer)\b/gi) ??
    []
  const others = schemes.length > 0 && !schemes.some((scheme) => /basic/i.test(scheme))
  const sent = proxy.login._tag === "Some"
  return new NetworkError({
    reason: "Proxy",
    code: "HTTP 407",
    message: sent && !others
      ? `the ${named(proxy)} did not accept its user and password (HTTP 407)`
      : `the ${named(proxy)} requires a login (HTTP 407)`,
    hint: others
      ? `The proxy accepts ${
        [...new Set(schemes)].join(", ")
      } only; altimate-code signs in with user and password (Basic). `
        + "Run a local proxy that signs in for you, such as cntlm or px, and set options.proxy to it."
      : `${sent ? "Correct" : "Put"} user and password in ${describe(proxy.origin)}: http://user:password@… `
        + "(%40 for @, %3A for :, %2F for / in them)."
  })
}
