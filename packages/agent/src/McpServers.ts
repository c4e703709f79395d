/**
 * Tools of MCP servers.
 *
 * @since 0.1.0
 */
import * as Cut from "@altimate-code/system/Cut"
import * as Tool from "@effect/ai/Tool"
import * as Toolkit from "@effect/ai/Toolkit"
import type { Client } from "@modelcontextprotocol/sdk/client/index.js"
import type { Transport } from "@modelcontextprotocol/sdk/shared/transport.js"
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as Either from "effect/Either"
import * as ExecutionStrategy from "effect/ExecutionStrategy"
import * as Exit from "effect/Exit"
import * as Schema from "effect/Schema"
import * as Scope from "effect/Scope"
import { stripVTControlCharacters } from "node:util"
import { AttachmentLimits, type Limits } from "./AttachmentLimits.ts"
import { failed } from "./internal/failures.ts"
import { wireNames } from "./internal/mcpNames.ts"
import { mcpProcess } from "./internal/mcpProcess.ts"
import { mcpResult } from "./internal/mcpResult.ts"
import { type McpTool, usableTools } from "./internal/mcpTools.ts"
import { ToolCall, ToolFailure, ToolOutput } from "./ToolCall.ts"
import * as ToolTitle from "./ToolTitle.ts"
import type { Workspace } from "./Workspace.ts"

/**
 * A server as the configuration describes it. `timeout` is in milliseconds, and for its start.
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
    readonly enabled?: boolean
    readonly timeout?: number
  }

/**
 * The tools of the servers that could be started or reached, and what is to be said of the others.
 *
 * @since 0.1.0
 * @category models
 */
export interface Connected {
  // oxlint-disable-next-line typescript/no-explicit-any -- which tools there are is known only when the program runs
  readonly toolkit: Toolkit.WithHandler<any>
  /** What is wrong with which server, for the person. */
  readonly notices: ReadonlyArray<string>
}

interface Running {
  readonly client: Client
  readonly tools: ReadonlyArray<McpTool>
  /** What was left out of its tools, and why. */
  readonly notices: ReadonlyArray<string>
  /** What went wrong, better said. */
  readonly explain: (message: string) => string
}

const startLimit = 30_000

/** As long as a command may take. */
const callLimit = 600_000

/** Loaded only when there is a server. */
const sdk = Effect.tryPromise({ try: () => load(), catch: (error) => shown(words(error)) })

const load = async () => {
  const [{ Client }, http, sse, stdio, types] = await Promise.all([
    import("@modelcontextprotocol/sdk/client/index.js"),
    import("@modelcontextprotocol/sdk/client/streamableHttp.js"),
    import("@modelcontextprotocol/sdk/client/sse.js"),
    import("@modelcontextprotocol/sdk/shared/stdio.js"),
    import("@modelcontextprotocol/sdk/types.js")
  ])
  return { Client, ...http, ...sse, ...stdio, ...types }
}

type Sdk = Awaited<ReturnType<typeof load>>

/** What an error says, in one line, with its cause: `fetch failed` alone helps nobody. */
const words = (error: unknown): string => {
  if (!(error instanceof Error)) return String(error)
  const { cause } = error
  const because = cause instanceof Error
    ? `: ${cause.message || ("code" in cause ? String(cause.code) : cause.name)}`
    : ""
  return error.message + because
}

/** What others have written must not reach a terminal raw. */
const shown = (text: string): string =>
  Cut.shorten(stripVTControlCharacters(text).replace(/[\p{Cc}\s]+/gu, " ").trim(), 600)

const newClient = ({ Client }: Sdk) =>
  Effect.acquireRelease(
    Effect.sync(() => new Client({ name: "altimate-code", version: "0.1.0" })),
    (client) => Effect.ignore(Effect.tryPromise(() => client.close()))
  )

const attach = (client: Client, transport: Transport, timeout: number) =>
  Effect.tryPromise({
    try: (signal) => client.connect(transport, { signal, timeout }),
    catch: (error) => error
  })

const local = (sdk: Sdk, server: Extract<McpServer, { type: "local" }>, timeout: number) =>
  Effect.gen(function*() {
    const { explain, transport } = yield* mcpProcess(server, sdk)
    const client = yield* newClient(sdk)
    return { client, explain, connected: attach(client, transport, timeout) }
  })

/** Older servers know only the transport that came before: whatever they answer to a request of today's is a 4xx. */
const remote = (sdk: Sdk, { headers = {}, url }: Extract<McpServer, { type: "remote" }>, timeout: number) =>
  Effect.gen(function*() {
    if (!URL.canParse(url)) return yield* Effect.fail("its URL is not valid")
    const options = { requestInit: { headers } }
    const client = yield* newClient(sdk)
    // The SDK's own classes don't fit its own interface under exactOptionalPropertyTypes.
    const today = new sdk.StreamableHTTPClientTransport(new URL(url), options) as Transport
    const isOlder = (error: unknown) =>
      error instanceof sdk.StreamableHTTPError && error.code !== undefined && error.code >= 400 && error.code < 500 &&
      error.code !== 401 && error.code !== 403
    return yield* attach(client, today, timeout).pipe(
      Effect.as(client),
      Effect.catchIf(isOlder, () =>
        Effect.gen(function*() {
          const client = yield* newClient(sdk)
          yield* attach(client, new sdk.SSEClientTransport(new URL(url), options) as Transport, timeout)
          return client
        })),
      Effect.map((client) => ({ client, explain: (message: string) => message, connected: Effect.void }))
    )
  })

const listed = (sdk: Sdk, client: Client, timeout: number) =>
  Effect.gen(function*() {
    if (client.getServerCapabilities()?.tools === undefined) return usableTools([])
    const tools: Array<unknown> = []
    const seen = new Set<string>()
    let cursor: string | undefined
    do {
      const params = cursor === undefined ? {} : { cursor }
      // Not the schema of the list itself: one odd tool in it would cost all tools of the server.
      const page = yield* Effect.tryPromise({
        try: (signal) => client.request({ method: "tools/list", params }, sdk.ResultSchema, { signal, timeout }),
        catch: (error) => error
      })
      if (!Array.isArray(page["tools"])) return yield* Effect.fail("its list of tools is not a list")
      tools.push(...page["tools"])
      cursor = typeof page["nextCursor"] === "string" ? page["nextCursor"] : undefined
      if (cursor !== undefined && seen.has(cursor)) break
      if (cursor !== undefined) seen.add(cursor)
    } while (cursor !== undefined)
    return usableTools(tools)
  })

/** Lives as long as the scope when it could be started, and not longer than this effect when not. */
const running = (sdk: Sdk, server: McpServer): Effect.Effect<Running, string, Scope.Scope | Workspace> =>
  Effect.uninterruptibleMask((restore) =>
    Effect.gen(function*() {
      const scope = yield* Scope.fork(yield* Effect.scope, ExecutionStrategy.sequential)
      const timeout = server.timeout ?? startLimit
      let explain = (message: string) => message
      const started = Effect.gen(function*() {
        const made = yield* server.type === "local" ? local(sdk, server, timeout) : remote(sdk, server, timeout)
        explain = made.explain
        yield* made.connected
        return { client: made.client, explain, ...yield* listed(sdk, made.client, timeout) }
      }).pipe(
        Effect.mapError(words),
        Effect.timeoutFail({
          duration: timeout,
          onTimeout: () => `it did not answer within ${Duration.format(Duration.millis(timeout))}`
        }),
        Effect.mapError((message) => shown(explain(message)))
      )
      return yield* restore(Scope.extend(started, scope)).pipe(
        Effect.onExit((exit) => Exit.isSuccess(exit) ? Effect.void : Scope.close(scope, exit))
      )
    })
  )

const makeTool = (name: string, { description, inputSchema, isReadOnly }: McpTool) =>
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

const isRecord = Schema.is(Schema.Record({ key: Schema.String, value: Schema.Unknown }))

const handler = (
  { limits, name, running: { client, explain }, server, tool }: {
    readonly server: string
    readonly running: Running
    readonly name: string
    readonly tool: McpTool
    readonly limits: Limits
  }
) =>
(params: unknown) =>
  Effect.gen(function*() {
    const { permit } = yield* ToolCall
    if (!isRecord(params)) return yield* failed("The parameters must be an object.")
    yield* permit({
      judged: [{ permission: name, subject: "*" }],
      title: ToolTitle.of(name, params),
      preview: { type: "json", text: JSON.stringify(params, undefined, 2) }
    })
    const result = yield* Effect.tryPromise({
      try: (signal) =>
        client.callTool({ name: tool.name, arguments: params }, undefined, { signal, timeout: callLimit }),
      catch: (error) => failed(`The MCP server ${JSON.stringify(server)} failed: ${shown(explain(words(error)))}`)
    })
    // A server of the protocol's first version answers without content.
    const output = mcpResult("content" in result ? result as never : { content: [] }, limits)
    if (result.isError !== true) return output
    const text = output.content.map((piece) => piece.type === "text" ? piece.text : `(${piece.mediaType})`).join("\n")
    return yield* failed(text)
  })

/**
 * Starts or asks all servers at the same time, and has their tools: `server_tool`, in a form that every provider takes. A server that
 * fails, or does not answer within its time limit, is told of; the others work. Local servers, and what they have started, are
 * ended with the scope.
 *
 * @since 0.1.0
 * @category constructors
 */
export const connect = (
  servers: { readonly [name: string]: McpServer }
): Effect.Effect<Connected, never, Scope.Scope | Workspace> =>
  Effect.gen(function*() {
    const limits = yield* AttachmentLimits
    const enabled = Object.entries(servers).filter(([, server]) => server.enabled !== false)
    const loaded = yield* Effect.cached(sdk)
    const attempts = yield* Effect.forEach(
      enabled,
      ([server, config]) =>
        Effect.either(Effect.flatMap(loaded, (sdk) => running(sdk, config))).pipe(
          Effect.map((running) => ({ server, running }))
        ),
      { concurrency: "unbounded" }
    )
    const found = attempts.flatMap(({ running, server }) =>
      Either.isLeft(running) ? [] : running.right.tools.map((tool) => ({ server, running: running.right, tool }))
    )
    const names = wireNames(found.map(({ server, tool }) => ({ server, tool: tool.name })))
    const toolkit = Toolkit.make(...found.map(({ tool }, index) => makeTool(names[index]!, tool)))
    const handlers = yield* toolkit.toContext(Object.fromEntries(
      found.map((found, index) => [names[index]!, handler({ ...found, name: names[index]!, limits })])
    ))
    return {
      toolkit: yield* Effect.provide(toolkit, handlers),
      notices: attempts.flatMap(({ running, server }) =>
        (Either.isLeft(running) ? [running.left] : running.right.notices).map((notice) =>
          `MCP server ${JSON.stringify(server)}: ${notice}`
        )
      )
    }
  })

/**
 * Both; of two tools with the same name the first one's.
 *
 * @since 0.1.0
 * @category combining
 */
// oxlint-disable-next-line typescript/no-explicit-any -- as above
export const merge = (first: Toolkit.WithHandler<any>, second: Toolkit.WithHandler<any>): Toolkit.WithHandler<any> => ({
  tools: { ...first.tools, ...second.tools, ...first.tools },
  handle: (name, params) => (Object.hasOwn(first.tools, name) ? first : second).handle(name, params)
})
