/** Explains proxy errors. */
import { describe } from "@altimate-code/config/Origin"
import { printable } from "@altimate-code/log/Printable"
import { publicUrl } from "@altimate-code/log/PublicUrl"
import * as Cut from "@altimate-code/system/Cut"
import { STATUS_CODES } from "node:http"
import { NetworkError } from "../../NetworkError.ts"
import { describeProxy, type Proxy } from "../../Route.ts"
import { getErrorCode } from "../errorCode.ts"
import { toHeaderSizeError } from "../http/headerLimit.ts"
import { displayHost, type Target, toAuthority } from "../route/target.ts"
import { findAlert, isCertificateError } from "../tls/tlsFailure.ts"
import { Unconnected } from "./hostFailure.ts"

/** Returns an error for a proxy that can't be reached or does not speak HTTP. Other errors are returned unchanged. */
export const toProxyError = (error: unknown, proxy: Proxy): unknown => {
  const code = getErrorCode(error)
  if (code === undefined || error instanceof NetworkError) return error
  const where = describe(proxy.origin)
  const fail = (problem: string, hint: string) =>
    new NetworkError({
      reason: "Proxy",
      message: `no connection to the ${describeProxy(proxy)}: ${problem}`,
      hint,
      code
    })
  if (error instanceof Unconnected) {
    return fail(
      error.message,
      `Check ${
        /^(ENOTFOUND|EAI_)/.test(code) ? "the proxy's name in" : "the proxy's host and port in"
      } ${where}, that it is running, and the network or VPN. `
        + "To connect without a proxy, remove it there or add the gateway's host to NO_PROXY."
    )
  }
  if (isCertificateError(code)) {
    return fail(
      `its certificate is not trusted (${code})`,
      "If your company's certificate authority issued it, set caFile in options (or NODE_EXTRA_CA_CERTS) to that authority's certificate (PEM)."
    )
  }
  if (code === "EPROTO" || code.startsWith("ERR_SSL_")) {
    const alert = findAlert(error)
    return fail(
      alert === undefined ? `it does not speak TLS (${code})` : `it refused TLS (${alert})`,
      `Check ${where}: the URL of most proxies begins with http://, even for https targets.`
    )
  }
  if (code === "HPE_HEADER_OVERFLOW") return toHeaderSizeError(`the ${describeProxy(proxy)}`, "Proxy")
  if (code.startsWith("HPE_")) {
    return fail(
      "its response is not HTTP",
      `Check the proxy's scheme and port in ${where}: use https:// only if the proxy itself speaks TLS, and do not use its SOCKS port.`
    )
  }
  return fail(
    code === "ECONNRESET" || code === "EPIPE"
      ? `it closed the connection (${code})`
      : `the connection failed (${code})`,
    `Check the proxy in ${where}, and the network or VPN.`
  )
}

/** A proxy's response that refuses CONNECT. */
export interface Refusal {
  readonly statusCode?: number | undefined
  readonly statusMessage?: string | undefined
  readonly headers: NodeJS.Dict<string | ReadonlyArray<string>>
  /** The part of the body that arrived with the headers. */
  readonly page: string
}

/** An error for a proxy that refused to connect to the target. */
export const toRefusalError = (refusal: Refusal, proxy: Proxy, target: Target): NetworkError => {
  const { headers, statusCode: status = 0 } = refusal
  const fail = (message: string, hint: string) =>
    new NetworkError({
      reason: "Proxy",
      message: `the ${describeProxy(proxy)} ${message} (HTTP ${status})${findReason(refusal)}`,
      hint,
      code: `HTTP ${status}`
    })
  const directHint = `If ${target.host} can be reached directly, add it to NO_PROXY.`
  const location = [headers["location"]].flat()[0]
  if (status === 407) return toLoginError(headers["proxy-authenticate"], proxy)
  if (status >= 300 && status < 400 && location !== undefined) {
    return fail(
      `sent a redirect to ${publicUrl(location)} instead of connecting to ${displayHost(target)}`,
      `This is often a login page: open it in a browser, then try again. ${directHint}`
    )
  }
  if (status === 502 || status === 503 || status === 504) {
    return fail(
      `can't reach ${displayHost(target)}`,
      `Check the host in the gateway's URL: the proxy must be able to reach it. ${directHint}`
    )
  }
  return fail(
    `refused a connection to ${toAuthority(target)}`,
    `Ask the operators of the proxy to allow ${toAuthority(target)}. ${directHint}`
  )
}

/** The proxy's own explanation: the title of its error page, Squid's error name, or a custom status text. */
const findReason = ({ headers, page, statusCode, statusMessage }: Refusal): string => {
  const title = /<title>([^<]*)/i.exec(page)?.[1]?.trim()
  const squid = [headers["x-squid-error"]].flat()[0]?.split(" ", 1)[0]
  const text = title || squid || (statusMessage === STATUS_CODES[statusCode ?? 0] ? "" : statusMessage) || ""
  return text === "" ? "" : `: ${Cut.shorten(printable(text), 200)}`
}

/** An error for HTTP 407 from a proxy. */
export const toLoginError = (challenges: string | ReadonlyArray<string> | undefined, proxy: Proxy): NetworkError => {
  const schemes = [challenges ?? []].flat().join(",").match(/\b(?:basic|digest|negotiate|ntlm|kerberos|bearer)\b/gi) ??
    []
  const needsOtherScheme = schemes.length > 0 && !schemes.some((scheme) => /basic/i.test(scheme))
  const hasLogin = proxy.login._tag === "Some"
  return new NetworkError({
    reason: "Proxy",
    code: "HTTP 407",
    message: hasLogin && !needsOtherScheme
      ? `the ${describeProxy(proxy)} rejected the user name and password (HTTP 407)`
      : `the ${describeProxy(proxy)} requires a login (HTTP 407)`,
    hint: needsOtherScheme
      ? `The proxy accepts only ${
        [...new Set(schemes)].join(", ")
      }, but only a user name and password (Basic) can be used here. `
        + "Run a local proxy that signs in for you, such as cntlm or px, and set options.proxy to it."
      : `${hasLogin ? "Correct" : "Add"} the user name and password in ${
        describe(proxy.origin)
      }: http://user:password@… `
        + "(write %40 for @, %3A for : and %2F for / in them)."
  })
}
