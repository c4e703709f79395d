import type { SessionError } from "@altimate-code/agent/session/SessionError"
import type { AuthError } from "@altimate-code/auth/AuthError"
import { credentialHint } from "./credentialHint.ts"

/** Returns what the user can do about a failure. Library errors have no hints that name commands, so these are added here. */
export const hintOf = (failure: AuthError | SessionError | { readonly hint: string }): string => {
  if (!("hint" in failure)) return credentialHint(failure)
  const reason = "_tag" in failure && failure._tag === "SessionError" ? failure.reason : undefined
  return reason === "NotFound"
    ? "altimate-code session list shows all sessions."
    : reason === "CostLimit"
    ? "To continue, resume the session with a higher limit: --continue --max-cost USD. A new session starts at $0.00."
    : failure.hint
}
