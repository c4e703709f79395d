/**
 * The directories of this program's files.
 *
 * @since 0.1.0
 */
import * as Path from "@effect/platform/Path"
import * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Option from "effect/Option"
// Synchronous: the directories must be known before any other service is built.
import { accessSync, constants } from "node:fs"
import { userInfo } from "node:os"
import { ConfigError } from "./ConfigError.ts"
import * as Environment from "./Environment.ts"
import { ProgramNames } from "./given/ProgramNames.ts"

/**
 * Absolute paths. `altimate-code` is the `directory` of `ProgramNames`. Only `cwd` is guaranteed to exist.
 *
 * @since 0.1.0
 * @category models
 */
export interface Service {
  /** The user's home directory; `noHome` if there is none. */
  readonly home: string
  /** `$XDG_CONFIG_HOME/altimate-code`, or `~/.config/altimate-code`. */
  readonly config: string
  /** `$XDG_DATA_HOME/altimate-code`, or `~/.local/share/altimate-code`. */
  readonly data: string
  /** `$XDG_CACHE_HOME/altimate-code`, or `~/.cache/altimate-code`. Its files can be deleted at any time. */
  readonly cache: string
  /** The working directory. */
  readonly cwd: string
}

/**
 * The directories of this program's files.
 *
 * @since 0.1.0
 * @category services
 */
export class Directories extends Context.Tag("@altimate-code/config/Directories")<Directories, Service>() {}

/**
 * Used as the home directory if the user has none or may not enter it. It is empty and can't be written to.
 *
 * @since 0.1.0
 * @category constants
 */
export const noHome = "/dev/null/no-home"

/**
 * Reads `HOME` (else the system's entry for the user), `XDG_CONFIG_HOME`, `XDG_DATA_HOME` and `XDG_CACHE_HOME`. Blank counts as unset, and a
 * relative `XDG_…` is ignored ([XDG Base Directory Specification 0.8](https://specifications.freedesktop.org/basedir-spec/0.8/), "Basics").
 * Fails if the working directory has been removed.
 *
 * @since 0.1.0
 * @category constructors
 */
export const make: Effect.Effect<Service, ConfigError, Path.Path> = Effect.gen(function*() {
  const path = yield* Path.Path
  const { directory } = yield* ProgramNames
  const cwd = yield* Effect.try({
    try: () => path.resolve("."),
    catch: () =>
      new ConfigError({
        reason: "Read",
        message: "the working directory no longer exists",
        hint: "Change to an existing directory and try again."
      })
  })
  const written = path.resolve(
    cwd,
    yield* Effect.flatMap(
      Environment.readVariable("HOME"),
      Option.match({ onSome: Effect.succeed, onNone: () => systemHome })
    )
  )
  const home = isForbidden(written) ? noHome : written
  const base = (variable: string, ...otherwise: ReadonlyArray<string>) =>
    Effect.map(Environment.readVariable(variable), (value) =>
      path.join(
        Option.getOrElse(Option.filter(value, path.isAbsolute), () => path.join(home, ...otherwise)),
        directory
      ))
  return {
    home,
    config: yield* base("XDG_CONFIG_HOME", ".config"),
    data: yield* base("XDG_DATA_HOME", ".local", "share"),
    cache: yield* base("XDG_CACHE_HOME", ".cache"),
    cwd
  }
})

/**
 * See {@link make}.
 *
 * @since 0.1.0
 * @category layers
 */
export const layer: Layer.Layer<Directories, ConfigError, Path.Path> = Layer.effect(Directories, make)

/** In a container, HOME may belong to another user. */
const isForbidden = (directory: string): boolean => {
  try {
    accessSync(`${directory}/.`, constants.X_OK)
    return false
  } catch (error) {
    return error instanceof Error && "code" in error && error.code === "EACCES"
  }
}

/** In a container, the user may have no entry in passwd(5). */
const systemHome = Effect.try(() => userInfo().homedir).pipe(Effect.orElseSucceed(() => noHome))
