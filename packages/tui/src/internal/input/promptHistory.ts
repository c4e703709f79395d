import { replaceFile } from "@altimate-code/system/ReplaceFile"
import * as FileSystem from "@effect/platform/FileSystem"
import * as Path from "@effect/platform/Path"
import * as Effect from "effect/Effect"
import * as Either from "effect/Either"
import * as Schema from "effect/Schema"

/** So many prompts are offered again. */
const newest = 1000

const Line = Schema.parseJson(Schema.String)

/** What was written before, oldest first. A file that can't be read is no reason not to start. */
export const load = (file: string): Effect.Effect<ReadonlyArray<string>, never, FileSystem.FileSystem> =>
  Effect.gen(function*() {
    const fs = yield* FileSystem.FileSystem
    const lines = (yield* fs.readFileString(file)).split("\n").filter((line) => line !== "")
    const kept = lines.slice(-newest)
    if (lines.length > 2 * newest) yield* replaceFile(file, kept.map((line) => `${line}\n`).join(""), { mode: 0o600 })
    return kept.flatMap((line) =>
      Either.match(Schema.decodeEither(Line)(line), { onLeft: () => [], onRight: (text) => [text] })
    )
  }).pipe(Effect.orElseSucceed(() => []))

/** One more, as it may be written: without secrets. Two processes may write at the same time: a line is one write at the end of the file. */
export const append = (
  file: string,
  text: string
): Effect.Effect<void, never, FileSystem.FileSystem | Path.Path> =>
  Effect.gen(function*() {
    const fs = yield* FileSystem.FileSystem
    const path = yield* Path.Path
    yield* fs.makeDirectory(path.dirname(file), { recursive: true, mode: 0o700 })
    yield* fs.writeFileString(file, `${Schema.encodeSync(Line)(text)}\n`, { flag: "a", mode: 0o600 })
  }).pipe(Effect.ignore)
