/** Servers of the protocol, and calls of their tools. */
import type * as Toolkit from "@effect/ai/Toolkit"
import * as Effect from "effect/Effect"
import * as Option from "effect/Option"
import type * as Scope from "effect/Scope"
import { createServer, type RequestListener } from "node:http"
import { listening } from "../../../../test/Listening.ts"
import * as McpServers from "../../src/mcp/McpServers.ts"
import { type Action, ToolCall, ToolFailure, type ToolOutput } from "../../src/tools/ToolCall.ts"
import { Workspace } from "../../src/Workspace.ts"
import { toPrograms } from "../workspace.ts"

/** With the platform's own `fetch`. */
export const make = (
  servers: McpServers.Options["servers"],
  options: Pick<McpServers.Options, "headersCommandEnvironment" | "registerHeader"> = {}
): Effect.Effect<McpServers.Servers, never, Scope.Scope> =>
  Effect.provideService(
    McpServers.make({ servers, fetch, client: { name: "test-client", version: "1.2.3" }, ...options }),
    Workspace,
    {
      directory: "/",
      root: "/",
      outputs: "/not/there",
      programFiles: { directories: [], names: [] },
      ...toPrograms
    }
  )

export interface Result {
  readonly isFailure: boolean
  readonly result: ToolOutput | ToolFailure
}

/** Calls a tool with a person who says yes to everything, or to nothing. */
export const call = (
  // oxlint-disable-next-line typescript/no-explicit-any
  toolkit: Toolkit.WithHandler<any>,
  name: string,
  params: unknown,
  { asked = [], denied = false }: { readonly asked?: Array<Action>; readonly denied?: boolean } = {}
): Effect.Effect<Result> =>
  (toolkit.handle(name, params as never) as unknown as Effect.Effect<Result, never, ToolCall>).pipe(
    Effect.provideService(ToolCall, {
      id: "1",
      permit: (action) =>
        Effect.suspend(() => {
          asked.push(action)
          return denied ? new ToolFailure({ reason: "Denied", message: "no" }) : Effect.void
        }),
      touch: () => Effect.die("no tool of a server is about files"),
      storeProcess: () => Effect.die("no tool of a server has a process of its own"),
      changeLog: {
        append: () => Effect.die("no tool of a server changes files itself"),
        changes: Effect.die("no tool of a server changes files itself"),
        copies: Option.none(),
        hasSecret: () => false
      },
      showOutput: () => Effect.void,
      verdicts: () => Effect.die("no tool of a server asks for them"),
      // No tool of a server starts a command.
      tasks: undefined as never
    })
  )

export const texts = ({ result }: Result) =>
  result instanceof ToolFailure
    ? result.message
    : result.content.map((piece) => piece.type === "text" ? piece.text : `${piece.mediaType} ${piece.data}`)

export const http = (listener: RequestListener) =>
  Effect.map(listening(createServer(listener)), (port) => ({ url: `http://127.0.0.1:${port}` }))
