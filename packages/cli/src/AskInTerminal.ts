/** Asks the person at the terminal of `run` whether a tool call may do what it is about to do. */
import * as Approver from "@altimate-code/agent/Approver"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Option from "effect/Option"
import { Stdio } from "./Stdio.ts"

const noTerminal =
  "This has to be asked for, and there is no terminal to ask in. The person can start again with --yolo, or allow it under \"permission\" in altimate-code.json."

const choices = "Allow it? [y]es, [s] for this session, [n]o, or a word to the model: "

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
          ask: ({ action, because, tool }) =>
            Effect.gen(function*() {
              yield* writeError(`\n${tool}: ${action.title} (${because})\n`)
              if (action.preview !== undefined) yield* writeError(`${action.preview.text.trimEnd()}\n`)
              return toAnswer(yield* readLine(choices))
            })
        })
    }))
)
