/** A configured server, which is connected at the start of the session and reconnected where that is safe. */
import type { CallToolResult } from "@modelcontextprotocol/sdk/types.js"
import * as Effect from "effect/Effect"
import * as ExecutionStrategy from "effect/ExecutionStrategy"
import * as Exit from "effect/Exit"
import * as Option from "effect/Option"
import * as Scope from "effect/Scope"
import type { ServerConfig } from "../../mcp/McpConfig.ts"
import type { McpHost } from "../../mcp/McpHost.ts"
import type { McpStatus } from "../../mcp/McpStatus.ts"
import type { ToolFailure } from "../../tools/ToolCall.ts"
import { Workspace } from "../../Workspace.ts"
import { failed } from "../tools/toolFailure.ts"
import { toCallFailure } from "./callFailure.ts"
import { connect, type Connected } from "./connect.ts"
import { makeStartLimit } from "./connection/startLimit.ts"
import { describe, printable } from "./describe.ts"
import { StartError, tryRequest } from "./mcpError.ts"
import type { Sdk } from "./sdk.ts"
import { selectUsableTools, type UsableTools } from "./usableTools.ts"

export interface Server {
  readonly name: string
  readonly current: () => Pick<McpStatus, "error" | "state" | "transport"> & {
    /** The tools in its last list, even while it is not connected. */
    readonly tools: UsableTools["tools"]
    /** Tells the user which of its tools were left out and why. */
    readonly leftOut: UsableTools["notices"]
  }
  /** Connects for the first time. `current` has the error if that fails. */
  readonly start: Effect.Effect<void>
  /** Waits for a limited time until an announced change of the tool list has been read. */
  readonly settled: Effect.Effect<void>
  readonly call: (
    tool: string,
    params: { readonly [name: string]: unknown }
  ) => Effect.Effect<CallToolResult, ToolFailure>
}

/** An open connection. */
interface Running extends Connected {
  readonly close: Effect.Effect<void>
  calls: number
  /** Whether its session is lost; it is closed once the calls in progress have ended. */
  isRetired: boolean
}

/** Default time limit for a start, in milliseconds. */
const defaultStartTimeout = 30_000

/** Time limit for a call, in milliseconds; the same as for a command. */
const callTimeout = 600_000

/** How long a request to the model waits while a changed tool list is read. */
const listTimeout = "5 seconds"

export const toolRemovedFailure = (server: string, tool: string): ToolFailure =>
  failed(`The MCP server ${JSON.stringify(server)} no longer has a tool ${JSON.stringify(tool)}.`)

export const makeServer = (
  name: string,
  config: ServerConfig,
  { host, loadSdk }: { readonly host: McpHost; readonly loadSdk: Effect.Effect<Sdk, StartError> }
): Effect.Effect<Server, never, Scope.Scope | Workspace> =>
  Effect.gen(function*() {
    const scope = yield* Effect.scope
    const workspace = yield* Workspace
    const startLock = yield* Effect.makeSemaphore(1)
    // Only for local servers: a remote server is contacted at most once per call.
    const startLimit = config.type === "local" ? yield* makeStartLimit : Effect.void
    const timeout = config.timeout ?? defaultStartTimeout
    const quoted = JSON.stringify(name)

    let running: Running | undefined
    let list = selectUsableTools([])
    let state: McpStatus["state"] = "starting"
    let transport: McpStatus["transport"] = config.type === "local" ? "stdio" : "http"
    let error: string | undefined

    const fail = (message: string) => {
      state = "failed"
      error = message
    }

    /** Opens a connection that lives until the scope closes. */
    const connectIn = (connectionScope: Scope.CloseableScope): Effect.Effect<Running, StartError> =>
      connect(name, config, {
        host,
        loadSdk,
        timeout,
        onList: (listed) => void (list = listed),
        onListFailure: (cause) => void (error = `its changed list of tools could not be read: ${describe(cause)}`)
      }).pipe(
        Effect.map((connected) => ({
          ...connected,
          close: Scope.close(connectionScope, Exit.void),
          calls: 0,
          isRetired: false
        })),
        Effect.provideService(Workspace, workspace),
        Scope.extend(connectionScope)
      )

    /** Cleans up immediately after the connection has ended, before the process ID can be reused. */
    const end = (ended: Running) =>
      Effect.uninterruptible(Effect.suspend(() => {
        if (running === ended) {
          running = undefined
          fail(printable(ended.connection.explain("the connection was closed")))
        }
        return ended.close
      }))

    /** Opens a connection for the rest of the session. If that fails, its resources are released immediately. */
    const open = Effect.uninterruptibleMask((restore) =>
      Effect.gen(function*() {
        const last = error === undefined ? "" : `; the last error: ${error}`
        yield* Effect.mapError(startLimit, ({ message, reason }) => new StartError({ reason, message: message + last }))
        state = "starting"
        const connectionScope = yield* Scope.fork(scope, ExecutionStrategy.sequential)
        const opened = yield* restore(connectIn(connectionScope)).pipe(
          Effect.onExit((exit) => Exit.isSuccess(exit) ? Effect.void : Scope.close(connectionScope, exit)),
          Effect.tapError(({ message }) => Effect.sync(() => fail(message))),
          Effect.onInterrupt(() => Effect.sync(() => fail("its start was interrupted")))
        )
        state = "connected"
        transport = opened.connection.transport
        running = opened
        yield* Effect.forkIn(Effect.zipRight(Effect.interruptible(opened.connection.closed), end(opened)), scope)
        return opened
      })
    )

    const connected = startLock.withPermits(1)(Effect.gen(function*() {
      if (running !== undefined && !running.connection.isOpen()) yield* end(running)
      return running ?? (yield* open)
    }))

    /** Stops using a connection whose session is lost. Other calls in progress may still be answered. */
    const retire = (lost: Running) => {
      lost.isRetired = true
      if (running === lost) running = undefined
    }

    /** Calls a tool. None if the server did not execute the call because it no longer knew the session. */
    const attempt = (tool: string, params: Record<string, unknown>) =>
      Effect.uninterruptibleMask((restore) =>
        Effect.gen(function*() {
          const used = yield* restore(connected).pipe(
            Effect.mapError(({ message }) => failed(`The MCP server ${quoted} is not connected: ${message}.`))
          )
          if (!list.tools.some(({ name }) => name === tool)) {
            return yield* toolRemovedFailure(name, tool)
          }
          used.calls++
          const { client, explain, isSessionLost } = used.connection
          return yield* restore(
            tryRequest((signal) =>
              client.callTool({ name: tool, arguments: params }, undefined, { signal, timeout: callTimeout })
            )
          ).pipe(
            // Servers of the protocol's first version may send results without content.
            Effect.map((result) => Option.some("content" in result ? result as CallToolResult : { content: [] })),
            Effect.catchAll((error) => {
              if (!isSessionLost(error)) return toCallFailure(quoted, error, printable(explain(error.message)))
              retire(used)
              return Effect.succeedNone
            }),
            Effect.ensuring(Effect.suspend(() => {
              used.calls--
              return used.isRetired && used.calls === 0 ? used.close : Effect.void
            }))
          )
        })
      )

    return {
      name,
      current: () => ({
        state,
        transport,
        tools: list.tools,
        leftOut: list.notices,
        ...(error === undefined ? {} : { error })
      }),
      start: Effect.ignore(connected),
      settled: Effect.suspend(() => running?.settled ?? Effect.void).pipe(
        Effect.timeoutTo({ duration: listTimeout, onSuccess: () => {}, onTimeout: () => {} })
      ),
      call: (tool, params) =>
        Effect.flatMap(
          attempt(tool, params),
          Option.match({
            onSome: Effect.succeed,
            onNone: () =>
              Effect.flatten(attempt(tool, params)).pipe(
                Effect.catchTag("NoSuchElementException", () =>
                  failed(`The MCP server ${quoted} does not know the session that it has just started.`))
              )
          })
        )
    }
  })
