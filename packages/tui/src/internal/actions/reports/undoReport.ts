/** Describes what undoing a turn means and has done. */
import type { Fate, File, Plan } from "@altimate-code/agent/session/Undo"
import * as Cut from "@altimate-code/system/Cut"
import * as Paths from "@altimate-code/system/Paths"
import * as Option from "effect/Option"
import { relative } from "node:path"

const reasons: Readonly<Record<Extract<Fate, { readonly type: "kept" }>["why"], string>> = {
  changed: "something else has changed it since",
  secret: "its earlier content is not stored, because it may contain secrets",
  size: "its earlier content is not stored, because it has more than 10 MiB",
  "not-stored": "its earlier content was not stored",
  lost: "its earlier content is not stored any more",
  "read-only": "it is read-only",
  unreadable: "it can't be read, so it is unknown whether something else has changed it",
  command: "a command ran before this turn created it, so there may have been an earlier file"
}

const maxCommands = 5
const maxLength = 100

const fact = (name: string, value: string): string => `${name.padEnd(8)} ${value}`

const nameOf = ({ path }: File, directory: string): string =>
  Paths.isBelow(path, directory) ? relative(directory, path) : path

const describeFile = (file: File, directory: string): string => {
  const name = nameOf(file, directory)
  switch (file.fate.type) {
    case "restored":
      return fact("restore", name)
    case "deleted":
      return fact("delete", `${name} (this turn created it)`)
    case "unchanged":
      return fact("same", `${name} (is as it was before)`)
    case "kept":
      return fact("keep", `${name}: ${reasons[file.fate.why]}`)
    case "failed":
      return fact("failed", `${name}: ${file.fate.message}`)
  }
}

const shorten = (text: string): string => {
  const line = text.replace(/\s+/g, " ").trim()
  return line.length > maxLength ? `${Cut.head(line, maxLength - 1)}…` : line
}

/** A line for the prompt, each file, and each command. */
export const describePlan = ({ commands, files, prompt }: Plan, directory: string): ReadonlyArray<string> => {
  const more = commands.length - maxCommands
  return [
    fact("prompt", shorten(prompt)),
    ...(files.length === 0 ? [fact("files", "none were changed by edit or write")] : []),
    ...files.map((file) => describeFile(file, directory)),
    ...commands.slice(0, maxCommands).map((command) => fact("ran", shorten(command))),
    ...(more > 0 ? [fact("ran", `… and ${more} more`)] : []),
    ...(commands.length > 0 ? ["What commands and MCP tools have done is not undone."] : [])
  ]
}

/** Whether the turn is undone, a sentence for the transcript, and one for each file that was not undone. */
export const describeResult = ({ typed }: Plan, files: ReadonlyArray<File>, directory: string) => {
  const counts = (["restored", "deleted"] as const).flatMap((type) => {
    const count = files.filter(({ fate }) => fate.type === type).length
    return count === 0 ? [] : [`${count} ${count === 1 ? "file" : "files"} ${type}`]
  })
  const end = counts.length === 0 ? "" : `: ${counts.join(", ")}`
  const isUndone = !files.some(({ fate }) => fate.type === "failed")
  const where = Option.isSome(typed)
    ? "Its prompt is back in the input, and not part of the conversation."
    : "Its prompt is not part of the conversation."
  return {
    isUndone,
    summary: isUndone
      ? `The last turn is undone${end}. ${where}`
      : `The last turn is not completely undone${end}, and still part of the conversation. Repeat /undo for the rest.`,
    problems: files.flatMap((file) => {
      const name = nameOf(file, directory)
      const copy = file.copy === undefined ? "" : ` Its content from before the turn is in ${file.copy}.`
      if (file.fate.type === "kept") return [`${name} was left as it is: ${reasons[file.fate.why]}.${copy}`]
      return file.fate.type === "failed" ? [`${name} was not undone: ${file.fate.message}, then /undo again.`] : []
    })
  }
}
