/** The tools as the model is asked with them. */
import * as Tool from "@effect/ai/Tool"
import type * as Toolkit from "@effect/ai/Toolkit"
import * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import * as Schema from "effect/Schema"
import { Withdrawn } from "./withdrawn.ts"

/**
 * The same names, descriptions and JSON schemas, with parameters that may be anything: `@effect/ai` ends the whole answer
 * when one parameter is wrong, where the model could be told and try again.
 */
// oxlint-disable-next-line typescript/no-explicit-any
export const asking = (toolkit: Toolkit.WithHandler<any>): Toolkit.WithHandler<any> => ({
  tools: Object.fromEntries(
    // oxlint-disable-next-line typescript/no-explicit-any
    Object.entries(toolkit.tools as Record<string, Tool.Tool<string, any>>)
      .filter(([, tool]) => !Context.get(tool.annotations, Withdrawn))
      .map(([name, tool]) => [
        name,
        Tool.make(name, { description: tool.description })
          .setParameters(Schema.Unknown.annotations({ jsonSchema: Tool.getJsonSchema(tool) }) as never)
          .annotateContext(tool.annotations)
      ])
  ),
  handle: () => Effect.dieMessage("calls are run by the turn")
})
