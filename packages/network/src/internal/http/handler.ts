/** Requests of the AWS SDK's clients, by the way that was decided for their URL. */
import type * as Duration from "effect/Duration"
import { toMillis } from "effect/Duration"
import type { Handler } from "../../Network.ts"
import { NetworkError } from "../../NetworkError.ts"
import { withinConnectLimit } from "../connection/connectLimit.ts"
import { dial, toProxy } from "../connection/dial.ts"
import { loginFailure } from "../connection/proxyFailure.ts"
import { loginHeader } from "../connection/tunnel.ts"
import { shown, type Target, targetOf } from "../route/target.ts"
import type { Way } from "../route/way.ts"
import { answerFailed, codeOf, resetFailure } from "../tls/tlsFailure.ts"
import { decode } from "./decoding.ts"
import { makeHttp1 } from "./http1.ts"
import { makeHttp2 } from "./http2.ts"
import type { Answer, Request, Smithy } from "./smithy.ts"

export interface Options {
  readonly connectTimeout: Duration.Duration
  readonly http2: boolean
  /** How long a connection may go unused and still get a request. */
  readonly idle: Duration.Duration
}

export const make = (
  smithy: Smithy,
  prepare: (url: string) => Promise<Way>,
  options: Options
): Pick<Handler, "destroy" | "handle"> => {
  const idle = toMillis(options.idle)
  let http1 = makeHttp1(smithy, idle)
  const http2 = makeHttp2(smithy, idle)
  let identity: Way["identity"]
  const alpn = options.http2 ? "h2" : "http/1.1"

  /** Connections that were made with a certificate that has been renewed since are not used again. */
  const renew = (way: Way) => {
    if (way.identity === undefined || way.identity === identity) return
    if (identity !== undefined) {
      http1.retire()
      http2.retire()
      http1 = makeHttp1(smithy, idle)
    }
    identity = way.identity
  }

  const send = (request: Request, target: Target, way: Way, signal: AbortSignal): Promise<Answer> => {
    const connect = () =>
      withinConnectLimit(options.connectTimeout, signal, (limited) => dial(way, target, alpn, limited))
    if (options.http2) return http2.handle(request, target, signal, connect)
    const { route } = way
    if (route._tag === "Direct" || target.tls) return http1.handle(request, target, signal, connect)
    return http1.handle(
      forwarded(request, target, route.proxy),
      targetOf(route.proxy.url),
      signal,
      () => withinConnectLimit(options.connectTimeout, signal, (limited) => toProxy(way, route.proxy, limited))
    )
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
        // What comes out of a tunnel is the other end's answer, not the proxy's.
        const isForwarded = !target.tls && !options.http2
        if (answer.response.statusCode !== 407 || way.route._tag === "Direct" || !isForwarded) {
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
const forwarded = (request: Request, target: Target, proxy: Parameters<typeof loginHeader>[0]): Request =>
  // A copy, since it belongs to the SDK.
  Object.assign(request.clone(), {
    path: `http://${shown(target)}${request.path}`,
    headers: { host: shown(target), ...request.headers, ...loginHeader(proxy) }
  })

const explained = (error: unknown, target: Target, way: Way, alpn: string): unknown => {
  const failure = answerFailed(error, target, { ...way, alpn })
  const code = codeOf(failure)
  return target.tls && !(failure instanceof NetworkError) && (code === "ECONNRESET" || code === "EPIPE")
    ? resetFailure(target, code, way)
    : failure
}
