/** The tool definitions of a request. */
import * as Tool from "@effect/ai/Tool"
import * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import * as Schema from "effect/Schema"
import type { AnyToolkit } from "../../tools/AnyToolkit.ts"
import { RemovedTool } from "./removedTool.ts"

/**
 * Copies names, descriptions and JSON schemas, but accepts any parameters: `@effect/ai` fails the whole answer if a parameter is wrong,
 * whereas a failed call lets the model correct it.
 */
export const withoutHandlers = (toolkit: AnyToolkit): AnyToolkit => ({
  tools: Object.fromEntries(
    // oxlint-disable-next-line typescript/no-explicit-any
    Object.entries(toolkit.tools as Record<string, Tool.Tool<string, any>>)
      .filter(([, tool]) => !Context.get(tool.annotations, RemovedTool))
      .map(([name, tool]) => [
        name,
        Tool.make(name, { description: tool.description })
          .setParameters(Schema.Unknown.annotations({ jsonSchema: Tool.getJsonSchema(tool) }) as never)
          .annotateContext(tool.annotations)
      ])
  ),
  handle: () => Effect.dieMessage("the turn runs the calls")
})
