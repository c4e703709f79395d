/**
 * The tools of MCP servers.
 *
 * @since 0.1.0
 */
import * as Effect from "effect/Effect"
import * as Fiber from "effect/Fiber"
import type * as Scope from "effect/Scope"
import { AttachmentLimits } from "../AttachmentLimits.ts"
import { assignNames, makeToolkit, type NamedTool } from "../internal/mcp/mcpToolkit.ts"
import { loadSdk } from "../internal/mcp/sdk.ts"
import { makeServer } from "../internal/mcp/server.ts"
import type { AnyToolkit } from "../tools/AnyToolkit.ts"
import type { Workspace } from "../Workspace.ts"
import type { ServerConfig } from "./McpConfig.ts"
import type { McpHost } from "./McpHost.ts"
import type { McpStatus } from "./McpStatus.ts"

/**
 * @since 0.1.0
 * @category models
 */
export interface Options extends McpHost {
  readonly servers: { readonly [name: string]: ServerConfig }
}

/**
 * The servers of a session.
 *
 * @since 0.1.0
 * @category models
 */
export interface Servers {
  /**
   * The current tools, named `server_tool` in a form that every provider accepts. Waits until servers that are starting and tool lists that
   * have changed are ready. A server that has ended is restarted when one of its tools is called.
   */
  readonly toolkit: Effect.Effect<AnyToolkit>
  /** Waits until each server has started or failed, then returns a sentence for the user for each problem. */
  readonly notices: Effect.Effect<ReadonlyArray<string>>
  /** All configured servers, in the order of the configuration. Does not wait. */
  readonly status: Effect.Effect<ReadonlyArray<McpStatus>>
}

/**
 * Starts or connects to all servers concurrently and returns without waiting for them. The scope closes the connections and ends local
 * servers with all processes that they have started.
 *
 * If a server has ended or no longer knows the session, the next call of one of its tools reconnects it. A local server is started at
 * most three times in five minutes. A call that may have been executed is never retried.
 *
 * @since 0.1.0
 * @category constructors
 */
export const make = (options: Options): Effect.Effect<Servers, never, Scope.Scope | Workspace> =>
  Effect.gen(function*() {
    const limits = yield* AttachmentLimits
    const sdk = yield* Effect.cached(loadSdk)
    const configured = Object.entries(options.servers)
    const servers = yield* Effect.forEach(
      configured.filter(([, config]) => config.enabled !== false),
      ([name, config]) => makeServer(name, config, { host: options, loadSdk: sdk })
    )
    const starting = yield* Effect.forkScoped(
      Effect.forEach(servers, ({ start }) => start, { concurrency: "unbounded", discard: true })
    )
    const started = Fiber.join(starting)
    const offered = new Map<string, NamedTool>()
    return {
      toolkit: Effect.gen(function*() {
        yield* started
        yield* Effect.forEach(servers, ({ settled }) => settled, { concurrency: "unbounded", discard: true })
        const current = assignNames(servers)
        const names = new Set(current.map(({ name }) => name))
        const removed = [...offered.values()].filter(({ name }) => !names.has(name))
        for (const tool of current) offered.set(tool.name, tool)
        return yield* makeToolkit(current, removed, limits)
      }),
      notices: Effect.map(started, () =>
        servers.flatMap((server) => {
          const { error, leftOut, state } = server.current()
          return (state === "failed" ? [error] : leftOut).map((what) =>
            `MCP server ${JSON.stringify(server.name)}: ${what}`
          )
        })),
      status: Effect.sync(() => {
        const tools = assignNames(servers)
        return configured.map(([name, { type }]): McpStatus => {
          const server = servers.find((server) => server.name === name)
          if (server === undefined) {
            return { name, state: "disabled", transport: type === "local" ? "stdio" : "http", tools: [] }
          }
          const { error, state, transport } = server.current()
          return {
            name,
            state,
            transport,
            ...(error === undefined ? {} : { error }),
            tools: tools.flatMap((tool) => tool.server === server ? [tool.name] : [])
          }
        })
      })
    }
  })

/**
 * Combines two toolkits. If both have a tool of the same name, the one of `first` is used.
 *
 * @since 0.1.0
 * @category combining
 */
export const merge = (first: AnyToolkit, second: AnyToolkit): AnyToolkit => ({
  tools: { ...first.tools, ...second.tools, ...first.tools },
  handle: (name, params) => (Object.hasOwn(first.tools, name) ? first : second).handle(name, params)
})
