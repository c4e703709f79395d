/** Requests in HTTP/1.1, over connections that are made here. */
import * as Http from "node:http"
import type { Socket } from "node:net"
import { Readable } from "node:stream"
import { authority, type Target } from "../route/target.ts"
import { maxHeaderSize } from "./headerLimit.ts"
import { type Answer, type Request, requestPath, type Smithy } from "./smithy.ts"

type Dial = () => Promise<Socket>

export interface Http1 {
  /** `target` is where `dial` leads: for a request that a proxy passes on, the proxy. */
  readonly handle: (request: Request, target: Target, signal: AbortSignal, dial: Dial) => Promise<Answer>
  /** Connections that are idle are closed, the others after their answer. */
  readonly retire: () => void
  readonly destroy: () => void
}

/** What the agent hands through from a request to `createConnection`. */
interface Connecting extends Http.RequestOptions {
  readonly dial: Dial
  readonly place: string
}

/** `idle` is how long a connection may go unused, in milliseconds. */
export const makeHttp1 = (smithy: Smithy, idle: number): Http1 => {
  const idleSince = new WeakMap<object, number>()
  class Agent extends Http.Agent {
    override createConnection(options: object, created?: (error: Error | null, socket: Socket) => void) {
      const answer = created as (error: unknown, socket?: Socket) => void
      ;(options as Connecting).dial().then((socket) => answer(null, socket), answer)
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
  // With a timeout Node heeds a server's `Keep-Alive: timeout`, if that is shorter.
  const agent = new Agent({ keepAlive: true, timeout: idle })
  const closeIdle = (age: number) => {
    for (const socket of Object.values(agent.freeSockets).flatMap((sockets) => sockets ?? [])) {
      if (Date.now() - (idleSince.get(socket) ?? 0) >= age) socket.destroy()
    }
  }
  return {
    handle: (request, target, signal, dial) => {
      // Timers stand still while the machine sleeps, and what was open before leads nowhere afterwards.
      closeIdle(idle)
      const place = `${target.tls} ${authority(target)}`
      return exchange(smithy, request, target, signal, { agent, dial, place } as Http.RequestOptions)
    },
    retire: () => {
      agent.maxFreeSockets = 0
      closeIdle(0)
    },
    destroy: () => agent.destroy()
  }
}

const exchange = (
  smithy: Smithy,
  request: Request,
  target: Target,
  signal: AbortSignal,
  connecting: Http.RequestOptions
): Promise<Answer> =>
  new Promise((resolve, reject) => {
    if (signal.aborted) return reject(signal.reason)
    const asked = Http.request({
      ...connecting,
      host: target.host,
      port: target.port,
      defaultPort: target.tls ? 443 : 80,
      method: request.method,
      path: requestPath(smithy, request),
      headers: request.headers,
      maxHeaderSize
    })
    const abort = () => {
      reject(signal.reason)
      asked.destroy()
    }
    signal.addEventListener("abort", abort, { once: true })
    asked.on("error", reject).once("close", () => signal.removeEventListener("abort", abort))
    asked.once("response", (answer) => {
      resolve({
        response: new smithy.HttpResponse({
          statusCode: answer.statusCode ?? 0,
          headers: Object.fromEntries(
            Object.entries(answer.headers).map(([name, value]) => [name, [value ?? ""].flat().join(", ")])
          ),
          body: answer
        })
      })
    })
    const { body } = request
    if (body instanceof Readable) body.pipe(asked)
    else asked.end(body)
  })
