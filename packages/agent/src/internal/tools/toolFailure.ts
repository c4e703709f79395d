import type { PlatformError } from "@effect/platform/Error"
import { ToolFailure } from "../../ToolCall.ts"

/** What a tool could not do, for the model, and in a few words for people. */
export const failed = (message: string, summary?: string): ToolFailure =>
  new ToolFailure({ reason: "Failed", message, ...(summary === undefined ? {} : { summary }) })

/** What the file system refused, in the words that a model knows. */
export const refused = (what: string) => (error: PlatformError): ToolFailure => {
  const reasons: Record<string, string> = {
    NotFound: "there is no such file",
    PermissionDenied: "the permission is denied",
    AlreadyExists: "it exists already"
  }
  const reason = error._tag === "SystemError" ? reasons[error.reason] : undefined
  return failed(`${what}: ${reason ?? error.message}`)
}
