import { replaceFile } from "@altimate-code/system/ReplaceFile"
import * as FileSystem from "@effect/platform/FileSystem"
import * as Path from "@effect/platform/Path"
import * as Effect from "effect/Effect"
import * as Either from "effect/Either"
import * as Schema from "effect/Schema"

/** Older prompts are not offered. */
const maxPrompts = 1000

const Line = Schema.parseJson(Schema.String)

/** Earlier prompts, oldest first; none if the file cannot be read. */
export const load = (file: string): Effect.Effect<ReadonlyArray<string>, never, FileSystem.FileSystem> =>
  Effect.gen(function*() {
    const fs = yield* FileSystem.FileSystem
    const lines = (yield* fs.readFileString(file)).split("\n").filter((line) => line !== "")
    const recent = lines.slice(-maxPrompts)
    if (lines.length > 2 * maxPrompts) {
      yield* replaceFile(file, recent.map((line) => `${line}\n`).join(""), { mode: 0o600 })
    }
    return recent.flatMap((line) =>
      Either.match(Schema.decodeEither(Line)(line), { onLeft: () => [], onRight: (text) => [text] })
    )
  }).pipe(Effect.orElseSucceed(() => []))

/** Appends a prompt, whose secrets must be masked. It is a single write, so that several processes can append to the file. */
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
