/** Formats a failure: what failed, the likely cause, what to do. */
import type { SessionError } from "@altimate-code/agent/session/SessionError"
import type { AuthError } from "@altimate-code/auth/AuthError"
import type { ConfigError } from "@altimate-code/config/ConfigError"
import { printableLines } from "@altimate-code/log/Printable"
import type { ModelRefError } from "@altimate-code/model-id/ModelRef"
import type { NetworkError } from "@altimate-code/network/NetworkError"
import type { BedrockError } from "@altimate-code/provider/BedrockError"
import type { SandboxError } from "@altimate-code/sandbox/SandboxError"
import * as Option from "effect/Option"
import type { CliError } from "./CliError.ts"
import { hintOf } from "./hints/hintOf.ts"
import type { RequestError } from "./RequestError.ts"

/** All failures of commands. `hintOf` returns what to do about each. */
export type Failure =
  | AuthError
  | CliError
  | ConfigError
  | ModelRefError
  | NetworkError
  | RequestError
  | SandboxError
  | SessionError

export const exitCodes = { success: 0, requestFailed: 1, usage: 2, interrupted: 130 } as const

/** 1 if the request or writing its answer failed, or a limit or a missing permission stopped it; 2 if the command line, the configuration or a file of the user is wrong. */
export const exitCode = (failure: Failure): number => {
  switch (failure._tag) {
    case "RequestError":
      return isLocal(failure.error) ? exitCodes.usage : exitCodes.requestFailed
    case "NetworkError":
      return exitCodes.requestFailed
    case "AuthError":
      return userErrors.includes(failure.reason) ? exitCodes.usage : exitCodes.requestFailed
    case "SessionError":
      return failure.reason === "Io" || failure.reason === "CostLimit" ? exitCodes.requestFailed : exitCodes.usage
    case "CliError":
      return ["Answer", "Installation", "Mcp", "NotAllowed", "Stdout", "Steps"].includes(failure.reason)
        ? exitCodes.requestFailed
        : exitCodes.usage
    default:
      return exitCodes.usage
  }
}

/** Reasons of an `AuthError` that only the user can correct. */
const userErrors: ReadonlyArray<string> = ["Conflict", "CorruptStore", "Malformed"]

/** Whether the request could not be sent. `type` is then the reason of an `AuthError`, or an error code of Node.js. */
const isLocal = ({ reason, status, type = "" }: BedrockError): boolean =>
  status === undefined &&
  (reason === "Authentication" && userErrors.includes(type) || reason === "Validation" && type.startsWith("ERR_"))

/** Formats the block for stderr. The text may come from a gateway, so it is made printable and can't control the terminal. */
export const render = (
  failure: AuthError | SessionError | { readonly message: string; readonly hint: string },
  options: { readonly colors: boolean; readonly logPath?: Option.Option<string> }
): string => {
  const error = options.colors ? "\u001b[1;31merror:\u001b[0m" : "error:"
  const log = Option.match(options.logPath ?? Option.none(), { onNone: () => "", onSome: (path) => `Log: ${path}\n` })
  const hint = hintOf(failure)
  return `${error} ${printableLines(failure.message)}\n${hint === "" ? "" : `${printableLines(hint)}\n`}${log}`
}
