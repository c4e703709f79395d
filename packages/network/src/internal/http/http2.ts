/** Sends HTTP/2 requests. The SDK's own HTTP/2 handler supports neither proxies nor custom certificates. */
import { HttpResponse } from "@smithy/core/protocols"
import * as Http2 from "node:http2"
import type { Socket } from "node:net"
import { Readable } from "node:stream"
import { TLSSocket } from "node:tls"
import { NetworkError } from "../../NetworkError.ts"
import { unlessAborted } from "../connection/abortableWait.ts"
import { displayHost, type Target, toAuthority } from "../route/target.ts"
import { describeVersion } from "../tls/tlsFailure.ts"
import { maxHeaderSize, measureHeaders, toHeaderSizeError } from "./headerLimit.ts"
import { buildPath, type Output, type Request } from "./message.ts"

export interface Http2 {
  readonly handle: (
    request: Request,
    target: Target,
    signal: AbortSignal,
    dial: () => Promise<Socket>
  ) => Promise<Output>
  /** Uses new connections for new requests. Running requests continue. */
  readonly retire: () => void
  readonly destroy: () => void
}

/** A session and its state. */
interface Connection {
  readonly session: Http2.ClientHttp2Session
  /** The number of running requests. */
  requests: number
  /** When a request last started or ended. */
  usedAt: number
  /** Whether a request was aborted before a response arrived, so that the connection may be dead. */
  isSuspect: boolean
}

/** `idleTime` is how long a connection may be idle, in milliseconds. */
export const makeHttp2 = (idleTime: number): Http2 => {
  const connections = new Map<string, Promise<Connection>>()
  /** Sessions that accept no new requests. */
  const retired = new Set<Http2.ClientHttp2Session>()

  const open = async (target: Target, dial: () => Promise<Socket>): Promise<Connection> => {
    const socket = await dial()
    if (socket instanceof TLSSocket && socket.alpnProtocol !== "h2") {
      socket.destroy()
      const [problem, hint] = describeVersion("h2")
      throw new NetworkError({
        reason: "Protocol",
        message: `no connection to ${displayHost(target)}: ${problem}`,
        hint
      })
    }
    const session = Http2.connect(`${target.tls ? "https" : "http"}://${toAuthority(target)}`, {
      createConnection: () => socket,
      // The same limit as for HTTP/1.1. Node 20 and 22 crash when they garbage-collect a session that exceeded it.
      maxHeaderListPairs: 2000
    })
    // Each request reports the error of its own stream.
    session.on("error", () => {})
    // An idle connection must not keep the program running.
    session.unref()
    return { session, requests: 0, usedAt: Date.now(), isSuspect: false }
  }

  const retire = ({ session }: Connection) => {
    if (session.destroyed) return
    retired.add(session)
    session.once("close", () => retired.delete(session))
    session.close()
  }

  /** A connection that was idle for too long is not used, because HTTP/2 gives no sign that it is dead. */
  const isUsable = ({ isSuspect, session, usedAt }: Connection): boolean =>
    !session.closed && !session.destroyed && !isSuspect && Date.now() - usedAt < idleTime

  const findOrOpen = async (target: Target, signal: AbortSignal, dial: () => Promise<Socket>): Promise<Connection> => {
    const key = `${target.tls} ${toAuthority(target)}`
    for (let pending = connections.get(key); pending !== undefined; pending = connections.get(key)) {
      const connection = await unlessAborted(pending.catch(() => undefined), signal)
      if (connection !== undefined && isUsable(connection)) return connection
      if (connections.get(key) !== pending) continue
      connections.delete(key)
      if (connection !== undefined) retire(connection)
    }
    const opened = open(target, dial)
    connections.set(key, opened)
    // The request that dialed reports the error; the next request dials again.
    opened.catch(() => connections.get(key) === opened && connections.delete(key))
    return opened
  }

  return {
    handle: async (request, target, signal, dial) => {
      const connection = await findOrOpen(target, signal, dial)
      // The connection may have been retired while this request waited for it.
      return exchange(
        isUsable(connection) ? connection : await findOrOpen(target, signal, dial),
        request,
        target,
        signal
      )
    },
    retire: () => {
      for (const opened of connections.values()) opened.then(retire, () => {})
      connections.clear()
    },
    destroy: () => {
      for (const opened of connections.values()) opened.then(({ session }) => session.destroy(), () => {})
      for (const session of retired) session.destroy()
    }
  }
}

/** Headers that HTTP/2 does not allow. Source: RFC 9113, section 8.2.2. */
const connectionHeaders = new Set([
  "host",
  "connection",
  "keep-alive",
  "proxy-connection",
  "transfer-encoding",
  "upgrade"
])

const exchange = (
  connection: Connection,
  request: Request,
  target: Target,
  signal: AbortSignal
): Promise<Output> =>
  new Promise((resolve, reject) => {
    const headers: Record<string, string> = {
      ":method": request.method,
      ":path": buildPath(request),
      ":scheme": target.tls ? "https" : "http",
      ":authority": request.headers["host"] ?? request.headers[":authority"] ?? toAuthority(target)
    }
    for (const [name, value] of Object.entries(request.headers)) {
      const lower = name.toLowerCase()
      if (!lower.startsWith(":") && !connectionHeaders.has(lower)) headers[lower] = value
    }
    const stream = connection.session.request(headers)
    let hasResponse = false
    changeRequestCount(connection, 1)
    const abort = () => {
      connection.isSuspect ||= !hasResponse
      stream.close(Http2.constants.NGHTTP2_CANCEL)
      reject(signal.reason)
    }
    signal.addEventListener("abort", abort, { once: true })
    stream.on("error", reject)
    stream.once("response", (responseHeaders) => {
      hasResponse = true
      // Node's own limit applies only to the compressed size.
      if (measureHeaders(responseHeaders) > maxHeaderSize) {
        stream.close(Http2.constants.NGHTTP2_CANCEL)
        return reject(toHeaderSizeError(displayHost(target)))
      }
      const { ":status": statusCode = 0, ...fields } = responseHeaders
      resolve({
        response: new HttpResponse({
          statusCode,
          headers: Object.fromEntries(
            Object.entries(fields).filter(([name]) => !name.startsWith(":"))
              .map(([name, value]) => [name, [value ?? ""].flat().join(", ")])
          ),
          body: stream
        })
      })
    })
    stream.once("close", () => {
      signal.removeEventListener("abort", abort)
      changeRequestCount(connection, -1)
      // No effect after a response or an error.
      reject(Object.assign(new Error("the other side closed the connection"), { code: "ECONNRESET" }))
    })
    const { body } = request
    if (body instanceof Readable) body.pipe(stream)
    else stream.end(body)
    if (signal.aborted) abort()
  })

/** A connection keeps the program running while it has requests. */
const changeRequestCount = (connection: Connection, change: 1 | -1): void => {
  connection.requests += change
  connection.usedAt = Date.now()
  if (connection.session.destroyed) return
  if (connection.requests === 0) connection.session.unref()
  else connection.session.ref()
}
