/** Makes a toolkit of the tools of all servers. */
import * as Tool from "@effect/ai/Tool"
import * as Toolkit from "@effect/ai/Toolkit"
import * as Effect from "effect/Effect"
import * as Predicate from "effect/Predicate"
import * as Schema from "effect/Schema"
import type { Limits } from "../../AttachmentLimits.ts"
import { ToolCall, ToolFailure, ToolOutput } from "../../tools/ToolCall.ts"
import { ToolOrigin } from "../../tools/ToolOrigin.ts"
import * as ToolTitle from "../../tools/ToolTitle.ts"
import { failed } from "../tools/toolFailure.ts"
import { RemovedTool } from "../turn/removedTool.ts"
import { convertResult } from "./mcpResult.ts"
import { type Server, toolRemovedFailure } from "./server.ts"
import { makeWireNames } from "./toolNames.ts"
import type { McpTool } from "./usableTools.ts"

const makeTool = ({ name, server, tool: { description, inputSchema, isReadOnly, name: tool } }: NamedTool) =>
  Tool.make(name, {
    description,
    success: ToolOutput,
    failure: ToolFailure,
    failureMode: "return",
    dependencies: [ToolCall]
  })
    // Not validated here, because the server explains what is wrong with them.
    .setParameters(Schema.Unknown.annotations({ jsonSchema: inputSchema }) as never)
    .annotate(Tool.Readonly, isReadOnly)
    .annotate(ToolOrigin, { server: server.name, tool })

export interface NamedTool {
  readonly server: Server
  readonly tool: McpTool
  readonly name: string
}

const makeHandler =
  ({ name, server, tool }: NamedTool, limits: Limits) =>
  (params: unknown): Effect.Effect<ToolOutput, ToolFailure, ToolCall> =>
    Effect.gen(function*() {
      const { permit } = yield* ToolCall
      if (!server.current().tools.some(({ name }) => name === tool.name)) {
        return yield* toolRemovedFailure(server.name, tool.name)
      }
      if (!Predicate.isRecord(params)) return yield* failed("The parameters must be an object.")
      yield* permit({
        parts: [{ permission: name, subject: "*" }],
        title: ToolTitle.of(name, params),
        preview: { type: "json", text: JSON.stringify(params, undefined, 2) }
      })
      const result = yield* server.call(tool.name, params)
      const output = convertResult(result, limits)
      if (result.isError !== true) return output
      const text = output.content.map((piece) => piece.type === "text" ? piece.text : `(${piece.mediaType})`).join("\n")
      return yield* failed(text)
    })

export const assignNames = (servers: ReadonlyArray<Server>): ReadonlyArray<NamedTool> => {
  const tools = servers.flatMap((server) => server.current().tools.map((tool) => ({ server, tool })))
  const names = makeWireNames(tools.map(({ server, tool }) => ({ server: server.name, tool: tool.name })))
  return tools.map((tool, index) => ({ ...tool, name: names[index]! }))
}

/** `removed` are tools that earlier requests offered, which the model may still call. */
export const makeToolkit = (now: ReadonlyArray<NamedTool>, removed: ReadonlyArray<NamedTool>, limits: Limits) =>
  Effect.gen(function*() {
    const toolkit = Toolkit.make(
      ...now.map(makeTool),
      ...removed.map((named) => makeTool(named).annotate(RemovedTool, true))
    )
    const handlers = yield* toolkit.toContext(
      Object.fromEntries([...now, ...removed].map((named) => [named.name, makeHandler(named, limits)]))
    )
    return yield* Effect.provide(toolkit, handlers)
  })
