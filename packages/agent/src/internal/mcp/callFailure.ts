/** A call that came to nothing, for the model. */
import * as Predicate from "effect/Predicate"
import type { ToolFailure } from "../../ToolCall.ts"
import { failed } from "../tools/toolFailure.ts"

/** What the SDK itself reports, and not the server. Source: `ErrorCode` of the SDK. */
const ofClient: ReadonlyArray<unknown> = [-32000, -32001]

const neverConnected: ReadonlyArray<unknown> = ["ECONNREFUSED", "ENOTFOUND", "EAI_AGAIN", "EHOSTUNREACH", "ENETUNREACH"]

const codeOf = (error: unknown): unknown => Predicate.hasProperty(error, "code") ? error.code : undefined

/** Is it certain that the call was answered, or never began? */
const isSettled = (error: unknown): boolean => {
  const code = codeOf(error)
  if (error instanceof Error && error.name === "McpError") return !ofClient.includes(code)
  if (Predicate.isNumber(code)) return code >= 400 && code < 500
  const cause = error instanceof Error ? error.cause : undefined
  return neverConnected.includes(code) || neverConnected.includes(codeOf(cause)) ||
    error instanceof Error && /^Error POSTing to endpoint \(HTTP 4\d\d\)/.test(error.message)
}

/** `server` is the name as it is shown, `why` what went wrong. */
export const callFailure = (server: string, error: unknown, why: string): ToolFailure => {
  const message = `The MCP server ${server} failed: ${why}`
  return failed(
    isSettled(error) ? message : `${message.replace(/\.$/, "")}. The call may have had effects; it was not repeated.`,
    message
  )
}
