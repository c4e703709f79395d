import type * as AiError from "@effect/ai/AiError"
import type * as Response from "@effect/ai/Response"
import * as Either from "effect/Either"
import { malformedOutput } from "../malformed.ts"
import type { ObjectFormat } from "./objectTool.ts"

/** What the caller can make of the parts of an answer. */
export interface Expectation {
  /** The model ID as it went on the wire. */
  readonly modelId: string
  /** The names of the tools that the caller has. */
  readonly tools: ReadonlySet<string>
  /** The IDs of the calls that the request holds: a call of the answer gets another one. */
  readonly ids: ReadonlySet<string>
  /** Given when the answer is to be an object: then the call of its tool is the answer's text. */
  readonly responseFormat?: ObjectFormat
}

/** The type of a tool call that the service answers itself, in the same answer. */
export const isServerTool = (type: string | undefined): boolean => type === "server_tool_use"

/**
 * The call, or nothing when the service runs the tool itself and the caller doesn't know it: `@effect/ai` takes only
 * calls of known tools.
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
