/** Connects step by step, sends nothing, and reports what each step found. */
import type * as Duration from "effect/Duration"
import * as Option from "effect/Option"
import type { Socket } from "node:net"
import type { Stage } from "../../Inspection.ts"
import { named } from "../../Route.ts"
import { shown, targetOf } from "../route/target.ts"
import type { Way } from "../route/way.ts"
import { described } from "../tls/certificateNames.ts"
import { answerFailed, certificateWords } from "../tls/tlsFailure.ts"
import { addressesOf } from "./addresses.ts"
import { tcpTo } from "./connect.ts"
import { startConnectLimit } from "./connectLimit.ts"
import { type Protocol, reach, secure } from "./dial.ts"
import { proxyFailure } from "./proxyFailure.ts"

/** `connectTimeout` is for each connection: there are two, if a proxy is asked for a tunnel. */
export const inspect = async function*(
  url: string,
  way: Way,
  alpn: Protocol,
  connectTimeout: Duration.Duration
): AsyncGenerator<Stage, void> {
  const target = targetOf(url)
  // A plain http request is handed to the proxy as it is.
  const isTunneled = way.route._tag === "Proxy" && (target.tls || alpn === "h2")
  yield {
    _tag: "Route",
    route: way.route,
    following: ["Dns", "Tcp", ...(isTunneled ? ["Tunnel" as const] : []), ...(target.tls ? ["Tls" as const] : [])]
  }
  const [first, to] = way.route._tag === "Proxy"
    ? [targetOf(way.route.proxy.url), `the ${named(way.route.proxy)}`]
    : [target, shown(target)]
  let limit = startConnectLimit(connectTimeout)
  let socket: Socket | undefined
  let toProxy = way.route._tag === "Proxy"
  try {
    let started = performance.now()
    const millis = () => {
      const before = started
      started = performance.now()
      return Math.round(started - before)
    }
    const addresses = await addressesOf(way.lookup, first.host, to, limit.signal)
    yield { _tag: "Dns", host: first.host, addresses, millis: millis() }

    started = performance.now()
    socket = await tcpTo(addresses, first, to, limit.signal)
    yield { _tag: "Tcp", host: first.host, port: first.port, address: socket.remoteAddress ?? "", millis: millis() }

    if (isTunneled && way.route._tag === "Proxy") {
      socket.destroy()
      // From here on the failures say themselves whose they are.
      toProxy = false
      limit.release()
      limit = startConnectLimit(connectTimeout)
      started = performance.now()
      socket = await reach(way, target, limit.signal)
      yield { _tag: "Tunnel", proxy: way.route.proxy, millis: millis() }
    }
    if (way.identity === undefined) return
    started = performance.now()
    const secured = await secure(socket, { target, context: way.identity, alpn, verify: false }, limit.signal)
    socket = secured
    const peer = secured.getPeerCertificate()
    const problem = secured.authorized ? undefined : String(secured.authorizationError)
    yield {
      _tag: "Tls",
      protocol: secured.getProtocol() ?? "",
      alpn: Option.fromNullable(secured.alpnProtocol || undefined),
      issuer: described(peer.issuer),
      subject: described(peer.subject),
      validTo: new Date(peer.valid_to),
      problem: Option.map(
        Option.fromNullable(problem),
        (code) => ({ code, words: `its certificate ${certificateWords(code, peer)}` })
      ),
      millis: millis()
    }
  } catch (error) {
    throw toProxy && way.route._tag === "Proxy"
      ? proxyFailure(error, way.route.proxy)
      : answerFailed(error, target, { ...way, alpn })
  } finally {
    limit.release()
    socket?.destroy()
  }
}
