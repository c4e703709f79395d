import type { SessionError } from "@altimate-code/agent/session/SessionError"
import type { AuthError } from "@altimate-code/auth/AuthError"
import { credentialHint } from "./credentialHint.ts"

/** Returns what the user can do about a failure. Library errors have no hints that name commands, so these are added here. */
export const hintOf = (failure: AuthError | SessionError | { readonly hint: string }): string => {
  if (!("hint" in failure)) return credentialHint(failure)
  return "_tag" in failure && failure._tag === "SessionError" && failure.reason === "NotFound"
    ? "altimate-code session list shows all sessions."
    : failure.hint
}
