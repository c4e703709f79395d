/** The directory to work in, when the command line names one: `--dir PATH`, or the screen's argument. */
import * as Effect from "effect/Effect"
import * as Option from "effect/Option"
import type { Argv } from "./argv.ts"
import { CliError } from "./failure/CliError.ts"
import { unknownCommand } from "./usageErrors.ts"

const reasons: Readonly<Record<string, string>> = {
  ENOTDIR: "it is not a directory",
  EACCES: "permission denied",
  ELOOP: "its symbolic links lead back to it",
  ENAMETOOLONG: "its name is too long"
}

/** Changes the directory of the whole process: programs that it starts and relative paths have to follow. */
const change = (directory: string) =>
  Effect.try({
    try: () => process.chdir(directory),
    catch: (cause) => cause instanceof Error && "code" in cause ? String(cause.code) : String(cause)
  })

/** Is a path meant, rather than a command? */
const isPath = (word: string): boolean => /^[.~]|[/\\]/.test(word)

const failed = (directory: string, code: string): CliError => {
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

/** Fails when there is no such directory; for the screen also when the word was meant for a command or a prompt. */
export const enter = <R, E>({ globals, path, words }: Argv<R, E>): Effect.Effect<void, CliError> => {
  const named = Option.match(globals.directory, {
    onNone: () => Effect.void,
    onSome: (directory) => Effect.mapError(change(directory), (code) => failed(directory, code))
  })
  const [word] = words
  if (path.length > 1 || word === undefined) return named
  const isPrompt = words.length > 1 || /\s/.test(word)
  return Effect.zipRight(
    named,
    Effect.mapError(change(word), (code) => {
      if (code !== "ENOENT" || (isPath(word) && !isPrompt)) return failed(word, code)
      const { hint, message } = unknownCommand(path, word, ", and no directory has this name")
      return new CliError({
        reason: "Usage",
        message,
        hint: !isPrompt ? hint : `${words.length > 1 ? `${hint} ` : ""}For one task: altimate-code run "…"`
      })
    })
  )
}
