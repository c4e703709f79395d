/** Requests in HTTP/2. The SDK's own handler for it knows neither a proxy nor certificates of one's own. */
import type { NodeHttpHandler } from "@smithy/node-http-handler"
import * as Http2 from "node:http2"
import type { Socket } from "node:net"
import { Readable } from "node:stream"
import { TLSSocket } from "node:tls"
import { NetworkError } from "../NetworkError.ts"
import type { Smithy } from "./smithy.ts"
import { authority, shown, type Target } from "./target.ts"
import { otherVersion } from "./tlsFailure.ts"

type Request = Parameters<NodeHttpHandler["handle"]>[0]
type Answer = Awaited<ReturnType<NodeHttpHandler["handle"]>>

export interface Http2 {
  readonly handle: (
    request: Request,
    target: Target,
    signal: AbortSignal,
    dial: () => Promise<Socket>
  ) => Promise<Answer>
  /** The next requests get connections of their own; those that are on their way are answered. */
  readonly retire: () => void
  readonly destroy: () => void
}

export const makeHttp2 = (smithy: Smithy): Http2 => {
  const sessions = new Map<string, Promise<Http2.ClientHttp2Session>>()
  /** Those that no request gets any more. */
  const retired = new Set<Http2.ClientHttp2Session>()

  const open = async (target: Target, dial: () => Promise<Socket>): Promise<Http2.ClientHttp2Session> => {
    const socket = await dial()
    if (socket instanceof TLSSocket && socket.alpnProtocol !== "h2") {
      socket.destroy()
      const [words, hint] = otherVersion("h2")
      throw new NetworkError({ reason: "Protocol", message: `no connection to ${shown(target)}: ${words}`, hint })
    }
    const session = Http2.connect(`${target.tls ? "https" : "http"}://${authority(target)}`, {
      createConnection: () => socket
    })
    // Each request learns of it by its own stream.
    session.on("error", () => {})
    // An idle connection does not keep the program running.
    session.unref()
    return session
  }

  const session = async (target: Target, dial: () => Promise<Socket>): Promise<Http2.ClientHttp2Session> => {
    const key = `${target.tls} ${authority(target)}`
    const known = sessions.get(key)
    if (known !== undefined) {
      const session = await known.catch(() => undefined)
      if (session !== undefined && !session.closed && !session.destroyed) return session
    }
    const opened = open(target, dial)
    sessions.set(key, opened)
    // Whoever asked is told; the next one tries again.
    opened.catch(() => sessions.get(key) === opened && sessions.delete(key))
    return opened
  }

  return {
    handle: async (request, target, signal, dial) =>
      exchange(smithy, await session(target, dial), request, target, signal),
    retire: () => {
      for (const opened of sessions.values()) {
        opened.then((session) => {
          retired.add(session)
          session.once("close", () => retired.delete(session))
          session.close()
        }, () => {})
      }
      sessions.clear()
    },
    destroy: () => {
      for (const opened of sessions.values()) opened.then((session) => session.destroy(), () => {})
      for (const session of retired) session.destroy()
    }
  }
}

/** What HTTP/2 has no place for. Source: RFC 9113, section 8.2.2. */
const ofConnection = new Set(["host", "connection", "keep-alive", "proxy-connection", "transfer-encoding", "upgrade"])

const exchange = (
  { buildQueryString, HttpResponse }: Smithy,
  session: Http2.ClientHttp2Session,
  request: Request,
  target: Target,
  signal: AbortSignal
): Promise<Answer> =>
  new Promise((resolve, reject) => {
    const query = buildQueryString(request.query)
    const headers: Record<string, string> = {
      ":method": request.method,
      ":path": query === "" ? request.path : `${request.path}?${query}`,
      ":scheme": target.tls ? "https" : "http",
      ":authority": request.headers["host"] ?? request.headers[":authority"] ?? authority(target)
    }
    for (const [name, value] of Object.entries(request.headers)) {
      const lower = name.toLowerCase()
      if (!lower.startsWith(":") && !ofConnection.has(lower)) headers[lower] = value
    }
    const stream = session.request(headers)
    inUse(session, 1)
    const abort = () => {
      stream.close(Http2.constants.NGHTTP2_CANCEL)
      reject(signal.reason)
    }
    signal.addEventListener("abort", abort, { once: true })
    stream.on("error", reject)
    stream.once("response", (answer) => {
      const { ":status": statusCode = 0, ...fields } = answer
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
      inUse(session, -1)
      // After an answer or an error it changes nothing.
      reject(Object.assign(new Error("the gateway closed the connection"), { code: "ECONNRESET" }))
    })
    const { body } = request
    if (body instanceof Readable) body.pipe(stream)
    else stream.end(body)
    if (signal.aborted) abort()
  })

/** How many requests are on each connection. */
const uses = new WeakMap<Http2.ClientHttp2Session, number>()

/** A connection keeps the program running as long as a request is on it. */
const inUse = (session: Http2.ClientHttp2Session, more: 1 | -1): void => {
  const now = (uses.get(session) ?? 0) + more
  uses.set(session, now)
  if (session.destroyed) return
  if (now === 0) session.unref()
  else session.ref()
}
