/** Makes connections: straight to a host or through a proxy, with TLS where the target has it. */
import { isIP, type Socket } from "node:net"
import { connect as connectTls, type PeerCertificate, type SecureContext, type TLSSocket } from "node:tls"
import { named, type Proxy } from "../../Route.ts"
import * as TimeLimit from "../../TimeLimit.ts"
import { shown, type Target, targetOf } from "../route/target.ts"
import type { Way } from "../route/way.ts"
import { tlsFailure } from "../tls/tlsFailure.ts"
import { tcp } from "./connect.ts"
import { timedOut } from "./connectLimit.ts"
import { proxyFailure } from "./proxyFailure.ts"
import { tunnel } from "./tunnel.ts"
import { until } from "./wait.ts"

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
  if (way.route._tag === "Direct") return tcp(way.lookup, target, shown(target), signal)
  const { proxy } = way.route
  return tunnel(await toProxy(way, proxy, signal), proxy, target, signal)
}

/** A connection to the proxy itself. */
export const toProxy = async (
  { lookup, trust }: Pick<Way, "lookup" | "trust">,
  proxy: Proxy,
  signal: AbortSignal
): Promise<Socket> => {
  const target = targetOf(proxy.url)
  const to = `the ${named(proxy)}`
  try {
    const socket = await tcp(lookup, target, to, signal)
    return target.tls && trust !== undefined
      ? await secure(socket, { target, to, context: trust, alpn: "http/1.1", verify: true }, signal)
      : socket
  } catch (error) {
    throw proxyFailure(error, proxy)
  }
}

export interface Securing {
  readonly target: Target
  /** Names the target in errors. */
  readonly to?: string
  readonly context: SecureContext
  readonly alpn: Protocol
  /** Without it the certificate can be looked at, and the connection be used for nothing else. */
  readonly verify: boolean
}

export const secure = async (
  socket: Socket,
  { alpn, context, target, to = shown(target), verify }: Securing,
  signal: AbortSignal
): Promise<TLSSocket> => {
  // Names only, and without the dot that ends a name in DNS. Source: RFC 6066, section 3.
  const name = isIP(target.host) === 0 ? target.host.replace(/\.$/, "") : undefined
  try {
    return await until(
      connectTls({
        socket,
        host: name ?? target.host,
        ...(name === undefined ? {} : { servername: name }),
        secureContext: context,
        ALPNProtocols: [alpn],
        // Said here, so that no environment variable says otherwise.
        rejectUnauthorized: verify
      }),
      "secureConnect",
      signal
    )
  } catch (error) {
    throw timedOut(
      error,
      to,
      "the TLS handshake was not answered",
      "Check that the port takes TLS, and the network: a VPN that drops large packets (MTU) looks like this."
    )
  }
}

/** How long a failure may take to be explained, in milliseconds. */
const peerLimit = 5000

/** The certificate of whoever answers: on a connection of its own, on which nothing is sent, and without the client's. */
const peer = async (
  way: Way,
  target: Target,
  alpn: Protocol,
  signal: AbortSignal
): Promise<PeerCertificate | undefined> => {
  const { trust } = way
  if (trust === undefined) return undefined
  const onTimeout = () => new Error("the certificate could not be looked at in time")
  return TimeLimit.within(peerLimit, { signal, onTimeout }, async (limited) => {
    const socket = await secure(
      await reach(way, target, limited),
      { target, context: trust, alpn, verify: false },
      limited
    )
    const certificate = socket.getPeerCertificate()
    socket.destroy()
    return Object.keys(certificate).length === 0 ? undefined : certificate
  }).catch(() => undefined) // The failure that is to be explained is reported without it.
}
