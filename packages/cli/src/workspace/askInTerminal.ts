/** Asks the user in the terminal of `run` for permission for a tool call. */
import * as Approver from "@altimate-code/agent/permission/Approver"
import { printable } from "@altimate-code/log/Printable"
import * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Option from "effect/Option"
import * as Ref from "effect/Ref"
import { makeVisible, Stdio } from "../command-line/Stdio.ts"

const noTerminal =
  "This needs the user's permission, and there is no terminal to ask in. The user can run this again with --mode accept-edits (for edits in the project) or --yolo, or allow it under \"permission\" in altimate-code.json."

/** The questions that could not be asked, because there is no terminal. */
export class Unasked extends Context.Tag("@altimate-code/cli/Unasked")<
  Unasked,
  Ref.Ref<ReadonlyArray<Approver.Question>>
>() {}

const formatChoices = (session: string, isAcceptableEdit: boolean): string =>
  `Allow? [y]es, ${session === "" ? "" : `[s] always in this session (${session}), `}${
    isAcceptableEdit ? "[d] all edits in this session, " : ""
  }[n]o, or type what the model should do instead: `

/** Indents the lines, so that none can be mistaken for output of this program. */
const formatPreview = (text: string): string => {
  const lines = makeVisible(text.trimEnd()).split("\n")
  const count = lines.length > maxUncountedLines ? `(${lines.length} lines)\n` : ""
  return `${lines.map((line) => `  ${line}\n`).join("")}${count}`
}

/** Previews with more lines end with the line count, because their beginning has scrolled away. */
const maxUncountedLines = 20

/** About two lines of a terminal, in characters. */
const maxPurposeLength = 135

const formatPurpose = (text: string): string => {
  const characters = Array.from(printable(text.replace(/\s+/g, " ").trim()))
  const cut = characters.length > maxPurposeLength
    ? `${characters.slice(0, maxPurposeLength - 1).join("")}…`
    : characters.join("")
  return cut === "" ? "" : `Purpose (by the model): ${cut}\n`
}

const toAnswer = (line: string, isAcceptableEdit: boolean): Approver.Answer => {
  const word = line.trim().toLowerCase()
  if (isAcceptableEdit && word === "d") return { _tag: "AllEdits" }
  switch (word) {
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
      return { _tag: "No", message: line.trim() }
  }
}

/** Asks in the terminal. Without a terminal it declines, records the question, and tells the model what the user can do. */
export const layer: Layer.Layer<Approver.Approver | Unasked, never, Stdio> = Layer.effectContext(
  Effect.gen(function*() {
    const { readLine, writeError } = yield* Stdio
    const unasked = yield* Ref.make<ReadonlyArray<Approver.Question>>([])
    const decline: typeof Approver.Approver.Service = {
      ask: (question) =>
        Effect.as(Ref.update(unasked, (questions) => [...questions, question]), {
          _tag: "No",
          message: noTerminal,
          isUnasked: true
        })
    }
    const approver = Option.match(readLine, {
      onNone: () => decline,
      onSome: (readLine): typeof Approver.Approver.Service => ({
        // Control characters are made visible, because the terminal must show exactly what will run.
        ask: ({ action, because, isAcceptableEdit = false, patterns, tool }) =>
          Effect.gen(function*() {
            yield* writeError(`\n${printable(`${tool}: ${action.title} (${because})`)}\n`)
            if (action.isInBackground) yield* writeError("  Runs in the background, without a time limit.\n")
            if (action.preview !== undefined) yield* writeError(formatPreview(action.preview.text))
            if (action.purpose !== undefined) yield* writeError(formatPurpose(action.purpose))
            const session = patterns.map(({ pattern, permission }) => `${permission} ${pattern}`).join(", ")
            return toAnswer(yield* readLine(formatChoices(printable(session), isAcceptableEdit)), isAcceptableEdit)
          })
      })
    })
    return Context.make(Approver.Approver, approver).pipe(Context.add(Unasked, unasked))
  })
)
