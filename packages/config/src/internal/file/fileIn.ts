/** Which file of a directory holds configuration. */
import { printable } from "@altimate-code/log/Printable"
import * as FileSystem from "@effect/platform/FileSystem"
import * as Path from "@effect/platform/Path"
import * as Effect from "effect/Effect"
import { ConfigError } from "../../ConfigError.ts"

/**
 * `altimate-code.json` in this directory, or `altimate-code.jsonc` when only that is there. Fails when both are: whichever were
 * read, the settings of the other would be dropped without a word.
 */
export const fileIn = Effect.fn("fileIn")(function*(directory: string) {
  const path = yield* Path.Path
  const json = path.join(directory, "altimate-code.json")
  const jsonc = path.join(directory, "altimate-code.jsonc")
  if (!(yield* isThere(jsonc))) return json
  if (!(yield* isThere(json))) return jsonc
  // One may be a link to the other.
  if ((yield* realPath(json)) === (yield* realPath(jsonc))) return json
  return yield* new ConfigError({
    reason: "Conflict",
    message: `${printable(json)} and ${printable(jsonc)} are both there, and only one of them can be read`,
    path: json,
    hint: "Move the settings of one into the other, and delete it."
  })
})

/** The path without symbolic links; unchanged when nothing is there. */
export const realPath = (path: string) =>
  Effect.flatMap(FileSystem.FileSystem, (fs) => Effect.orElseSucceed(fs.realPath(path), () => path))

/** Also a link that leads nowhere: it is a file that cannot be read, not a missing one. */
const isThere = (path: string) =>
  Effect.flatMap(FileSystem.FileSystem, (fs) => Effect.isSuccess(Effect.orElse(fs.stat(path), () => fs.readLink(path))))
