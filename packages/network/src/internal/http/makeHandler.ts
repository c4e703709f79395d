/** Sends the requests of the AWS SDK's clients over the route for their URL. */
import type * as Duration from "effect/Duration"
import { toMillis } from "effect/Duration"
import { NetworkError } from "../../NetworkError.ts"
import type { RequestHandler } from "../../RequestHandler.ts"
import { withinConnectLimit } from "../connection/connectLimit.ts"
import { connectToProxy, dial } from "../connection/dial.ts"
import { toLoginError } from "../connection/proxyFailure.ts"
import { makeLoginHeader } from "../connection/tunnel.ts"
import { getErrorCode } from "../errorCode.ts"
import type { ConnectionPlan } from "../route/connectionPlan.ts"
import { displayHost, parseTarget, type Target } from "../route/target.ts"
import { toProtocolError, toResetError } from "../tls/tlsFailure.ts"
import { decode } from "./decoding.ts"
import { makeHttp1 } from "./http1.ts"
import type { makeHttp2 } from "./http2.ts"
import type { Output, Request } from "./message.ts"

export interface Options {
  readonly connectTimeout: Duration.Duration
  /** How long a connection may be idle before it is closed. */
  readonly idleTime: Duration.Duration
  /** For requests over HTTP/2; else they are sent over HTTP/1.1. Given by the caller, because Node's module for HTTP/2 is loaded only if it is used. */
  readonly makeHttp2?: typeof makeHttp2
}

export const makeHandler = (
  plan: (url: string) => Promise<ConnectionPlan>,
  options: Options
): Pick<RequestHandler, "handle"> & { readonly destroy: () => void } => {
  const idleTime = toMillis(options.idleTime)
  let http1 = makeHttp1(idleTime)
  const http2 = options.makeHttp2?.(idleTime)
  let identity: ConnectionPlan["identity"]
  const alpn = http2 === undefined ? "http/1.1" : "h2"

  /** If the client certificate has been renewed, stops using connections that were made with the old one. */
  const renewConnections = (connection: ConnectionPlan) => {
    if (connection.identity === undefined || connection.identity === identity) return
    if (identity !== undefined) {
      http1.retire()
      http2?.retire()
      http1 = makeHttp1(idleTime)
    }
    identity = connection.identity
  }

  const send = (request: Request, target: Target, connection: ConnectionPlan, signal: AbortSignal): Promise<Output> => {
    const connect = () =>
      withinConnectLimit(options.connectTimeout, signal, (limited) => dial(connection, target, alpn, limited))
    if (http2 !== undefined) return http2.handle(request, target, signal, connect)
    const { route } = connection
    if (route._tag === "Direct" || target.tls) return http1.handle(request, target, signal, connect)
    return http1.handle(
      toForwarded(request, target, route.proxy),
      parseTarget(route.proxy.url),
      signal,
      () =>
        withinConnectLimit(
          options.connectTimeout,
          signal,
          (limited) => connectToProxy(connection, route.proxy, limited)
        )
    )
  }

  return {
    handle: async (request, { abortSignal } = {}) => {
      const url = `${request.protocol}//${request.hostname}${request.port === undefined ? "" : `:${request.port}`}`
      const target = parseTarget(url)
      const connection = await plan(url)
      renewConnections(connection)
      const signal = asSignal(abortSignal)
      try {
        const output = await send(request, target, connection, signal)
        // A response through a tunnel comes from the target, not from the proxy.
        const isForwarded = !target.tls && http2 === undefined
        if (output.response.statusCode !== 407 || connection.route._tag === "Direct" || !isForwarded) {
          // A response to HEAD has the header but no body.
          if (request.method !== "HEAD") decode(output.response)
          return output
        }
        output.response.body?.destroy?.()
        throw toLoginError(output.response.headers["proxy-authenticate"], connection.route.proxy)
      } catch (error) {
        throw signal.aborted ? error : explain(error, target, connection, alpn)
      }
    },
    destroy: () => {
      http1.destroy()
      http2?.destroy()
    }
  }
}

/** The SDK's type also allows signals without events, which are never used here. */
const asSignal = (signal: unknown): AbortSignal => signal instanceof AbortSignal ? signal : new AbortController().signal

/** Rewrites a plain http request for a proxy. Source: RFC 9112, section 3.2.2, "absolute-form". */
const toForwarded = (request: Request, target: Target, proxy: Parameters<typeof makeLoginHeader>[0]): Request =>
  // A copy, because the SDK may use the request again.
  Object.assign(request.clone(), {
    path: `http://${displayHost(target)}${request.path}`,
    headers: { host: displayHost(target), ...request.headers, ...makeLoginHeader(proxy) }
  })

const explain = (error: unknown, target: Target, connection: ConnectionPlan, alpn: string): unknown => {
  const failure = toProtocolError(error, target, { ...connection, alpn })
  const code = getErrorCode(failure)
  return target.tls && !(failure instanceof NetworkError) && (code === "ECONNRESET" || code === "EPIPE")
    ? toResetError(target, code, connection)
    : failure
}
