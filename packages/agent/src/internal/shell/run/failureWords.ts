/** Why a command could not be started or its output not be stored, in words for the model. */
import * as Predicate from "effect/Predicate"
import { statSync } from "node:fs"

const isDirectory = (path: string): boolean => {
  try {
    return statSync(path).isDirectory()
  } catch {
    return false
  }
}

/** By the code of the system's error (errno(3)). */
const reasons: Readonly<Record<string, string>> = {
  E2BIG:
    "the argument list is too long. The system limits a command together with its environment: write long text to a file first and use that",
  EACCES: "permission denied",
  EAGAIN: "the system allows no more processes (ulimit -u). End what runs in the background first",
  EMFILE: "too few file descriptors: this program has as many open files as it may (ulimit -n)",
  ENFILE: "too few file descriptors: the system has as many open files as it may",
  ENOENT: "there is neither bash nor sh on the PATH",
  ENOMEM: "there is not enough memory",
  ENOSPC: "there is no space left on the disk",
  EDQUOT: "the disk quota is used up",
  EROFS: "the file system is read-only",
  ERR_INVALID_ARG_VALUE: "it contains a null character, which no command line can hold"
}

/** Of the system's error, or of the one that a platform service made of it. */
const codeOf = (error: unknown): string => {
  if (!Predicate.isRecord(error)) return ""
  return typeof error["code"] === "string" ? error["code"] : codeOf(error["cause"])
}

const reasonOf = (error: unknown): string =>
  reasons[codeOf(error)] ?? (error instanceof Error ? error.message : String(error))

/** `directory` is the one that the command was to start in. */
export const notStarted = (error: unknown, directory: string): string => {
  const code = codeOf(error)
  // The system says the same of a directory that is gone as of a program that is.
  const isGone = ["ENOENT", "ENOTDIR"].includes(code) && !isDirectory(directory)
  const reason = isGone
    ? `the working directory ${directory} no longer exists`
    : code === "EACCES"
    ? `the working directory ${directory} can't be entered`
    : reasonOf(error)
  return `The command can't be started: ${reason}.`
}

export const notStored = (error: unknown): string => `The command's output can't be stored: ${reasonOf(error)}.`
