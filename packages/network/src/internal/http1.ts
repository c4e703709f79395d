/** Requests in HTTP/1.1: the SDK's own handler, over connections that are made here. */
import type { NodeHttpHandler } from "@smithy/node-http-handler"
import { AsyncLocalStorage } from "node:async_hooks"
import * as Http from "node:http"
import * as Https from "node:https"
import type { Socket } from "node:net"
import type { Duplex } from "node:stream"
import type { Smithy } from "./smithy.ts"

/** What has to be known where a request needs a new connection. */
type Dial = () => Promise<Socket>

export interface Http1 {
  readonly handle: (request: Request, options: Options, dial: Dial) => ReturnType<NodeHttpHandler["handle"]>
  /** Connections that are idle are closed, the others after their answer. */
  readonly retire: () => void
  readonly destroy: () => void
}

type Request = Parameters<NodeHttpHandler["handle"]>[0]
type Options = NonNullable<Parameters<NodeHttpHandler["handle"]>[1]>

type Created = (error: Error | null, socket?: Duplex) => void

/** As the SDK's handler has it. */
const agentOptions = { keepAlive: true, maxSockets: 50 }

export const makeHttp1 = ({ NodeHttpHandler: Handler }: Smithy): Http1 => {
  // An agent is told neither which request wants a connection nor until when.
  const dialing = new AsyncLocalStorage<Dial>()
  const create = (created: Created) => {
    const dial = dialing.getStore()
    if (dial === undefined) return created(new Error("a connection was asked for by no request"))
    dial().then((socket) => created(null, socket), created)
  }
  const agents = [
    Object.assign(new Http.Agent(agentOptions), {
      createConnection: (_: unknown, created: Created) => create(created)
    }),
    Object.assign(new Https.Agent(agentOptions), {
      createConnection: (_: unknown, created: Created) => create(created)
    })
  ] as unknown as readonly [Http.Agent, Https.Agent]
  const [httpAgent, httpsAgent] = agents
  const inner = new Handler({ httpAgent, httpsAgent, requestTimeout: 0, socketTimeout: 0 })
  return {
    handle: (request, options, dial) => dialing.run(dial, () => inner.handle(request, options)),
    retire: () => {
      for (const agent of agents) {
        agent.maxFreeSockets = 0
        for (const sockets of Object.values(agent.freeSockets)) sockets?.forEach((socket) => socket.destroy())
      }
    },
    destroy: () => agents.forEach((agent) => agent.destroy())
  }
}
