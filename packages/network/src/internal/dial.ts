/** Makes connections: straight to a host or through a proxy, with TLS where the target has it. */
import * as Option from "effect/Option"
import * as Redacted from "effect/Redacted"
import { request } from "node:http"
import { connect as connectTcp, isIP, type Socket } from "node:net"
import { connect as connectTls, type PeerCertificate, type SecureContext, type TLSSocket } from "node:tls"
import type { Proxy } from "../Route.ts"
import { answerFailure, proxyFailure } from "./proxyFailure.ts"
import { authority, type Target, targetOf } from "./target.ts"
import { tlsFailure } from "./tlsFailure.ts"
import { until } from "./wait.ts"
import type { Way } from "./way.ts"

export type Protocol = "h2" | "http/1.1"

/** A connection to the target on which nothing has been sent yet. */
export const dial = async (way: Way, target: Target, alpn: Protocol, signal: AbortSignal): Promise<Socket> => {
  const socket = await reach(way, target, signal)
  if (!target.tls || way.identity === undefined) return socket
  try {
    return await secure(socket, { target, context: way.identity, alpn, verify: true }, signal)
  } catch (error) {
    throw await tlsFailure(error, target, { ...way, alpn }, () => peer(way, target, alpn, signal))
  }
}

/** The connection below TLS. */
export const reach = async (way: Way, target: Target, signal: AbortSignal): Promise<Socket> => {
  if (way.route._tag === "Direct") return tcp(target, signal)
  const { proxy } = way.route
  return tunnel(await toProxy(proxy, way.trust, signal), proxy, target, signal)
}

/** A connection to the proxy itself. */
export const toProxy = async (
  proxy: Proxy,
  trust: SecureContext | undefined,
  signal: AbortSignal
): Promise<Socket> => {
  const target = targetOf(proxy.url)
  try {
    const socket = await tcp(target, signal)
    return target.tls && trust !== undefined
      ? await secure(socket, { target, context: trust, alpn: "http/1.1", verify: true }, signal)
      : socket
  } catch (error) {
    throw proxyFailure(error, proxy)
  }
}

export const tcp = ({ host, port }: Target, signal: AbortSignal): Promise<Socket> =>
  until(connectTcp({ host, port, noDelay: true }), "connect", signal)

/** Asks the proxy for a connection to the target. Source: RFC 9110, section 9.3.6, "CONNECT". */
const tunnel = (socket: Socket, proxy: Proxy, target: Target, signal: AbortSignal): Promise<Socket> =>
  new Promise((resolve, reject) => {
    const asked = request({
      method: "CONNECT",
      path: authority(target),
      headers: { host: authority(target), connection: "keep-alive", ...loginHeader(proxy) },
      createConnection: () => socket,
      signal
    })
    asked.on("connect", ({ headers, statusCode = 0 }, _, head: Buffer) => {
      if (statusCode < 200 || statusCode > 299) {
        socket.destroy()
        return reject(answerFailure(statusCode, headers["proxy-authenticate"], proxy, target))
      }
      if (head.length > 0) socket.unshift(head)
      resolve(socket)
    })
    asked.on("error", (error) => {
      socket.destroy()
      reject(signal.aborted ? signal.reason : proxyFailure(error, proxy))
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

export interface Securing {
  readonly target: Target
  readonly context: SecureContext
  readonly alpn: Protocol
  /** Without it the certificate can be looked at, and the connection be used for nothing else. */
  readonly verify: boolean
}

export const secure = (
  socket: Socket,
  { alpn, context, target, verify }: Securing,
  signal: AbortSignal
): Promise<TLSSocket> =>
  until(
    connectTls({
      socket,
      host: target.host,
      // Names only. Source: RFC 6066, section 3.
      ...(isIP(target.host) === 0 ? { servername: target.host } : {}),
      secureContext: context,
      ALPNProtocols: [alpn],
      // Said here, so that no environment variable says otherwise.
      rejectUnauthorized: verify
    }),
    "secureConnect",
    signal
  )

/** How long a failure may take to be explained. */
const peerLimit = 5000

/** The certificate of whoever answers: on a connection of its own, on which nothing is sent, and without the client's. */
const peer = async (
  way: Way,
  target: Target,
  alpn: Protocol,
  signal: AbortSignal
): Promise<PeerCertificate | undefined> => {
  if (way.trust === undefined) return undefined
  const limited = AbortSignal.any([signal, AbortSignal.timeout(peerLimit)])
  try {
    const socket = await secure(
      await reach(way, target, limited),
      { target, context: way.trust, alpn, verify: false },
      limited
    )
    const certificate = socket.getPeerCertificate()
    socket.destroy()
    return Object.keys(certificate).length === 0 ? undefined : certificate
  } catch {
    // The failure that is to be explained is told without it.
    return undefined
  }
}
