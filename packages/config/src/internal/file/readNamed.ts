/** The file that `ALTIMATE_CLI_CONFIG` names, which may be a pipe: `<(command)` in a shell. */
import { readText } from "@altimate-code/system/ReadText"
import * as FileSystem from "@effect/platform/FileSystem"
import * as Context from "effect/Context"
import * as Effect from "effect/Effect"

/** By path. A pipe brings its text once, and the settings are read again after a question about trust, or for another model. */
class PipedTexts extends Context.Reference<PipedTexts>()("@altimate-code/config/internal/readNamed/PipedTexts", {
  defaultValue: () => new Map<string, string>()
}) {}

/** As `readText`. */
export const readNamed = Effect.fn("readNamed")(function*(path: string) {
  const fs = yield* FileSystem.FileSystem
  const texts = yield* PipedTexts
  const before = texts.get(path)
  if (before !== undefined) return before
  const isPipe = yield* Effect.orElseSucceed(Effect.map(fs.stat(path), ({ type }) => type === "FIFO"), () => false)
  const text = yield* readText(path, { acceptsPipe: true })
  if (isPipe) texts.set(path, text)
  return text
})
