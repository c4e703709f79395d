/** What goes wrong with a proxy, in words. Pure. */
import { describe } from "@altimate-code/config/Origin"
import * as Predicate from "effect/Predicate"
import { NetworkError } from "../NetworkError.ts"
import { named, type Proxy } from "../Route.ts"
import { authority, shown, type Target } from "./target.ts"
import { alertOf, notTrusted } from "./tlsFailure.ts"

/** There is no connection to the proxy, or it does not speak HTTP. */
export const proxyFailure = (error: unknown, proxy: Proxy): unknown => {
  const code = Predicate.hasProperty(error, "code") && Predicate.isString(error.code) ? error.code : undefined
  const where = describe(proxy.origin)
  const failed = (words: string, hint: string) =>
    new NetworkError({
      reason: "Proxy",
      message: `no connection to the ${named(proxy)}: ${words}`,
      hint,
      ...(code === undefined ? {} : { code })
    })
  if (code === undefined) {
    return error instanceof Error && error.name === "TimeoutError"
      ? failed(
        "no answer within the time limit",
        `Check host and port of the proxy in ${where}, and the network or VPN.`
      )
      : error
  }
  if (code === "ENOTFOUND" || code === "EAI_AGAIN") {
    return failed(
      `no such name is known here (${code})`,
      `Check the proxy's name in ${where}; a VPN may be missing. Without a proxy: unset it, or add the gateway's host to NO_PROXY.`
    )
  }
  if (code === "ECONNREFUSED") {
    return failed(
      "nothing listens there (ECONNREFUSED)",
      `Check host and port of the proxy in ${where}, and whether it runs. Without a proxy: unset it, or add the gateway's host to NO_PROXY.`
    )
  }
  if (notTrusted(code)) {
    return failed(
      `its certificate is not accepted (${code})`,
      "If your company's authority issued it: set caFile in options (or NODE_EXTRA_CA_CERTS) to that authority's certificate (PEM)."
    )
  }
  if (code === "EPROTO" || code.startsWith("ERR_SSL_")) {
    return failed(
      `it does not speak TLS as expected (${alertOf(error)?.words ?? code})`,
      `Most proxies want http:// in front of their own name, for https targets too: check ${where}.`
    )
  }
  if (code.startsWith("HPE_")) {
    return failed(
      "what answers there is no HTTP proxy",
      `Check scheme and port of the proxy in ${where}: https:// if it wants TLS itself, and no SOCKS port.`
    )
  }
  return failed(`the connection broke (${code})`, `Check the proxy in ${where}, and the network or VPN.`)
}

/** The proxy's answer to CONNECT was no. */
export const answerFailure = (
  status: number,
  challenges: string | ReadonlyArray<string> | undefined,
  proxy: Proxy,
  target: Target
): NetworkError => {
  const failed = (message: string, hint: string) =>
    new NetworkError({ reason: "Proxy", message, hint, code: `HTTP ${status}` })
  const around = `Without the proxy: add ${target.host} to NO_PROXY, if it can be reached directly.`
  switch (status) {
    case 407:
      return loginFailure(challenges, proxy)
    case 502:
    case 503:
    case 504:
      return failed(
        `the ${named(proxy)} can't reach ${shown(target)} (HTTP ${status})`,
        `Check the host of the gateway's URL: the proxy must know it. ${around}`
      )
    default:
      return failed(
        `the ${named(proxy)} refused a connection to ${authority(target)} (HTTP ${status})`,
        `Ask whoever runs the proxy to allow ${authority(target)}. ${around}`
      )
  }
}

/** HTTP 407, which only a proxy answers. */
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
      : `the ${named(proxy)} wants a login (HTTP 407)`,
    hint: others
      ? `It only takes ${[...new Set(schemes)].join(", ")}, and this program sends user and password (Basic). `
        + "A local proxy that logs in for you, such as cntlm or px, can stand between: name it in options.proxy."
      : `${sent ? "Correct" : "Put"} user and password in ${describe(proxy.origin)}: http://user:password@… `
        + "(%40 for @, %3A for :, %2F for / in them)."
  })
}
