import type { PlatformError } from "@effect/platform/Error"
import { ToolFailure } from "../../tools/ToolCall.ts"

/** `message` is for the model; `summary` is a few words for users. */
export const failed = (message: string, summary?: string): ToolFailure =>
  new ToolFailure({ reason: "Failed", message, ...(summary === undefined ? {} : { summary }) })

/** Converts an error of the file system. The message starts with `operation`. */
export const fileFailure = (operation: string) => (error: PlatformError): ToolFailure => {
  const reasons: Record<string, string> = {
    NotFound: "the file does not exist",
    PermissionDenied: "permission denied",
    AlreadyExists: "it already exists"
  }
  const reason = error._tag === "SystemError" ? reasons[error.reason] : undefined
  return failed(`${operation}: ${reason ?? error.message}`)
}
