import type * as AiError from "@effect/ai/AiError"
import type * as Response from "@effect/ai/Response"
import * as Either from "effect/Either"
import { malformedOutput } from "../malformed.ts"
import type { CitedDocument } from "../response/citations.ts"
import type { ObjectFormat } from "./objectTool.ts"

/** What a response is checked against. */
export interface Expectation {
  /** The model ID that was sent. */
  readonly modelId: string
  /** False for a model that is known not to be Claude. */
  readonly isClaude: boolean
  /** The documents in the request. */
  readonly documents: ReadonlyArray<CitedDocument>
  /** The names of the caller's tools. */
  readonly tools: ReadonlySet<string>
  /** The IDs of the tool calls in the request. New calls get other ones. */
  readonly ids: ReadonlySet<string>
  /** Set if an object was requested. The input of its tool call then becomes the text of the answer. */
  readonly responseFormat?: ObjectFormat
}

/** Whether the service runs the tool itself and includes the result in the same response. */
export const isServerTool = (type: string | undefined): boolean => type === "server_tool_use"

/** No part for a tool that the service runs and the caller does not know, because `@effect/ai` accepts only calls of known tools. */
export const toToolCall = (
  call: { readonly id: string; readonly name: string; readonly params: unknown; readonly providerExecuted: boolean },
  expected: Expectation
): Either.Either<Array<Response.ToolCallPartEncoded>, AiError.MalformedOutput> => {
  if (expected.tools.has(call.name)) return Either.right([{ type: "tool-call", ...call }])
  return call.providerExecuted
    ? Either.right([])
    : Either.left(malformedOutput(`the model called the unknown tool "${call.name}"`))
}
