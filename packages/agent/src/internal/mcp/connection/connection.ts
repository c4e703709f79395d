/** Opens a connection to a server over the transport that it supports. */
import type { Client } from "@modelcontextprotocol/sdk/client/index.js"
import type { Transport } from "@modelcontextprotocol/sdk/shared/transport.js"
import * as Deferred from "effect/Deferred"
import * as Effect from "effect/Effect"
import type * as Scope from "effect/Scope"
import type { ServerConfig } from "../../../mcp/McpConfig.ts"
import type { McpHost } from "../../../mcp/McpHost.ts"
import type { McpStatus } from "../../../mcp/McpStatus.ts"
import type { Workspace } from "../../../Workspace.ts"
import { type RequestError, type StartError, tryRequest } from "../mcpError.ts"
import type { Sdk } from "../sdk.ts"
import { reportEndedResponses } from "./cutResponses.ts"
import { startProcess } from "./mcpProcess.ts"
import { resolveRemoteAddress } from "./remoteAddress.ts"

export interface Connection {
  readonly client: Client
  readonly transport: McpStatus["transport"]
  /** Adds the end of the server's stderr to a message, and replaces the message if the server's process ended. */
  readonly explain: (message: string) => string
  /** Whether the error means that the server no longer knows the connection's session, and so did not execute the request. */
  readonly isSessionLost: (error: RequestError) => boolean
  readonly isOpen: () => boolean
  /** Waits until either side closes the connection. */
  readonly closed: Effect.Effect<void>
}

/** A connection that is not open yet. `explain` also works when `connect` fails. */
interface Opening {
  readonly explain: (message: string) => string
  readonly connect: Effect.Effect<Connection, RequestError, Scope.Scope>
}

interface Context {
  readonly sdk: Sdk
  readonly client: McpHost["client"]
  readonly fetch: McpHost["fetch"]
  /** In milliseconds. */
  readonly timeout: number
}

export const openConnection = (
  server: ServerConfig,
  context: Context
): Effect.Effect<Opening, StartError, Scope.Scope | Workspace> =>
  server.type === "local"
    ? Effect.map(startProcess(server, context.sdk), ({ explain, transport }) => ({
      explain,
      connect: Effect.map(attach(transport, context), (attached) => ({
        ...attached,
        transport: "stdio" as const,
        explain,
        isSessionLost: () => false
      }))
    }))
    : Effect.map(resolveRemoteAddress(server, context.client), (address) => ({
      explain: (message) => message,
      connect: connectRemote(address, context)
    }))

/** The SDK's code for its own closed connections. */
const connectionClosed = -32000

/** Falls back to SSE: older servers support only that and answer a streamable HTTP request with a 4xx. */
const connectRemote = (
  { headers, url }: Effect.Effect.Success<ReturnType<typeof resolveRemoteAddress>>,
  context: Context
): Effect.Effect<Connection, RequestError, Scope.Scope> => {
  const { fetch, sdk } = context
  const requestInit = { headers }
  const explain = (message: string) => message
  const overHttp = Effect.suspend(() => {
    const transport = new sdk.StreamableHTTPClientTransport(url, {
      requestInit,
      fetch: reportEndedResponses(fetch, (id) =>
        // The client ignores this if the request has been answered.
        transport.onmessage?.({
          jsonrpc: "2.0",
          id,
          error: { code: connectionClosed, message: "its response was cut off" }
        }))
    })
    return Effect.map(attach(transport as Transport, context), (attached): Connection => ({
      ...attached,
      transport: "http",
      explain,
      // The protocol requires 404; servers based on the SDK's examples answer 400 with a message about the session.
      isSessionLost: ({ cause: error }) =>
        transport.sessionId !== undefined && error instanceof sdk.StreamableHTTPError &&
        (error.code === 404 || error.code === 400 && /session/i.test(error.message))
    }))
  })
  const overSse = Effect.gen(function*() {
    const attached = yield* attach(new sdk.SSEClientTransport(url, { requestInit, fetch }) as Transport, context)
    // The session ends with its stream, but the SDK would open another stream, whose session is not initialized.
    // oxlint-disable-next-line unicorn/prefer-add-event-listener -- the SDK's client is not an EventTarget
    attached.client.onerror = (error) => {
      if (error instanceof sdk.SseError) void attached.client.close()
    }
    return {
      ...attached,
      transport: "sse",
      explain,
      isSessionLost: ({ cause: error }) =>
        error instanceof Error &&
        /^Error POSTing to endpoint \(HTTP (404\)|400\).*(session|transport))/is.test(error.message)
    } satisfies Connection
  })
  const isOlder = ({ cause: error }: RequestError) =>
    error instanceof sdk.StreamableHTTPError && error.code !== undefined && error.code >= 400 && error.code < 500 &&
    error.code !== 401 && error.code !== 403
  return Effect.catchIf(overHttp, isOlder, () => overSse)
}

/** Time limit for sending the last notifications (e.g. a cancelled call) before closing, in milliseconds. */
const flushTimeout = 1000

/** Initializes a client on the transport. The scope closes it. */
const attach = (
  transport: Transport,
  { client: identity, sdk, timeout }: Context
): Effect.Effect<Pick<Connection, "client" | "closed" | "isOpen">, RequestError, Scope.Scope> =>
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
    // A time limit inside the promise, because finalizers can't be interrupted.
    const flush = Effect.ignore(Effect.tryPromise(() =>
      Promise.race([
        Promise.all(notifications),
        new Promise((resolve) => setTimeout(resolve, notifications.size === 0 ? 0 : flushTimeout).unref())
      ])
    ))
    const client = yield* Effect.acquireRelease(
      Effect.sync(() => new sdk.Client(identity)),
      (client) => Effect.zipRight(flush, Effect.ignore(Effect.tryPromise(() => client.close())))
    )
    const closed = yield* Deferred.make<void>()
    // oxlint-disable-next-line unicorn/prefer-add-event-listener -- the SDK's client is not an EventTarget
    client.onclose = () => Deferred.unsafeDone(closed, Effect.void)
    yield* tryRequest((signal) => client.connect(transport, { signal, timeout }))
    return { client, isOpen: () => client.transport !== undefined, closed: Deferred.await(closed) }
  })
