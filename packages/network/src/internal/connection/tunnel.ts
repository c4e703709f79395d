/** Connections through a proxy. Source: RFC 9110, section 9.3.6, "CONNECT". */
import * as Option from "effect/Option"
import * as Redacted from "effect/Redacted"
import { request } from "node:http"
import type { Socket } from "node:net"
import { named, type Proxy } from "../../Route.ts"
import { maxHeaderSize } from "../http/headerLimit.ts"
import { authority, shown, type Target } from "../route/target.ts"
import { timedOut } from "./connectLimit.ts"
import { answerFailure, proxyFailure } from "./proxyFailure.ts"

/** Asks the proxy at the other end of the socket for a connection to the target. */
export const tunnel = (socket: Socket, proxy: Proxy, target: Target, signal: AbortSignal): Promise<Socket> =>
  new Promise((resolve, reject) => {
    const asked = request({
      method: "CONNECT",
      path: authority(target),
      headers: { host: authority(target), connection: "keep-alive", ...loginHeader(proxy) },
      createConnection: () => socket,
      maxHeaderSize,
      signal
    })
    asked.on("connect", (answer, _, head: Buffer) => {
      if (answer.statusCode === undefined || answer.statusCode < 200 || answer.statusCode > 299) {
        socket.destroy()
        const { headers, statusCode, statusMessage } = answer
        return reject(answerFailure({ headers, statusCode, statusMessage, page: head.toString() }, proxy, target))
      }
      if (head.length > 0) socket.unshift(head)
      resolve(socket)
    })
    asked.on("error", (error) => {
      socket.destroy()
      reject(
        signal.aborted
          ? timedOut(
            signal.reason,
            shown(target),
            `the ${named(proxy)} did not answer CONNECT`,
            "Check that this is the right proxy, and the network or VPN."
          )
          : proxyFailure(error, proxy)
      )
    })
    asked.end()
  })

/** `Proxy-Authorization`, if the proxy's URL has a user. */
export const loginHeader = ({ login }: Proxy): Record<string, string> =>
  Option.match(login, {
    onNone: () => ({}),
    onSome: (login) => ({
      "proxy-authorization": `Basic ${Buffer.from(Redacted.value(login)).toString("base64")}`
    })
  })
