/** Explains to the model why a command could not be started, or why its output could not be stored. */
import * as Predicate from "effect/Predicate"
import { statSync } from "node:fs"

const isDirectory = (path: string): boolean => {
  try {
    return statSync(path).isDirectory()
  } catch {
    return false
  }
}

/** Keyed by the error code (errno(3)). */
const reasons: Readonly<Record<string, string>> = {
  E2BIG: "the command and its environment are too long. Write long text to a file first and use that",
  EACCES: "permission denied",
  EAGAIN: "the limit of processes is reached (ulimit -u). End background processes first",
  EMFILE: "this program has reached its limit of open files (ulimit -n)",
  ENFILE: "the system has reached its limit of open files",
  ENOENT: "neither bash nor sh is on the PATH",
  ENOMEM: "there is not enough memory",
  ENOSPC: "there is no space left on the disk",
  EDQUOT: "the disk quota is used up",
  EROFS: "the file system is read-only",
  ERR_INVALID_ARG_VALUE: "it contains a null character"
}

/** The code of a system error, or of the cause of a platform error. */
const codeOf = (error: unknown): string => {
  if (!Predicate.isRecord(error)) return ""
  return typeof error["code"] === "string" ? error["code"] : codeOf(error["cause"])
}

const reasonOf = (error: unknown): string =>
  reasons[codeOf(error)] ?? (error instanceof Error ? error.message : String(error))

/** `directory` is the working directory of the command. */
export const describeStartFailure = (error: unknown, directory: string): string => {
  const code = codeOf(error)
  // The system reports a missing working directory in the same way as a missing program.
  const isMissing = ["ENOENT", "ENOTDIR"].includes(code) && !isDirectory(directory)
  const reason = isMissing
    ? `the working directory ${directory} no longer exists`
    : code === "EACCES"
    ? `the working directory ${directory} can't be entered`
    : reasonOf(error)
  return `The command can't be started: ${reason}.`
}

export const describeOutputFailure = (error: unknown): string =>
  `The command's output can't be stored: ${reasonOf(error)}.`
