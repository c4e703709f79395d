import type { AuthError } from "@altimate-code/auth/AuthError"
import { HostError } from "@altimate-code/tui/Host"
import { hintOf } from "../../command-line/failure/hints/hintOf.ts"

/** Converts a failure for the screen. */
export const toHostError = (failure: AuthError | { readonly hint: string; readonly message: string }): HostError =>
  new HostError({ message: failure.message, hint: hintOf(failure) })
