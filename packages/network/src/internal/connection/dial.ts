/** Makes connections, directly or through a proxy, with TLS if the target uses it. */
import { isIP, type Socket } from "node:net"
import { connect as connectTls, type PeerCertificate, type SecureContext, type TLSSocket } from "node:tls"
import { describeProxy, type Proxy } from "../../Route.ts"
import * as TimeLimit from "../../TimeLimit.ts"
import type { ConnectionPlan } from "../route/connectionPlan.ts"
import { displayHost, parseTarget, type Target } from "../route/target.ts"
import { toTlsError } from "../tls/tlsFailure.ts"
import { waitForEvent } from "./abortableWait.ts"
import { connectTcp } from "./connect.ts"
import { toTimeoutError } from "./connectLimit.ts"
import { toProxyError } from "./proxyFailure.ts"
import { openTunnel } from "./tunnel.ts"

export type Protocol = "h2" | "http/1.1"

/** Connects to the target without sending a request. */
export const dial = async (
  plan: ConnectionPlan,
  target: Target,
  alpn: Protocol,
  signal: AbortSignal
): Promise<Socket> => {
  const socket = await connectWithoutTls(plan, target, signal)
  if (!target.tls || plan.identity === undefined) return socket
  try {
    return await startTls(socket, { target, context: plan.identity, alpn, verify: true }, signal)
  } catch (error) {
    throw await toTlsError(error, target, { ...plan, alpn }, () => fetchPeerCertificate(plan, target, alpn, signal))
  }
}

/** Connects to the target without TLS, directly or through a tunnel. */
export const connectWithoutTls = async (plan: ConnectionPlan, target: Target, signal: AbortSignal): Promise<Socket> => {
  if (plan.route._tag === "Direct") return connectTcp(plan.lookup, target, displayHost(target), signal)
  const { proxy } = plan.route
  return openTunnel(await connectToProxy(plan, proxy, signal), proxy, target, signal)
}

/** Connects to the proxy. */
export const connectToProxy = async (
  { lookup, trust }: Pick<ConnectionPlan, "lookup" | "trust">,
  proxy: Proxy,
  signal: AbortSignal
): Promise<Socket> => {
  const target = parseTarget(proxy.url)
  const to = `the ${describeProxy(proxy)}`
  try {
    const socket = await connectTcp(lookup, target, to, signal)
    return target.tls && trust !== undefined
      ? await startTls(socket, { target, to, context: trust, alpn: "http/1.1", verify: true }, signal)
      : socket
  } catch (error) {
    throw toProxyError(error, proxy)
  }
}

export interface TlsOptions {
  readonly target: Target
  /** The name of the target in errors. */
  readonly to?: string
  readonly context: SecureContext
  readonly alpn: Protocol
  /** If false, any certificate is accepted in order to inspect it. The connection must not be used for anything else. */
  readonly verify: boolean
}

export const startTls = async (
  socket: Socket,
  { alpn, context, target, to = displayHost(target), verify }: TlsOptions,
  signal: AbortSignal
): Promise<TLSSocket> => {
  // Only for names, and without the trailing dot that DNS allows. Source: RFC 6066, section 3.
  const name = isIP(target.host) === 0 ? target.host.replace(/\.$/, "") : undefined
  try {
    return await waitForEvent(
      connectTls({
        socket,
        host: name ?? target.host,
        ...(name === undefined ? {} : { servername: name }),
        secureContext: context,
        ALPNProtocols: [alpn],
        // Set explicitly, so that no environment variable can turn it off.
        rejectUnauthorized: verify
      }),
      "secureConnect",
      signal
    )
  } catch (error) {
    throw toTimeoutError(
      error,
      to,
      "the TLS handshake was not answered",
      "Check that the port speaks TLS. Also check the network: a VPN that drops large packets (MTU) can cause this."
    )
  }
}

/** Time limit for fetching a certificate in order to explain a failure, in milliseconds. */
const peerTimeLimit = 5000

/** Fetches the peer's certificate over a separate connection, without a client certificate. */
const fetchPeerCertificate = async (
  plan: ConnectionPlan,
  target: Target,
  alpn: Protocol,
  signal: AbortSignal
): Promise<PeerCertificate | undefined> => {
  const { trust } = plan
  if (trust === undefined) return undefined
  const onTimeout = () => new Error("the certificate could not be fetched in time")
  return TimeLimit.within(peerTimeLimit, { signal, onTimeout }, async (limited) => {
    const socket = await startTls(
      await connectWithoutTls(plan, target, limited),
      { target, context: trust, alpn, verify: false },
      limited
    )
    const certificate = socket.getPeerCertificate()
    socket.destroy()
    return Object.keys(certificate).length === 0 ? undefined : certificate
  }).catch(() => undefined) // The original failure is then reported without the certificate.
}
