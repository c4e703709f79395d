/** Explains a failed call to the model. */
import * as Predicate from "effect/Predicate"
import type { ToolFailure } from "../../tools/ToolCall.ts"
import { failed } from "../tools/toolFailure.ts"
import type { RequestError } from "./mcpError.ts"

/** Error codes that the SDK itself reports. Source: `ErrorCode` of the SDK. */
const clientErrors: ReadonlyArray<unknown> = [-32000, -32001]

const connectErrors: ReadonlyArray<unknown> = ["ECONNREFUSED", "ENOTFOUND", "EAI_AGAIN", "EHOSTUNREACH", "ENETUNREACH"]

const codeOf = (error: unknown): unknown => Predicate.hasProperty(error, "code") ? error.code : undefined

/** Whether the call was certainly answered, or certainly never started. */
const isSettled = (error: unknown): boolean => {
  const code = codeOf(error)
  if (error instanceof Error && error.name === "McpError") return !clientErrors.includes(code)
  if (Predicate.isNumber(code)) return code >= 400 && code < 500
  const cause = error instanceof Error ? error.cause : undefined
  return connectErrors.includes(code) || connectErrors.includes(codeOf(cause)) ||
    error instanceof Error && /^Error POSTing to endpoint \(HTTP 4\d\d\)/.test(error.message)
}

/** `server` is the server's quoted name, `why` the error message. */
export const toCallFailure = (server: string, error: RequestError, why: string): ToolFailure => {
  const message = `The MCP server ${server} failed: ${why}`
  return failed(
    isSettled(error.cause)
      ? message
      : `${message.replace(/\.$/, "")}. The call may have had effects; it was not retried.`,
    message
  )
}
