/** Connects step by step without sending a request, and reports the result of each step. */
import type * as Duration from "effect/Duration"
import * as Option from "effect/Option"
import type { Socket } from "node:net"
import type { Stage } from "../../Inspection.ts"
import { describeProxy } from "../../Route.ts"
import type { ConnectionPlan } from "../route/connectionPlan.ts"
import { displayHost, parseTarget } from "../route/target.ts"
import { describeName } from "../tls/certificateNames.ts"
import { describeRejection, toProtocolError } from "../tls/tlsFailure.ts"
import { findAddresses } from "./addresses.ts"
import { connectToAny } from "./connect.ts"
import { startConnectLimit } from "./connectLimit.ts"
import { connectWithoutTls, type Protocol, startTls } from "./dial.ts"
import { toProxyError } from "./proxyFailure.ts"

/** `connectTimeout` applies to each connection; with a tunnel through a proxy there are two. */
export const inspect = async function*(
  url: string,
  plan: ConnectionPlan,
  alpn: Protocol,
  connectTimeout: Duration.Duration
): AsyncGenerator<Stage, void> {
  const target = parseTarget(url)
  // A plain http request goes to the proxy without a tunnel.
  const isTunneled = plan.route._tag === "Proxy" && (target.tls || alpn === "h2")
  yield {
    _tag: "Route",
    route: plan.route,
    following: ["Dns", "Tcp", ...(isTunneled ? ["Tunnel" as const] : []), ...(target.tls ? ["Tls" as const] : [])]
  }
  const [first, to] = plan.route._tag === "Proxy"
    ? [parseTarget(plan.route.proxy.url), `the ${describeProxy(plan.route.proxy)}`]
    : [target, displayHost(target)]
  let limit = startConnectLimit(connectTimeout)
  let socket: Socket | undefined
  let isProxyStep = plan.route._tag === "Proxy"
  try {
    let started = performance.now()
    const millis = () => {
      const before = started
      started = performance.now()
      return Math.round(started - before)
    }
    const addresses = await findAddresses(plan.lookup, first.host, to, limit.signal)
    yield { _tag: "Dns", host: first.host, addresses, millis: millis() }

    started = performance.now()
    socket = await connectToAny(addresses, first, to, limit.signal)
    yield { _tag: "Tcp", host: first.host, port: first.port, address: socket.remoteAddress ?? "", millis: millis() }

    if (isTunneled && plan.route._tag === "Proxy") {
      socket.destroy()
      // From here on, errors already name the proxy or the host as their cause.
      isProxyStep = false
      limit.release()
      limit = startConnectLimit(connectTimeout)
      started = performance.now()
      socket = await connectWithoutTls(plan, target, limit.signal)
      yield { _tag: "Tunnel", proxy: plan.route.proxy, millis: millis() }
    }
    if (plan.identity === undefined) return
    started = performance.now()
    const secured = await startTls(socket, { target, context: plan.identity, alpn, verify: false }, limit.signal)
    socket = secured
    const peer = secured.getPeerCertificate()
    const problem = secured.authorized ? undefined : String(secured.authorizationError)
    yield {
      _tag: "Tls",
      protocol: secured.getProtocol() ?? "",
      alpn: Option.fromNullable(secured.alpnProtocol || undefined),
      issuer: describeName(peer.issuer),
      subject: describeName(peer.subject),
      validTo: new Date(peer.valid_to),
      problem: Option.map(
        Option.fromNullable(problem),
        (code) => ({ code, message: `its certificate ${describeRejection(code, peer)}` })
      ),
      millis: millis()
    }
  } catch (error) {
    throw isProxyStep && plan.route._tag === "Proxy"
      ? toProxyError(error, plan.route.proxy)
      : toProtocolError(error, target, { ...plan, alpn })
  } finally {
    limit.release()
    socket?.destroy()
  }
}
