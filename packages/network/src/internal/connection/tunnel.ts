/** Opens connections through a proxy. Source: RFC 9110, section 9.3.6, "CONNECT". */
import * as Option from "effect/Option"
import * as Redacted from "effect/Redacted"
import { request } from "node:http"
import type { Socket } from "node:net"
import { describeProxy, type Proxy } from "../../Route.ts"
import { maxHeaderSize } from "../http/headerLimit.ts"
import { displayHost, type Target, toAuthority } from "../route/target.ts"
import { toTimeoutError } from "./connectLimit.ts"
import { toProxyError, toRefusalError } from "./proxyFailure.ts"

/** Makes the proxy at the other end of the socket connect to the target. */
export const openTunnel = (socket: Socket, proxy: Proxy, target: Target, signal: AbortSignal): Promise<Socket> =>
  new Promise((resolve, reject) => {
    const outgoing = request({
      method: "CONNECT",
      path: toAuthority(target),
      headers: { host: toAuthority(target), connection: "keep-alive", ...makeLoginHeader(proxy) },
      createConnection: () => socket,
      maxHeaderSize,
      signal
    })
    outgoing.on("connect", (response, _, head: Buffer) => {
      if (response.statusCode === undefined || response.statusCode < 200 || response.statusCode > 299) {
        socket.destroy()
        const { headers, statusCode, statusMessage } = response
        return reject(toRefusalError({ headers, statusCode, statusMessage, page: head.toString() }, proxy, target))
      }
      if (head.length > 0) socket.unshift(head)
      resolve(socket)
    })
    outgoing.on("error", (error) => {
      socket.destroy()
      reject(
        signal.aborted
          ? toTimeoutError(
            signal.reason,
            displayHost(target),
            `the ${describeProxy(proxy)} did not answer CONNECT`,
            "Check that this is the right proxy, and the network or VPN."
          )
          : toProxyError(error, proxy)
      )
    })
    outgoing.end()
  })

/** The `Proxy-Authorization` header, if the proxy's URL contains a user name. */
export const makeLoginHeader = ({ login }: Proxy): Record<string, string> =>
  Option.match(login, {
    onNone: () => ({}),
    onSome: (login) => ({
      "proxy-authorization": `Basic ${Buffer.from(Redacted.value(login)).toString("base64")}`
    })
  })
