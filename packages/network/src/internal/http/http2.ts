/** Requests in HTTP/2. The SDK's own handler for it knows neither a proxy nor certificates of one's own. */
import * as Http2 from "node:http2"
import type { Socket } from "node:net"
import { Readable } from "node:stream"
import { TLSSocket } from "node:tls"
import { NetworkError } from "../../NetworkError.ts"
import { unlessAborted } from "../connection/wait.ts"
import { authority, shown, type Target } from "../route/target.ts"
import { otherVersion } from "../tls/tlsFailure.ts"
import { headerSize, headersTooLarge, maxHeaderSize } from "./headerLimit.ts"
import { type Answer, type Request, requestPath, type Smithy } from "./smithy.ts"

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

/** A session and what is on it. */
interface Line {
  readonly session: Http2.ClientHttp2Session
  /** Requests that have no complete answer yet. */
  requests: number
  /** When the last request began or ended. */
  usedAt: number
  /** A request was given up before it had an answer: the other end may be gone. */
  isDoubtful: boolean
}

/** `idle` is how long a connection may go unused, in milliseconds. */
export const makeHttp2 = (smithy: Smithy, idle: number): Http2 => {
  const lines = new Map<string, Promise<Line>>()
  /** Those that get no more requests. */
  const retired = new Set<Http2.ClientHttp2Session>()

  const open = async (target: Target, dial: () => Promise<Socket>): Promise<Line> => {
    const socket = await dial()
    if (socket instanceof TLSSocket && socket.alpnProtocol !== "h2") {
      socket.destroy()
      const [words, hint] = otherVersion("h2")
      throw new NetworkError({ reason: "Protocol", message: `no connection to ${shown(target)}: ${words}`, hint })
    }
    const session = Http2.connect(`${target.tls ? "https" : "http"}://${authority(target)}`, {
      createConnection: () => socket,
      // As many as in HTTP/1.1. With more than are allowed, Node 20 and 22 crash when the session is collected.
      maxHeaderListPairs: 2000
    })
    // Each request learns of it by its own stream.
    session.on("error", () => {})
    // An idle connection does not keep the program running.
    session.unref()
    return { session, requests: 0, usedAt: Date.now(), isDoubtful: false }
  }

  const retire = ({ session }: Line) => {
    if (session.destroyed) return
    retired.add(session)
    session.once("close", () => retired.delete(session))
    session.close()
  }

  /** A connection that nothing has been heard of for a while may lead nowhere: HTTP/2 has no other sign of it. */
  const isUsable = ({ isDoubtful, session, usedAt }: Line): boolean =>
    !session.closed && !session.destroyed && !isDoubtful && Date.now() - usedAt < idle

  const lineTo = async (target: Target, signal: AbortSignal, dial: () => Promise<Socket>): Promise<Line> => {
    const key = `${target.tls} ${authority(target)}`
    for (let known = lines.get(key); known !== undefined; known = lines.get(key)) {
      const line = await unlessAborted(known.catch(() => undefined), signal)
      if (line !== undefined && isUsable(line)) return line
      if (lines.get(key) !== known) continue
      lines.delete(key)
      if (line !== undefined) retire(line)
    }
    const opened = open(target, dial)
    lines.set(key, opened)
    // Reported to the request that has dialled; the next one tries again.
    opened.catch(() => lines.get(key) === opened && lines.delete(key))
    return opened
  }

  return {
    handle: async (request, target, signal, dial) => {
      const line = await lineTo(target, signal, dial)
      // It may have been retired while this request waited for it.
      return exchange(smithy, isUsable(line) ? line : await lineTo(target, signal, dial), request, target, signal)
    },
    retire: () => {
      for (const opened of lines.values()) opened.then(retire, () => {})
      lines.clear()
    },
    destroy: () => {
      for (const opened of lines.values()) opened.then(({ session }) => session.destroy(), () => {})
      for (const session of retired) session.destroy()
    }
  }
}

/** What HTTP/2 has no place for. Source: RFC 9113, section 8.2.2. */
const ofConnection = new Set(["host", "connection", "keep-alive", "proxy-connection", "transfer-encoding", "upgrade"])

const exchange = (
  smithy: Smithy,
  line: Line,
  request: Request,
  target: Target,
  signal: AbortSignal
): Promise<Answer> =>
  new Promise((resolve, reject) => {
    const headers: Record<string, string> = {
      ":method": request.method,
      ":path": requestPath(smithy, request),
      ":scheme": target.tls ? "https" : "http",
      ":authority": request.headers["host"] ?? request.headers[":authority"] ?? authority(target)
    }
    for (const [name, value] of Object.entries(request.headers)) {
      const lower = name.toLowerCase()
      if (!lower.startsWith(":") && !ofConnection.has(lower)) headers[lower] = value
    }
    const stream = line.session.request(headers)
    let isAnswered = false
    count(line, 1)
    const abort = () => {
      line.isDoubtful ||= !isAnswered
      stream.close(Http2.constants.NGHTTP2_CANCEL)
      reject(signal.reason)
    }
    signal.addEventListener("abort", abort, { once: true })
    stream.on("error", reject)
    stream.once("response", (answer) => {
      isAnswered = true
      // Node keeps its own limit by the compressed size.
      if (headerSize(answer) > maxHeaderSize) {
        stream.close(Http2.constants.NGHTTP2_CANCEL)
        return reject(headersTooLarge(shown(target)))
      }
      const { ":status": statusCode = 0, ...fields } = answer
      resolve({
        response: new smithy.HttpResponse({
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
      count(line, -1)
      // After an answer or an error it changes nothing.
      reject(Object.assign(new Error("the other side closed the connection"), { code: "ECONNRESET" }))
    })
    const { body } = request
    if (body instanceof Readable) body.pipe(stream)
    else stream.end(body)
    if (signal.aborted) abort()
  })

/** A connection keeps the program running as long as a request is on it. */
const count = (line: Line, more: 1 | -1): void => {
  line.requests += more
  line.usedAt = Date.now()
  if (line.session.destroyed) return
  if (line.requests === 0) line.session.unref()
  else line.session.ref()
}
