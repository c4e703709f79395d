/** Changes to the directory that the command line names, with `--dir PATH` or as the screen's argument. */
import * as Data from "effect/Data"
import * as Effect from "effect/Effect"
import * as Option from "effect/Option"
import type { Argv } from "./argv.ts"
import { CliError } from "./failure/CliError.ts"
import type { Globals } from "./globalOptions.ts"
import { unknownCommand } from "./usageErrors.ts"

/** The directory can't be entered. `code` is the error code of Node.js. */
class ChangeError extends Data.TaggedError("ChangeError")<{ readonly directory: string; readonly code: string }> {}

/** Changes the working directory of the process, which also applies to relative paths and child processes. */
const change = (directory: string) =>
  Effect.try({
    try: () => process.chdir(directory),
    catch: (cause) =>
      new ChangeError({
        directory,
        code: cause instanceof Error && "code" in cause ? String(cause.code) : String(cause)
      })
  })

const reasons: Readonly<Record<string, string>> = {
  ENOTDIR: "it is not a directory",
  EACCES: "permission denied",
  ELOOP: "its symbolic links form a loop",
  ENAMETOOLONG: "its name is too long"
}

const toCliError = ({ code, directory }: ChangeError): CliError => {
  const isMissing = code === "ENOENT"
  return new CliError({
    reason: "Usage",
    message: `The directory ${JSON.stringify(directory)} ${
      isMissing ? "does not exist" : `cannot be entered: ${reasons[code] ?? code}`
    }.`,
    hint: code === "ENOTDIR"
      ? `To attach a file: altimate-code run --file ${JSON.stringify(directory)} "…"`
      : isMissing
      ? "Correct the path, or create the directory first."
      : "Correct the path, or the permissions of the directory."
  })
}

/** Whether the word looks like a path instead of a command. */
const isPath = (word: string): boolean => /^[.~]|[/\\]/.test(word)

/** Enters the directory. If that fails and the screen's argument looks like a command or a prompt, the error suggests what to type. */
export const enter = <R, E>({ path, words }: Argv<R, E>, { directory }: Globals): Effect.Effect<void, CliError> => {
  const named = Option.match(directory, {
    onNone: () => Effect.void,
    onSome: (directory) => Effect.mapError(change(directory), toCliError)
  })
  const [word] = words
  if (path.length > 1 || word === undefined) return named
  const isPrompt = words.length > 1 || /\s/.test(word)
  return Effect.zipRight(
    named,
    Effect.mapError(change(word), (error) => {
      if (error.code !== "ENOENT" || (isPath(word) && !isPrompt)) return toCliError(error)
      const { hint, message } = unknownCommand(path, word, isPath(word) ? ", and no directory has this name" : "")
      return new CliError({
        reason: "Usage",
        message,
        hint: !isPrompt ? hint : `${words.length > 1 ? `${hint} ` : ""}For one task: altimate-code run "…"`
      })
    })
  )
}
