/** Asks the user at the terminal of `run` whether a tool call may do what it is about to do. */
import * as Approver from "@altimate-code/agent/Approver"
import { printable } from "@altimate-code/log/Printable"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Option from "effect/Option"
import { shown, Stdio } from "../command-line/Stdio.ts"

const noTerminal =
  "This needs the user's permission, and there is no terminal to ask in. The user can start again with --yolo, or allow it under \"permission\" in altimate-code.json."

const choices = (session: string): string =>
  `Allow it? [y]es, ${
    session === "" ? "" : `[s] always in this session (${session}), `
  }[n]o, or tell the model what to do instead: `

/** The lines of what will run, indented: none of them can pass for a line of this program's. */
const preview = (text: string): string => {
  const lines = shown(text.trimEnd()).split("\n")
  const count = lines.length > manyLines ? `(${lines.length} lines)\n` : ""
  return `${lines.map((line) => `  ${line}\n`).join("")}${count}`
}

/** More than a usual terminal shows at once: the beginning has scrolled away. */
const manyLines = 20

/** As many characters as two lines of a usual terminal hold. */
const longestPurpose = 135

const purpose = (text: string): string => {
  const characters = Array.from(printable(text.replace(/\s+/g, " ").trim()))
  const cut = characters.length > longestPurpose
    ? `${characters.slice(0, longestPurpose - 1).join("")}…`
    : characters.join("")
  return cut === "" ? "" : `Purpose (by the model): ${cut}\n`
}

const toAnswer = (line: string): Approver.Answer => {
  switch (line.trim().toLowerCase()) {
    case "y":
    case "yes":
      return { _tag: "Once" }
    case "s":
      return { _tag: "Session" }
    case "":
    case "n":
    case "no":
      return { _tag: "No" }
    default:
      return { _tag: "No", word: line.trim() }
  }
}

/** The terminal when there is one; without one every question is answered with no, and the model is told how that changes. */
export const layer: Layer.Layer<Approver.Approver, never, Stdio> = Layer.unwrapEffect(
  Effect.map(Stdio, ({ readLine, writeError }) =>
    Option.match(readLine, {
      onNone: () => Approver.nobody(noTerminal),
      onSome: (readLine) =>
        Layer.succeed(Approver.Approver, {
          // Nothing of what the model wrote may make the terminal show something else than what will run.
          ask: ({ action, because, patterns, tool }) =>
            Effect.gen(function*() {
              yield* writeError(`\n${printable(`${tool}: ${action.title} (${because})`)}\n`)
              if (action.preview !== undefined) yield* writeError(preview(action.preview.text))
              if (action.purpose !== undefined) yield* writeError(purpose(action.purpose))
              const session = patterns.map(({ pattern, permission }) => `${permission} ${pattern}`).join(", ")
              return toAnswer(yield* readLine(choices(printable(session))))
            })
        })
    }))
)
