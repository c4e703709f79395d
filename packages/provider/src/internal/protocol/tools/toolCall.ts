import type * as AiError from "@effect/ai/AiError"
import type * as Response from "@effect/ai/Response"
import * as Either from "effect/Either"
import { malformedOutput } from "../malformed.ts"
import type { ObjectFormat } from "./objectTool.ts"

/** What the caller expects of an answer. */
export interface Expectation {
  /** The model ID that was sent. */
  readonly modelId: string
  /** The names of the caller's tools. */
  readonly tools: ReadonlySet<string>
  /** The IDs of the tool calls in the request; calls of the answer get other ones. */
  readonly ids: ReadonlySet<string>
  /** Set if the answer should be an object: then the input of its tool is the answer's text. */
  readonly responseFormat?: ObjectFormat
}

/** Whether the service runs the tool itself and includes the result in the same answer. */
export const isServerTool = (type: string | undefined): boolean => type === "server_tool_use"

/**
 * The call; none if the service runs a tool that the caller does not have, because `@effect/ai` accepts only calls of known tools.
 */
export const toToolCall = (
  call: { readonly id: string; readonly name: string; readonly params: unknown; readonly providerExecuted: boolean },
  expected: Expectation
): Either.Either<Array<Response.ToolCallPartEncoded>, AiError.MalformedOutput> => {
  if (expected.tools.has(call.name)) return Either.right([{ type: "tool-call", ...call }])
  return call.providerExecuted
    ? Either.right([])
    : Either.left(malformedOutput(`the model called the tool "${call.name}", which it was not given`))
}
