/** One configured server for as long as the session: connected, and connected again where that is safe. */
import type { CallToolResult } from "@modelcontextprotocol/sdk/types.js"
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as ExecutionStrategy from "effect/ExecutionStrategy"
import * as Exit from "effect/Exit"
import * as Option from "effect/Option"
import * as Scope from "effect/Scope"
import type { McpServer, Options, Status } from "../../McpServers.ts"
import type { ToolFailure } from "../../ToolCall.ts"
import { Workspace } from "../../Workspace.ts"
import { failed } from "../tools/toolFailure.ts"
import { callFailure } from "./callFailure.ts"
import { type Connection, open } from "./connection/connection.ts"
import { withHeaders } from "./connection/headersCommand.ts"
import { makeStartLimit } from "./connection/startLimit.ts"
import { describe, printable } from "./describe.ts"
import { watchList } from "./listChanges.ts"
import { listTools } from "./listTools.ts"
import type { Sdk } from "./sdk.ts"
import { type UsableTools, usableTools } from "./usableTools.ts"

export interface Server {
  readonly name: string
  readonly current: () => Pick<Status, "error" | "state" | "transport"> & {
    /** Those that it listed last, also while it is not connected. */
    readonly tools: UsableTools["tools"]
    /** Which of its tools are not among them, and why. */
    readonly leftOut: UsableTools["notices"]
  }
  /** Connects for the first time. What goes wrong is in `current`. */
  readonly start: Effect.Effect<void>
  /** Waits until a changed list that the server has announced has been read, but not for ever. */
  readonly settled: Effect.Effect<void>
  readonly call: (
    tool: string,
    params: { readonly [name: string]: unknown }
  ) => Effect.Effect<CallToolResult, ToolFailure>
}

/** A connection that calls may use. */
interface Running {
  readonly connection: Connection
  readonly settled: Effect.Effect<void>
  readonly close: Effect.Effect<void>
  calls: number
  /** Its session is lost: it is closed once the calls that are under way have ended. */
  isRetired: boolean
}

/** For a start, in milliseconds. */
const startTimeout = 30_000

/** As long as a command may take, in milliseconds. */
const callTimeout = 600_000

/** How long a request to the model waits for a changed list. */
const listTimeout = "5 seconds"

export const noLonger = (server: string, tool: string): ToolFailure =>
  failed(`The MCP server ${JSON.stringify(server)} no longer has a tool ${JSON.stringify(tool)}.`)

export const makeServer = (
  name: string,
  config: McpServer,
  { loaded, options }: {
    readonly loaded: Effect.Effect<Sdk, string>
    readonly options: Pick<Options, "client" | "fetch" | "registerHeader">
  }
): Effect.Effect<Server, never, Scope.Scope | Workspace> =>
  Effect.gen(function*() {
    const scope = yield* Effect.scope
    const workspace = yield* Workspace
    const oneStart = yield* Effect.makeSemaphore(1)
    // A remote server is asked once for each call; a process may end again at once.
    const startLimit = config.type === "local" ? makeStartLimit() : Effect.void
    const timeout = config.timeout ?? startTimeout
    const quoted = JSON.stringify(name)

    let running: Running | undefined
    let list = usableTools([])
    let state: Status["state"] = "starting"
    let transport: Status["transport"] = config.type === "local" ? "stdio" : "http"
    let error: string | undefined

    const fail = (message: string) => {
      state = "failed"
      error = message
    }

    /** Connected, with its tools, until `own` is closed. */
    const connect = (own: Scope.CloseableScope) => Effect.flatMap(reached(own), (fetch) => connectBy(fetch, own))

    /** A command that prints headers has the server's time limit to itself: it may have to ask somebody for them. */
    const reached = (own: Scope.CloseableScope): Effect.Effect<Options["fetch"], string> =>
      config.type === "local" || config.headersCommand === undefined
        ? Effect.succeed(options.fetch)
        : withHeaders(config, name, { options, timeout }).pipe(
          Effect.mapError(printable),
          Effect.provideService(Workspace, workspace),
          Scope.extend(own)
        )

    const connectBy = (fetch: Options["fetch"], own: Scope.CloseableScope) => {
      let explain = (message: string) => message
      return Effect.gen(function*() {
        const sdk = yield* loaded
        const opening = yield* open(config, { sdk, options: { client: options.client, fetch }, timeout })
        explain = opening.explain
        const connection = yield* opening.connect
        list = yield* listTools(sdk, connection.client, timeout)
        const settled = yield* watchList(sdk, connection, {
          timeout,
          onList: (changed) => void (list = changed),
          onFailure: (cause) => void (error = `its changed list of tools could not be read: ${describe(cause)}`)
        })
        return { connection, settled, close: Scope.close(own, Exit.void), calls: 0, isRetired: false }
      }).pipe(
        Effect.mapError(describe),
        Effect.timeoutFail({
          duration: timeout,
          onTimeout: () => `it did not answer within ${Duration.format(Duration.millis(timeout))}`
        }),
        Effect.mapError((message) => printable(explain(message))),
        Effect.provideService(Workspace, workspace),
        Scope.extend(own)
      )
    }

    /** The connection has ended by itself: what is left of it is cleaned up at once, before its process ID is another's. */
    const end = (ended: Running) =>
      Effect.uninterruptible(Effect.suspend(() => {
        if (running === ended) {
          running = undefined
          fail(printable(ended.connection.explain("the connection was closed")))
        }
        return ended.close
      }))

    /** Lives as long as the session when it could be connected, and not longer than this effect when not. */
    const begin = Effect.uninterruptibleMask((restore) =>
      Effect.gen(function*() {
        const last = error === undefined ? "" : `; the last time: ${error}`
        yield* Effect.mapError(startLimit, (limit) => limit + last)
        state = "starting"
        const own = yield* Scope.fork(scope, ExecutionStrategy.sequential)
        const begun = yield* restore(connect(own)).pipe(
          Effect.onExit((exit) => Exit.isSuccess(exit) ? Effect.void : Scope.close(own, exit)),
          Effect.tapError((message) => Effect.sync(() => fail(message))),
          Effect.onInterrupt(() => Effect.sync(() => fail("its start was interrupted")))
        )
        state = "connected"
        transport = begun.connection.transport
        running = begun
        yield* Effect.forkIn(Effect.zipRight(Effect.interruptible(begun.connection.closed), end(begun)), scope)
        return begun
      })
    )

    const connected = oneStart.withPermits(1)(Effect.gen(function*() {
      if (running !== undefined && !running.connection.isOpen()) yield* end(running)
      return running ?? (yield* begin)
    }))

    /** The session is lost: other calls that are under way in it may still be answered. */
    const retire = (lost: Running) => {
      lost.isRetired = true
      if (running === lost) running = undefined
    }

    /** None when it was not executed, because the server did not know the session any more. */
    const attempt = (tool: string, params: Record<string, unknown>) =>
      Effect.uninterruptibleMask((restore) =>
        Effect.gen(function*() {
          const used = yield* restore(connected).pipe(
            Effect.mapError((why) => failed(`The MCP server ${quoted} is not connected: ${why}.`))
          )
          if (!list.tools.some(({ name }) => name === tool)) {
            return yield* noLonger(name, tool)
          }
          used.calls++
          const { client, explain, isSessionLost } = used.connection
          return yield* restore(Effect.tryPromise({
            try: (signal) =>
              client.callTool({ name: tool, arguments: params }, undefined, { signal, timeout: callTimeout }),
            catch: (error) => error
          })).pipe(
            // A server of the protocol's first version answers without content.
            Effect.map((result) => Option.some("content" in result ? result as CallToolResult : { content: [] })),
            Effect.catchAll((error) => {
              if (!isSessionLost(error)) return callFailure(quoted, error, printable(explain(describe(error))))
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
                  failed(`The MCP server ${quoted} does not know the session that it has just begun.`))
              )
          })
        )
    }
  })
