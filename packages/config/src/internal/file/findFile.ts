/** Finds the configuration file of a directory. */
import { printable } from "@altimate-code/log/Printable"
import * as FileSystem from "@effect/platform/FileSystem"
import * as Path from "@effect/platform/Path"
import * as Effect from "effect/Effect"
import { ConfigError } from "../../ConfigError.ts"
import { ProgramNames } from "../../given/ProgramNames.ts"

/**
 * The program's `.json` file in this directory, or its `.jsonc` file if only that exists. Fails if both exist: the settings of one of them
 * would silently be ignored.
 */
export const findFile = Effect.fn("findFile")(function*(directory: string) {
  const path = yield* Path.Path
  const { file } = yield* ProgramNames
  const json = path.join(directory, `${file}.json`)
  const jsonc = path.join(directory, `${file}.jsonc`)
  if (!(yield* exists(jsonc))) return json
  if (!(yield* exists(json))) return jsonc
  // One may be a link to the other.
  if ((yield* realPath(json)) === (yield* realPath(jsonc))) return json
  return yield* new ConfigError({
    reason: "Conflict",
    message: `${printable(json)} and ${printable(jsonc)} both exist, but only one of them can be used`,
    path: json,
    hint: "Move the settings of one file into the other, then delete it."
  })
})

/** The path without symbolic links; unchanged if it does not exist. */
export const realPath = (path: string) =>
  Effect.flatMap(FileSystem.FileSystem, (fs) => Effect.orElseSucceed(fs.realPath(path), () => path))

/** A dangling link exists too: it is an unreadable file, not a missing one. */
const exists = (path: string) =>
  Effect.flatMap(FileSystem.FileSystem, (fs) => Effect.isSuccess(Effect.orElse(fs.stat(path), () => fs.readLink(path))))
