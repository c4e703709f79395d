/** Describes what undoing a turn means and has done. */
import type { Fate, File, Plan } from "@altimate-code/agent/session/Undo"
import * as Cut from "@altimate-code/system/Cut"
import * as Paths from "@altimate-code/system/Paths"
import { relative } from "node:path"

const reasons: Readonly<Record<Extract<Fate, { readonly type: "kept" }>["why"], string>> = {
  changed: "something else has changed it since",
  secret: "its earlier content is not stored, because it may contain secrets",
  size: "its earlier content is not stored, because it has more than 10 MiB",
  lost: "its earlier content is not stored any more",
  "read-only": "it is read-only"
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

/** A sentence for the transcript, and one for each file that was not undone. */
export const describeResult = (files: ReadonlyArray<File>, directory: string) => {
  const counts = (["restored", "deleted"] as const).flatMap((type) => {
    const count = files.filter(({ fate }) => fate.type === type).length
    return count === 0 ? [] : [`${count} ${count === 1 ? "file" : "files"} ${type}`]
  })
  const end = counts.length === 0 ? "" : `: ${counts.join(", ")}`
  return {
    summary: `The last turn is undone${end}. Its prompt is back in the input, and not part of the conversation.`,
    problems: files.flatMap((file) => {
      if (file.fate.type === "kept") return [`${nameOf(file, directory)} was not changed: ${reasons[file.fate.why]}.`]
      return file.fate.type === "failed" ? [`${nameOf(file, directory)} was not undone: ${file.fate.message}`] : []
    })
  }
}
