/** A failure as the user reads it: what failed, the likely cause, what to do. */
import type { SessionError } from "@altimate-code/agent/SessionError"
import type { AuthError } from "@altimate-code/auth/AuthError"
import type { ConfigError } from "@altimate-code/config/ConfigError"
import { printableLines } from "@altimate-code/log/Printable"
import type { ModelRefError } from "@altimate-code/model-id/ModelRef"
import type { NetworkError } from "@altimate-code/network/NetworkError"
import type { BedrockError } from "@altimate-code/provider/BedrockError"
import type { SandboxError } from "@altimate-code/sandbox/SandboxError"
import * as Option from "effect/Option"
import type { CliError } from "./CliError.ts"

/** Everything that a command can fail with: each has a `message` and a `hint`. */
export type Failure =
  | AuthError
  | BedrockError
  | CliError
  | ConfigError
  | ModelRefError
  | NetworkError
  | SandboxError
  | SessionError

export const exitCodes = { success: 0, requestFailed: 1, usage: 2, interrupted: 130 } as const

/** 1 when the request, or the writing of its answer, failed; 2 when the command line, the configuration or a file of the user's is wrong. */
export const exitCode = (failure: Failure): number => {
  switch (failure._tag) {
    case "BedrockError":
      return isLocal(failure) ? exitCodes.usage : exitCodes.requestFailed
    case "NetworkError":
      return exitCodes.requestFailed
    case "AuthError":
      return ownMistakes.includes(failure.reason) ? exitCodes.usage : exitCodes.requestFailed
    case "SessionError":
      return failure.reason === "Io" ? exitCodes.requestFailed : exitCodes.usage
    case "CliError":
      return ["Answer", "Installation", "Mcp", "Stdout", "Steps"].includes(failure.reason)
        ? exitCodes.requestFailed
        : exitCodes.usage
    default:
      return exitCodes.usage
  }
}

/** Reasons of an `AuthError` that only the user can correct. */
const ownMistakes: ReadonlyArray<string> = ["Conflict", "CorruptStore", "Malformed"]

/** Was nothing sent, since the credential or a header can't be? The type is then `auth`'s reason, or Node's code. */
const isLocal = ({ reason, status, type = "" }: BedrockError): boolean =>
  status === undefined &&
  (reason === "Authentication" && ownMistakes.includes(type) || reason === "Validation" && type.startsWith("ERR_"))

type Rendered = Pick<Failure, "hint" | "message"> & { readonly _tag?: string; readonly reason?: string }

/** The agent's library does not know the command that lists sessions. */
const hintOf = ({ _tag, hint, reason }: Rendered): string =>
  _tag === "SessionError" && reason === "NotFound" ? "altimate-code session list shows all sessions." : hint

/** The block on stderr. A gateway's words may be in it: nothing in them reaches the terminal as more than text. */
export const render = (
  failure: Rendered,
  options: { readonly colors: boolean; readonly logPath?: Option.Option<string> }
): string => {
  const error = options.colors ? "\u001b[1;31merror:\u001b[0m" : "error:"
  const more = Option.match(options.logPath ?? Option.none(), { onNone: () => "", onSome: (path) => `Log: ${path}\n` })
  const text = hintOf(failure)
  const hint = text === "" ? "" : `${printableLines(text)}\n`
  return `${error} ${printableLines(failure.message)}\n${hint}${more}`
}
