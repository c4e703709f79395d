/** Sends HTTP/1.1 requests over this package's connections. */
import { HttpResponse } from "@smithy/core/protocols"
import * as Http from "node:http"
import type { Socket } from "node:net"
import { Readable } from "node:stream"
import { type Target, toAuthority } from "../route/target.ts"
import { maxHeaderSize } from "./headerLimit.ts"
import { buildPath, type Output, type Request } from "./message.ts"

type Dial = () => Promise<Socket>

export interface Http1 {
  /** `dial` connects to `target`, which is the proxy if it forwards the request. */
  readonly handle: (request: Request, target: Target, signal: AbortSignal, dial: Dial) => Promise<Output>
  /** Closes idle connections immediately, and the others after their responses. */
  readonly retire: () => void
  readonly destroy: () => void
}

/** The options that the agent passes from a request to `createConnection`. */
interface Connecting extends Http.RequestOptions {
  readonly dial: Dial
  readonly place: string
}

/** `idleTime` is how long a connection may be idle, in milliseconds. */
export const makeHttp1 = (idleTime: number): Http1 => {
  const idleSince = new WeakMap<object, number>()
  class Agent extends Http.Agent {
    override createConnection(options: object, created?: (error: Error | null, socket: Socket) => void) {
      const finish = created as (error: unknown, socket?: Socket) => void
      ;(options as Connecting).dial().then((socket) => finish(null, socket), finish)
      return undefined as never
    }
    override getName(options?: object) {
      return (options as Connecting).place
    }
    override keepSocketAlive(socket: Parameters<Http.Agent["keepSocketAlive"]>[0]) {
      idleSince.set(socket, Date.now())
      return super.keepSocketAlive(socket)
    }
  }
  // Without a timeout, Node ignores a server's shorter `Keep-Alive: timeout`.
  const agent = new Agent({ keepAlive: true, timeout: idleTime })
  const closeIdle = (age: number) => {
    for (const socket of Object.values(agent.freeSockets).flatMap((sockets) => sockets ?? [])) {
      if (Date.now() - (idleSince.get(socket) ?? 0) >= age) socket.destroy()
    }
  }
  return {
    handle: (request, target, signal, dial) => {
      // Timers stop while the machine sleeps, so connections may be dead without having timed out.
      closeIdle(idleTime)
      const place = `${target.tls} ${toAuthority(target)}`
      return exchange(request, target, signal, { agent, dial, place } as Http.RequestOptions)
    },
    retire: () => {
      agent.maxFreeSockets = 0
      closeIdle(0)
    },
    destroy: () => agent.destroy()
  }
}

const exchange = (
  request: Request,
  target: Target,
  signal: AbortSignal,
  connecting: Http.RequestOptions
): Promise<Output> =>
  new Promise((resolve, reject) => {
    if (signal.aborted) return reject(signal.reason)
    const outgoing = Http.request({
      ...connecting,
      host: target.host,
      port: target.port,
      defaultPort: target.tls ? 443 : 80,
      method: request.method,
      path: buildPath(request),
      headers: request.headers,
      maxHeaderSize
    })
    const abort = () => {
      reject(signal.reason)
      outgoing.destroy()
    }
    signal.addEventListener("abort", abort, { once: true })
    outgoing.on("error", reject).once("close", () => signal.removeEventListener("abort", abort))
    outgoing.once("response", (incoming) => {
      resolve({
        response: new HttpResponse({
          statusCode: incoming.statusCode ?? 0,
          headers: Object.fromEntries(
            Object.entries(incoming.headers).map(([name, value]) => [name, [value ?? ""].flat().join(", ")])
          ),
          body: incoming
        })
      })
    })
    const { body } = request
    if (body instanceof Readable) body.pipe(outgoing)
    else outgoing.end(body)
  })
