/** Describes what a command line does, for the permission rules and for the user. */
import * as Effect from "effect/Effect"
import * as Shell from "../../Shell.ts"
import type { Action } from "../../tools/ToolCall.ts"
import * as ToolTitle from "../../tools/ToolTitle.ts"
import { Locate } from "../files/paths.ts"

/** Splits the command line into the parts that need permission. */
export const commandAction = Effect.fn("commandAction.commandAction")(function*(command: string) {
  // Loaded only now: the parser of command lines is large.
  const { splitCommandLine } = yield* Effect.promise(() => import("./splitCommandLine.ts"))
  const parts = splitCommandLine(command, yield* Shell.variables)
  // An unknown file may be one that other programs execute. If the command line is opaque, only a rule for all commands can allow it anyway.
  const isOpaque = parts.some(({ opaque, permission }) => permission === "bash" && opaque)
  const locate = yield* Locate
  // Resolves the path of each redirection, and whether it is inside the project.
  const located = yield* Effect.forEach(parts, (part) => {
    if (part.permission !== "edit") return Effect.succeed([part])
    if (part.opaque) return Effect.succeed([isOpaque ? part : { ...part, executedAs: [part.subject] }])
    return Effect.map(locate(part.subject), (target) => target.partsFor("edit"))
  })
  const action: Action = {
    parts: located.flat(),
    title: ToolTitle.of("bash", { command }),
    preview: { type: "command", text: command }
  }
  return action
})
