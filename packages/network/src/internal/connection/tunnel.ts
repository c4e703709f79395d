/** Opens connections through a proxy. Source: RFC 9110, section 9.3.6, "CONNECT". */
import * as Option from "effect/Option"
import * as Redacted from "effect/Redacted"
import { request } from "node:http"
import type { Socket } from "node:net"
import { describeProxy, type Proxy } from "../../Route.ts"
import { maxHeaderSize } from "../http/headerLimit.ts"
import { authority, displayHost, type Target } from "../route/target.ts"
import { toTimeoutError } from "./connectLimit.ts"
import { proxyFailure, toRefusalError } from "./proxyFailure.ts"

/** Asks the proxy on the other end of the socket to connect to the target. */
export const openTunnel = (socket: Socket, proxy: Proxy, target: Target, signal: AbortSignal): Promise<Socket> =>
  new Promise((resolve, reject) => {
    const connect = request({
      method: "CONNECT",
      path: authority(target),
      headers: { host: authority(target), connection: "keep-alive", ...loginHeader(proxy) },
      createConnection: () => socket,
      maxHeaderSize,
      signal
    })
    connect.on("connect", (response, _, head: Buffer) => {
      if (response.statusCode === undefined || response.statusCode < 200 || response.statusCode > 299) {
        socket.destroy()
        const { headers, statusCode, statusMessage } = response
        return reject(toRefusalError({ headers, statusCode, statusMessage, page: head.toString() }, proxy, target))
      }
      if (head.length > 0) socket.unshift(head)
      resolve(socket)
    })
    connect.on("error", (error) => {
      socket.destroy()
      reject(
        signal.aborted
          ? toTimeoutError(
            signal.reason,
            displayHost(target),
            `the ${describeProxy(proxy)} did not answer CONNECT`,
            "Check that this is the right proxy, and the network or VPN."
          )
          : proxyFailure(error, proxy)
      )
    })
    connect.end()
  })

/** `Proxy-Authorization`, if the proxy's URL has a user. */
export const loginHeader = ({ login }: Proxy): Record<string, string> =>
  Option.match(login, {
    onNone: () => ({}),
    onSome: (login) => ({
      "proxy-authorization": `Basic ${Buffer.from(Redacted.value(login)).toString("base64")}`
    })
  })
