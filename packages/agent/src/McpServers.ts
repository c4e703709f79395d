/**
 * Tools of MCP servers.
 *
 * @since 0.1.0
 */
import * as Tool from "@effect/ai/Tool"
import * as Toolkit from "@effect/ai/Toolkit"
import * as Effect from "effect/Effect"
import * as Fiber from "effect/Fiber"
import * as Schema from "effect/Schema"
import type * as Scope from "effect/Scope"
import { AttachmentLimits, type Limits } from "./AttachmentLimits.ts"
import { mcpResult } from "./internal/mcp/mcpResult.ts"
import { sdk } from "./internal/mcp/sdk.ts"
import { makeServer, noLonger, type Server } from "./internal/mcp/server.ts"
import { wireNames } from "./internal/mcp/toolNames.ts"
import type { McpTool } from "./internal/mcp/usableTools.ts"
import { failed } from "./internal/tools/toolFailure.ts"
import { Withdrawn } from "./internal/turn/withdrawn.ts"
import { ToolCall, ToolFailure, ToolOutput } from "./ToolCall.ts"
import { ToolOrigin } from "./ToolOrigin.ts"
import * as ToolTitle from "./ToolTitle.ts"
import type { AnyToolkit } from "./Turn.ts"
import type { Workspace } from "./Workspace.ts"

/**
 * A command: a line for the shell, or a program and its arguments.
 *
 * @since 0.1.0
 * @category models
 */
export type Command = string | ReadonlyArray<string>

/**
 * A server as the configuration describes it. `timeout` is in milliseconds, and for its start. `headersCommand` prints headers, or is for
 * each header the command that prints its value.
 *
 * @since 0.1.0
 * @category models
 */
export type McpServer =
  | {
    readonly type: "local"
    /** Never empty. */
    readonly command: ReadonlyArray<string>
    readonly environment?: { readonly [name: string]: string }
    readonly enabled?: boolean
    readonly timeout?: number
  }
  | {
    readonly type: "remote"
    readonly url: string
    readonly headers?: { readonly [name: string]: string }
    readonly headersCommand?: Command | { readonly [name: string]: Command }
    readonly enabled?: boolean
    readonly timeout?: number
  }

/**
 * `fetch` reaches remote servers; it follows no redirect that it is told not to follow. `registerHeader` is told what a `headersCommand` has
 * printed, before it is sent: it may be a secret. `client` is what this program calls itself
 * to servers.
 *
 * @since 0.1.0
 * @category models
 */
export interface Options {
  readonly servers: { readonly [name: string]: McpServer }
  readonly fetch: (url: string | URL, init?: RequestInit) => Promise<Response>
  readonly registerHeader?: (name: string, value: string) => Effect.Effect<void>
  readonly client: { readonly name: string; readonly version: string }
}

/**
 * How a server is doing. No field holds a secret of its configuration, but what a server wrote may be in `error`.
 *
 * - `starting`: it is started or connected, for the first time or again
 * - `connected`: its tools can be called
 * - `failed`: it could not be started, or it has ended; the next call of one of its tools starts it again
 * - `disabled`: the configuration says so
 *
 * @since 0.1.0
 * @category models
 */
export interface Status {
  readonly name: string
  readonly state: "starting" | "connected" | "failed" | "disabled"
  /** `http` is streamable HTTP, also of a remote server that has not answered yet; `sse` what came before it. */
  readonly transport: "stdio" | "http" | "sse"
  /** By the names that the model and the rules for permissions know. */
  readonly tools: ReadonlyArray<string>
  /** What went wrong last, in one line; of a process with the end of its stderr. */
  readonly error?: string
}

/**
 * The servers of a session.
 *
 * @since 0.1.0
 * @category models
 */
export interface Servers {
  /**
   * The tools as they are now: `server_tool`, in a form that every provider takes. Waits for servers that are being started, and for
   * lists that are being read again. A server that has ended is started again when one of its tools is called.
   */
  readonly toolkit: Effect.Effect<AnyToolkit>
  /** Waits until each server has been started or has failed; then what is wrong with which, for the user. */
  readonly notices: Effect.Effect<ReadonlyArray<string>>
  /** All servers of the configuration, in its order; waits for nothing. */
  readonly status: Effect.Effect<ReadonlyArray<Status>>
}

const makeTool = ({ name, server, tool: { description, inputSchema, isReadOnly, name: tool } }: Named) =>
  Tool.make(name, {
    description,
    success: ToolOutput,
    failure: ToolFailure,
    failureMode: "return",
    dependencies: [ToolCall]
  })
    // The server itself says what is wrong with them.
    .setParameters(Schema.Unknown.annotations({ jsonSchema: inputSchema }) as never)
    .annotate(Tool.Readonly, isReadOnly)
    .annotate(ToolOrigin, { server: server.name, tool })

const isRecord = Schema.is(Schema.Record({ key: Schema.String, value: Schema.Unknown }))

interface Named {
  readonly server: Server
  readonly tool: McpTool
  readonly name: string
}

const makeHandler =
  ({ name, server, tool }: Named, limits: Limits) =>
  (params: unknown): Effect.Effect<ToolOutput, ToolFailure, ToolCall> =>
    Effect.gen(function*() {
      const { permit } = yield* ToolCall
      if (!server.current().tools.some(({ name }) => name === tool.name)) {
        return yield* noLonger(server.name, tool.name)
      }
      if (!isRecord(params)) return yield* failed("The parameters must be an object.")
      yield* permit({
        judged: [{ permission: name, subject: "*" }],
        title: ToolTitle.of(name, params),
        preview: { type: "json", text: JSON.stringify(params, undefined, 2) }
      })
      const result = yield* server.call(tool.name, params)
      const output = mcpResult(result, limits)
      if (result.isError !== true) return output
      const text = output.content.map((piece) => piece.type === "text" ? piece.text : `(${piece.mediaType})`).join("\n")
      return yield* failed(text)
    })

const named = (servers: ReadonlyArray<Server>): ReadonlyArray<Named> => {
  const found = servers.flatMap((server) => server.current().tools.map((tool) => ({ server, tool })))
  const names = wireNames(found.map(({ server, tool }) => ({ server: server.name, tool: tool.name })))
  return found.map((found, index) => ({ ...found, name: names[index]! }))
}

/** `gone` are tools that the model may remember. */
const makeToolkit = (now: ReadonlyArray<Named>, gone: ReadonlyArray<Named>, limits: Limits) =>
  Effect.gen(function*() {
    const toolkit = Toolkit.make(
      ...now.map(makeTool),
      ...gone.map((named) => makeTool(named).annotate(Withdrawn, true))
    )
    const handlers = yield* toolkit.toContext(
      Object.fromEntries([...now, ...gone].map((named) => [named.name, makeHandler(named, limits)]))
    )
    return yield* Effect.provide(toolkit, handlers)
  })

/**
 * Starts or asks all servers at the same time, and answers at once. They, and what local ones have started, are ended with the scope.
 *
 * A server is connected again when one of its tools is called and it has ended, or does not know its session any more. A local one is
 * started three times in five minutes at most. No call is repeated that may have been executed.
 *
 * @since 0.1.0
 * @category constructors
 */
export const make = (options: Options): Effect.Effect<Servers, never, Scope.Scope | Workspace> =>
  Effect.gen(function*() {
    const limits = yield* AttachmentLimits
    const loaded = yield* Effect.cached(sdk)
    const configured = Object.entries(options.servers)
    const servers = yield* Effect.forEach(
      configured.filter(([, config]) => config.enabled !== false),
      ([name, config]) => makeServer(name, config, { loaded, options })
    )
    const starting = yield* Effect.forkScoped(
      Effect.forEach(servers, ({ start }) => start, { concurrency: "unbounded", discard: true })
    )
    const started = Fiber.join(starting)
    const offered = new Map<string, Named>()
    return {
      toolkit: Effect.gen(function*() {
        yield* started
        yield* Effect.forEach(servers, ({ settled }) => settled, { concurrency: "unbounded", discard: true })
        const now = named(servers)
        const names = new Set(now.map(({ name }) => name))
        const gone = [...offered.values()].filter(({ name }) => !names.has(name))
        for (const named of now) offered.set(named.name, named)
        return yield* makeToolkit(now, gone, limits)
      }),
      notices: Effect.map(started, () =>
        servers.flatMap((server) => {
          const { error, leftOut, state } = server.current()
          return (state === "failed" ? [error] : leftOut).map((what) =>
            `MCP server ${JSON.stringify(server.name)}: ${what}`
          )
        })),
      status: Effect.sync(() => {
        const tools = named(servers)
        return configured.map(([name, { type }]): Status => {
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
 * Both; of two tools with the same name the first one's.
 *
 * @since 0.1.0
 * @category combining
 */
export const merge = (first: AnyToolkit, second: AnyToolkit): AnyToolkit => ({
  tools: { ...first.tools, ...second.tools, ...first.tools },
  handle: (name, params) => (Object.hasOwn(first.tools, name) ? first : second).handle(name, params)
})
