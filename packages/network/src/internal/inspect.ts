/** Connects step by step, sends nothing, and tells what each step found. */
import * as Option from "effect/Option"
import { lookup } from "node:dns/promises"
import { isIP, type Socket } from "node:net"
import type { Stage } from "../Inspection.ts"
import { described } from "./certificateNames.ts"
import { type Protocol, reach, secure, tcp } from "./dial.ts"
import { proxyFailure } from "./proxyFailure.ts"
import { targetOf } from "./target.ts"
import { answerFailed, certificateWords } from "./tlsFailure.ts"
import type { Way } from "./way.ts"

const resolved = (host: string, signal: AbortSignal) =>
  Promise.race([
    lookup(host, { all: true }),
    new Promise<never>((_, reject) => {
      signal.addEventListener("abort", () => reject(signal.reason), { once: true })
    })
  ])

export const inspect = async function*(
  url: string,
  way: Way,
  alpn: Protocol,
  signal: AbortSignal
): AsyncGenerator<Stage, void> {
  const target = targetOf(url)
  // A plain http request is handed to the proxy as it is.
  const isTunneled = way.route._tag === "Proxy" && (target.tls || alpn === "h2")
  yield {
    _tag: "Route",
    route: way.route,
    following: ["Dns", "Tcp", ...(isTunneled ? ["Tunnel" as const] : []), ...(target.tls ? ["Tls" as const] : [])]
  }
  const first = way.route._tag === "Proxy" ? targetOf(way.route.proxy.url) : target
  let socket: Socket | undefined
  let toProxy = way.route._tag === "Proxy"
  try {
    let started = performance.now()
    const millis = () => {
      const before = started
      started = performance.now()
      return Math.round(started - before)
    }
    const addresses = isIP(first.host) === 0 ? await resolved(first.host, signal) : [{ address: first.host }]
    yield { _tag: "Dns", host: first.host, addresses: addresses.map(({ address }) => address), millis: millis() }

    started = performance.now()
    socket = await tcp(first, signal)
    yield { _tag: "Tcp", host: first.host, port: first.port, address: socket.remoteAddress ?? "", millis: millis() }

    if (isTunneled && way.route._tag === "Proxy") {
      socket.destroy()
      // From here on the failures say themselves whose they are.
      toProxy = false
      started = performance.now()
      socket = await reach(way, target, signal)
      yield { _tag: "Tunnel", proxy: way.route.proxy, millis: millis() }
    }
    if (way.identity === undefined) return
    started = performance.now()
    const secured = await secure(socket, { target, context: way.identity, alpn, verify: false }, signal)
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
    socket?.destroy()
  }
}
