/** One connection to a server, by whichever transport it speaks. */
import type { Client } from "@modelcontextprotocol/sdk/client/index.js"
import type { Transport } from "@modelcontextprotocol/sdk/shared/transport.js"
import * as Deferred from "effect/Deferred"
import * as Effect from "effect/Effect"
import type * as Scope from "effect/Scope"
import type { McpServer, Options, Status } from "../../../McpServers.ts"
import type { Workspace } from "../../../Workspace.ts"
import type { Sdk } from "../sdk.ts"
import { watchAnswers } from "./brokenAnswers.ts"
import { mcpProcess } from "./mcpProcess.ts"
import { remoteAddress } from "./remoteAddress.ts"

export interface Connection {
  readonly client: Client
  readonly transport: Status["transport"]
  /** The message, or instead of it how the server's process ended, and the end of what it wrote to stderr. */
  readonly explain: (message: string) => string
  /** Does the server no longer know this connection's session? The request that it answered so was not executed. */
  readonly isSessionLost: (error: unknown) => boolean
  readonly isOpen: () => boolean
  /** Waits until it is closed, by whomever. */
  readonly closed: Effect.Effect<void>
}

/** What `connect` is told before there is a connection: a failure to start is explained by it. */
interface Opening {
  readonly explain: (message: string) => string
  readonly connect: Effect.Effect<Connection, unknown, Scope.Scope>
}

interface Context {
  readonly sdk: Sdk
  readonly options: Pick<Options, "client" | "fetch">
  /** In milliseconds. */
  readonly timeout: number
}

export const open = (
  server: McpServer,
  context: Context
): Effect.Effect<Opening, string, Scope.Scope | Workspace> =>
  server.type === "local"
    ? Effect.map(mcpProcess(server, context.sdk), ({ explain, transport }) => ({
      explain,
      connect: Effect.map(attach(transport, context), (attached) => ({
        ...attached,
        transport: "stdio" as const,
        explain,
        isSessionLost: () => false
      }))
    }))
    : Effect.map(remoteAddress(server, context.options.client), (address) => ({
      explain: (message) => message,
      connect: remote(address, context)
    }))

/** As the SDK says it of its own requests. */
const connectionClosed = -32000

/** Older servers know only the transport that came before: whatever they answer to a request of today's is a 4xx. */
const remote = (
  { headers, url }: Effect.Effect.Success<ReturnType<typeof remoteAddress>>,
  context: Context
): Effect.Effect<Connection, unknown, Scope.Scope> => {
  const { options: { fetch }, sdk } = context
  const requestInit = { headers }
  const explain = (message: string) => message
  const today = Effect.suspend(() => {
    const transport = new sdk.StreamableHTTPClientTransport(url, {
      requestInit,
      fetch: watchAnswers(fetch, (id) =>
        // Of a request that has been answered by then the client knows nothing any more.
        transport.onmessage?.({
          jsonrpc: "2.0",
          id,
          error: { code: connectionClosed, message: "its answer broke off" }
        }))
    })
    return Effect.map(attach(transport as Transport, context), (attached): Connection => ({
      ...attached,
      transport: "http",
      explain,
      // 404 by the protocol; servers made from the SDK's examples answer 400 with a sentence about the session.
      isSessionLost: (error) =>
        transport.sessionId !== undefined && error instanceof sdk.StreamableHTTPError &&
        (error.code === 404 || error.code === 400 && /session/i.test(error.message))
    }))
  })
  const before = Effect.gen(function*() {
    const attached = yield* attach(new sdk.SSEClientTransport(url, { requestInit, fetch }) as Transport, context)
    // The stream ends with its session. The SDK opens another one, in which nothing has been initialized.
    // oxlint-disable-next-line unicorn/prefer-add-event-listener -- as below
    attached.client.onerror = (error) => {
      if (error instanceof sdk.SseError) void attached.client.close()
    }
    return {
      ...attached,
      transport: "sse",
      explain,
      isSessionLost: (error) =>
        error instanceof Error &&
        /^Error POSTing to endpoint \(HTTP (404\)|400\).*(session|transport))/is.test(error.message)
    } satisfies Connection
  })
  const isOlder = (error: unknown) =>
    error instanceof sdk.StreamableHTTPError && error.code !== undefined && error.code >= 400 && error.code < 500 &&
    error.code !== 401 && error.code !== 403
  return Effect.catchIf(today, isOlder, () => before)
}

/** How long the last notifications, such as that a call was cancelled, may take to be sent. In milliseconds. */
const flushLimit = 1000

/** A client on the transport, initialized; closed with the scope. */
const attach = (
  transport: Transport,
  { options, sdk, timeout }: Context
): Effect.Effect<Pick<Connection, "client" | "closed" | "isOpen">, unknown, Scope.Scope> =>
  Effect.gen(function*() {
    const notifications = new Set<Promise<void>>()
    const send = transport.send.bind(transport)
    transport.send = (message, options) => {
      const sending = send(message, options)
      if (!("id" in message)) {
        const sent = sending.then(() => {}, () => {}).finally(() => notifications.delete(sent))
        notifications.add(sent)
      }
      return sending
    }
    // By a promise that ends: a timeout can't interrupt anything in a finalizer.
    const flush = Effect.promise(() =>
      Promise.race([
        Promise.all(notifications),
        new Promise((resolve) => setTimeout(resolve, notifications.size === 0 ? 0 : flushLimit).unref())
      ])
    )
    const client = yield* Effect.acquireRelease(
      Effect.sync(() => new sdk.Client(options.client)),
      (client) => Effect.zipRight(flush, Effect.ignore(Effect.tryPromise(() => client.close())))
    )
    const closed = yield* Deferred.make<void>()
    // oxlint-disable-next-line unicorn/prefer-add-event-listener -- the SDK's client is no event target
    client.onclose = () => Deferred.unsafeDone(closed, Effect.void)
    yield* Effect.tryPromise({
      try: (signal) => client.connect(transport, { signal, timeout }),
      catch: (error) => error
    })
    return { client, isOpen: () => client.transport !== undefined, closed: Deferred.await(closed) }
  })
