import * as FileSystem from "@effect/platform/FileSystem"
import * as Effect from "effect/Effect"

/** The real path of a new temporary directory. */
export const temporary = Effect.flatMap(
  FileSystem.FileSystem,
  (fs) => Effect.flatMap(fs.makeTempDirectoryScoped({ prefix: "altimate-code-system-" }), fs.realPath)
)
