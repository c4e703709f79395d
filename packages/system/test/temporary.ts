import * as FileSystem from "@effect/platform/FileSystem"
import * as Effect from "effect/Effect"

/** A directory of its own, by its real path. */
export const temporary = Effect.flatMap(
  FileSystem.FileSystem,
  (fs) => Effect.flatMap(fs.makeTempDirectoryScoped({ prefix: "altimate-code-system-" }), fs.realPath)
)
