/** Requests of the AWS SDK's clients, by the way that was decided for their URL. */
import type * as Duration from "effect/Duration"
import { toMillis } from "effect/Duration"
import type { Handler } from "../Network.ts"
import { NetworkError } from "../NetworkError.ts"
import { describe } from "../Route.ts"
import { decode } from "./decoding.ts"
import { dial, loginHeader, toProxy } from "./dial.ts"
import { makeHttp1 } from "./http1.ts"
import { makeHttp2 } from "./http2.ts"
import { loginFailure } from "./proxyFailure.ts"
import type { Smithy } from "./smithy.ts"
import { shown, type Target, targetOf } from "./target.ts"
import { answerFailed, codeOf, resetFailure } from "./tlsFailure.ts"
import type { Way } from "./way.ts"

export interface Options {
  readonly connectTimeout: Duration.Duration
  readonly http2: boolean
}

type Request = Parameters<Handler["handle"]>[0]
type Answer = Awaited<ReturnType<Handler["handle"]>>

export const makeHandler = (
  smithy: Smithy,
  prepare: (url: string) => Promise<Way>,
  options: Options
): Pick<Handler, "destroy" | "handle"> => {
  let http1 = makeHttp1(smithy)
  const http2 = makeHttp2(smithy)
  let identity: Way["identity"]
  const alpn = options.http2 ? "h2" : "http/1.1"

  /** Connections that were made with a certificate that has been renewed since are not used again. */
  const renew = (way: Way) => {
    if (way.identity === undefined || way.identity === identity) return
    if (identity !== undefined) {
      http1.retire()
      http2.retire()
      http1 = makeHttp1(smithy)
    }
    identity = way.identity
  }

  const send = (request: Request, target: Target, way: Way, signal: AbortSignal): Promise<Answer> => {
    const dialing = async <A>(make: (limited: AbortSignal) => Promise<A>): Promise<A> => {
      const timeout = AbortSignal.timeout(toMillis(options.connectTimeout))
      return make(AbortSignal.any([signal, timeout]))
    }
    const connect = () => dialing((limited) => dial(way, target, alpn, limited))
    if (options.http2) return http2.handle(request, target, signal, connect)
    const { route } = way
    return route._tag === "Proxy" && !target.tls
      ? http1.handle(
        forwarded(request, target, route.proxy),
        { abortSignal: signal },
        () => dialing((limited) => toProxy(route.proxy, way.trust, limited))
      )
      : http1.handle(request, { abortSignal: signal }, connect)
  }

  return {
    handle: async (request, { abortSignal } = {}) => {
      const url = `${request.protocol}//${request.hostname}${request.port === undefined ? "" : `:${request.port}`}`
      const target = targetOf(url)
      const way = await prepare(url)
      renew(way)
      const signal = asSignal(abortSignal)
      try {
        const answer = await send(request, target, way, signal)
        if (answer.response.statusCode !== 407 || way.route._tag === "Direct") {
          // The answer to HEAD has the header and no body.
          if (request.method !== "HEAD") decode(answer.response)
          return answer
        }
        answer.response.body?.destroy?.()
        throw loginFailure(answer.response.headers["proxy-authenticate"], way.route.proxy)
      } catch (error) {
        throw signal.aborted ? error : explained(error, target, way, alpn)
      }
    },
    destroy: () => {
      http1.destroy()
      http2.destroy()
    }
  }
}

/** The SDK's type allows one without events too, which nothing here ever makes. */
const asSignal = (signal: unknown): AbortSignal => signal instanceof AbortSignal ? signal : new AbortController().signal

/** The request as a proxy takes it for a target without TLS. Source: RFC 9112, section 3.2.2, "absolute-form". */
const forwarded = (request: Request, target: Target, proxy: Parameters<typeof loginHeader>[0]): Request => {
  const { host, port } = targetOf(proxy.url)
  // A copy, since it belongs to the SDK.
  return Object.assign(request.clone(), {
    protocol: "http:",
    hostname: host,
    port,
    path: `http://${shown(target)}${request.path}`,
    headers: { host: shown(target), ...request.headers, ...loginHeader(proxy) }
  })
}

const explained = (error: unknown, target: Target, way: Way, alpn: string): unknown => {
  if (error instanceof DOMException && error.name === "TimeoutError") {
    return new NetworkError({
      reason: "Timeout",
      message: `no connection to ${shown(target)} within the time limit${
        way.route._tag === "Proxy" ? ` (${describe(way.route)})` : ""
      }`,
      hint: `Check the network or VPN${
        way.route._tag === "Direct"
          ? ", and whether a proxy is needed (HTTPS_PROXY or options.proxy)."
          : " and the proxy."
      }`
    })
  }
  const failure = answerFailed(error, target, { ...way, alpn })
  const code = codeOf(failure)
  return target.tls && !(failure instanceof NetworkError) && (code === "ECONNRESET" || code === "EPIPE")
    ? resetFailure(target, code, way)
    : failure
}
