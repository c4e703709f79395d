/**
 * The additional configuration directory that the user can name with an environment variable.
 *
 * @since 0.1.0
 */
import { printable } from "@altimate-code/log/Printable"
import * as FileSystem from "@effect/platform/FileSystem"
import type * as Path from "@effect/platform/Path"
import * as Effect from "effect/Effect"
import * as Option from "effect/Option"
import { ConfigError } from "./ConfigError.ts"
import { Directories } from "./Directories.ts"
import * as Environment from "./Environment.ts"
import { ProgramNames, variable } from "./given/ProgramNames.ts"
import { expandPath } from "./internal/sources/expandPath.ts"

/**
 * The directory named by `ALTIMATE_CLI_CONFIG_DIR`, as an absolute path. Its `altimate-code.json` and `AGENTS.md` count as the user's own.
 * Fails with `Read` if it is not a directory: the gateway's URL may be in it, so it must not be skipped.
 *
 * @since 0.1.0
 * @category constructors
 */
export const find: Effect.Effect<
  Option.Option<string>,
  ConfigError,
  Directories | FileSystem.FileSystem | Path.Path
> = Effect.gen(function*() {
  const fs = yield* FileSystem.FileSystem
  const { cwd } = yield* Directories
  const name = variable(yield* ProgramNames, "CONFIG_DIR")
  const written = yield* Environment.readVariable(name)
  if (Option.isNone(written)) return Option.none()
  const path = yield* expandPath(written.value, cwd)
  const type = yield* Effect.option(Effect.map(fs.stat(path), ({ type }) => type))
  if (Option.contains(type, "Directory")) return Option.some(path)
  return yield* new ConfigError({
    reason: "Read",
    message: `${printable(path)} cannot be read: ${
      Option.isNone(type) ? "there is no such directory" : "it is not a directory"
    }`,
    path,
    hint: `${name} names this directory. Correct the variable, or unset it.`
  })
})
