/** A tool that changes something, for turns of a scripted model. Each test brings its handler. */
import * as Tool from "@effect/ai/Tool"
import * as Schema from "effect/Schema"
import { ToolCall, ToolFailure, ToolOutput } from "../src/tools/ToolCall.ts"

export const change = Tool.make("change", {
  parameters: { what: Schema.String },
  success: ToolOutput,
  failure: ToolFailure,
  failureMode: "return",
  dependencies: [ToolCall]
})
