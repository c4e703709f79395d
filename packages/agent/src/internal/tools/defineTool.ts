import * as Cut from "@altimate-code/system/Cut"
import * as Tool from "@effect/ai/Tool"
import * as Schema from "effect/Schema"
import { ToolCall, ToolFailure, ToolOutput } from "../../ToolCall.ts"

/** A tool as all of ours are: output and failure go to the model, and the handler asks before it acts. */
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

export const text = (description: string) => Schema.String.annotations({ description })

export const count = (description: string) =>
  Schema.optionalWith(Schema.Int.pipe(Schema.positive()).annotations({ description }), { exact: true })

export const maybe = <A, I>(schema: Schema.Schema<A, I>) => Schema.optionalWith(schema, { exact: true })

/** A tool's output that is text alone. */
export const says = (text: string, summary: string): ToolOutput => ({ content: [{ type: "text", text }], summary })

/** Its beginning and its end, when it is longer than this many characters, and how much is not there. */
export const inMiddle = (text: string, most: number): string => {
  if (text.length <= most) return text
  const head = Cut.head(text, most / 2)
  const tail = Cut.tail(text, most / 2)
  return `${head}\n\n… ${text.length - head.length - tail.length} characters are left out …\n\n${tail}`
}

export const plural = (count: number, noun: string, many = `${noun}s`): string =>
  `${count} ${count === 1 ? noun : many}`
