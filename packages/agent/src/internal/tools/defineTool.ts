import * as Cut from "@altimate-code/system/Cut"
import * as Tool from "@effect/ai/Tool"
import type * as FileSystem from "@effect/platform/FileSystem"
import type * as Path from "@effect/platform/Path"
import type * as Effect from "effect/Effect"
import * as Schema from "effect/Schema"
import { ToolCall, ToolFailure, ToolOutput } from "../../tools/ToolCall.ts"
import type { Workspace } from "../../Workspace.ts"
import type { FileVersions } from "../files/fileVersions.ts"
import type { Locate } from "../files/paths.ts"

/** Defines a tool whose output and failures go to the model, and whose handler asks for permission before it acts. */
export const tool = <const Name extends string, Parameters extends Schema.Struct.Fields>(
  name: Name,
  description: string,
  parameters: Parameters
) =>
  Tool.make(name, {
    description,
    parameters,
    success: ToolOutput,
    failure: ToolFailure,
    failureMode: "return",
    dependencies: [ToolCall]
  })

/** What `Toolkit.toContext` gives the handlers, because it is run with it itself. Its type does not say so. */
type Provided = FileSystem.FileSystem | Path.Path | Workspace | FileVersions | Locate

/** The handler without the services that it gets from its toolkit. Providing them for each call would take longer. */
export const provided = <Params, A, E, R>(handler: (params: Params) => Effect.Effect<A, E, R>) =>
  handler as (params: Params) => Effect.Effect<A, E, Exclude<R, Provided>>

export const string = (description: string) => Schema.String.annotations({ description })

export const positiveInt = (description: string) =>
  Schema.optionalWith(Schema.Int.pipe(Schema.positive()).annotations({ description }), { exact: true })

export const optional = <A, I>(schema: Schema.Schema<A, I>) => Schema.optionalWith(schema, { exact: true })

/** A tool output that consists of one text. */
export const textOutput = (text: string, summary: string): ToolOutput => ({
  content: [{ type: "text", text }],
  summary
})

/** Replaces the middle of a text longer than `maxLength` characters with a note about how much was left out. */
export const cutMiddle = (text: string, maxLength: number): string => {
  if (text.length <= maxLength) return text
  const head = Cut.head(text, maxLength / 2)
  const tail = Cut.tail(text, maxLength / 2)
  return `${head}\n\n… ${text.length - head.length - tail.length} characters left out …\n\n${tail}`
}

export const plural = (count: number, noun: string, many = `${noun}s`): string =>
  `${count} ${count === 1 ? noun : many}`
