import { printable } from "@altimate-code/log/Printable"
import { readText } from "@altimate-code/system/ReadText"
import * as FileSystem from "@effect/platform/FileSystem"
import * as Path from "@effect/platform/Path"
import * as Effect from "effect/Effect"
import * as Option from "effect/Option"
import * as AdditionalDirectory from "../../AdditionalDirectory.ts"
import { ConfigError } from "../../ConfigError.ts"
import { Directories } from "../../Directories.ts"
import * as Environment from "../../Environment.ts"
import type { Scope, Setting } from "../../Origin.ts"
import * as Project from "../../Project.ts"
import type { SearchedFile } from "../../Settings.ts"
import { fileIn, realPath } from "../file/fileIn.ts"
import type { Source } from "../file/parse.ts"
import { readNamed } from "../file/readNamed.ts"
import { expandPath } from "./substitute.ts"

interface Candidate {
  readonly path: string
  readonly scope: Scope
}

/** Everything that configures this start, read and in order: a later source wins over those before it. */
export const readSources = Effect.gen(function*() {
  const path = yield* Path.Path
  const { cwd } = yield* Directories
  const files: Array<SearchedFile> = []
  const sources: Array<Source> = []
  for (const candidate of yield* distinct(yield* candidates)) {
    const text = yield* read(candidate)
    files.push({ ...candidate, found: Option.isSome(text) })
    if (Option.isNone(text)) continue
    sources.push({
      text: text.value,
      directory: path.dirname(candidate.path),
      origin: (line, column, key) => ({ _tag: "File", ...candidate, line, column, key })
    })
  }
  // To the letter, so that lines and columns count from its beginning.
  const inline = Option.filter(yield* Environment.raw("ALTIMATE_CLI_CONFIG_CONTENT"), (text) => text.trim() !== "")
  if (Option.isSome(inline)) {
    yield* Effect.logInfo("loading config from ALTIMATE_CLI_CONFIG_CONTENT")
    sources.push({
      text: inline.value,
      directory: cwd,
      origin: (line, column, key) => ({ _tag: "Inline", line, column, key })
    })
  }
  const permission = Option.filter(yield* Environment.raw("ALTIMATE_CLI_PERMISSION"), (text) => text.trim() !== "")
  if (Option.isSome(permission)) {
    yield* Effect.logInfo("loading config from ALTIMATE_CLI_PERMISSION")
    sources.push({
      text: permission.value,
      directory: cwd,
      origin: () => ({ _tag: "Environment", variable: "ALTIMATE_CLI_PERMISSION" }),
      setting: "permission"
    })
  }
  return { files, sources }
})

const candidates = Effect.gen(function*() {
  const path = yield* Path.Path
  const { config, cwd } = yield* Directories
  const found: Array<Candidate> = [{ path: yield* fileIn(config), scope: "global" }]
  const named = yield* Environment.variable("ALTIMATE_CLI_CONFIG")
  if (Option.isSome(named)) found.push({ path: yield* expandPath(named.value, cwd), scope: "ALTIMATE_CLI_CONFIG" })
  const { value: readsProject } = yield* projectIsRead
  for (const directory of readsProject ? yield* projectDirectories : []) {
    found.push({ path: yield* fileIn(directory), scope: "project" })
    const own = path.join(directory, ".altimate-code")
    if (yield* hasType(own, "Directory")) found.push({ path: yield* fileIn(own), scope: "project" })
  }
  const additional = yield* AdditionalDirectory.find
  if (Option.isSome(additional)) {
    found.push({ path: yield* fileIn(additional.value), scope: "ALTIMATE_CLI_CONFIG_DIR" })
  }
  return found
})

/** Unless `ALTIMATE_CLI_DISABLE_PROJECT_CONFIG` is switched on. */
export const projectIsRead = Effect.map(
  Environment.flag("ALTIMATE_CLI_DISABLE_PROJECT_CONFIG"),
  Option.match({
    onNone: (): Setting<boolean> => ({ value: true, origin: { _tag: "Default" } }),
    onSome: (isDisabled): Setting<boolean> => ({
      value: !isDisabled,
      origin: { _tag: "Environment", variable: "ALTIMATE_CLI_DISABLE_PROJECT_CONFIG" }
    })
  })
)

/**
 * From the repository's root or the home directory down to the working directory. Outside both only the working
 * directory counts, because directories above it (`/tmp`) may be anybody's.
 */
const projectDirectories = Effect.gen(function*() {
  const path = yield* Path.Path
  const { cwd, home } = yield* Directories
  const project = yield* Project.find
  const isRoot = (directory: string) => path.dirname(directory) === directory
  // The system names the working directory without symbolic links, and HOME often has one.
  const tops = Option.isSome(project) && project.value.isRepository
    ? [project.value.root]
    : [home, yield* realPath(home)].filter((directory) => !isRoot(directory))
  const walked: Array<string> = []
  for (let directory = cwd;; directory = path.dirname(directory)) {
    walked.unshift(directory)
    if (tops.includes(directory)) return walked
    if (isRoot(directory)) return [cwd]
  }
})

/**
 * Each file once, where it stands last. A file of the user's own stays that, also when it is found once more as a
 * project's.
 */
const distinct = Effect.fn("distinct")(function*(candidates: ReadonlyArray<Candidate>) {
  const files = new Map<string, Candidate>()
  for (const candidate of candidates) {
    const identity = yield* realPath(candidate.path)
    const before = files.get(identity)
    files.delete(identity)
    const isUsersOwn = before !== undefined && before.scope !== "project"
    files.set(identity, isUsersOwn && candidate.scope === "project" ? before : candidate)
  }
  return files.values()
})

const hasType = (path: string, expected: FileSystem.File.Type) =>
  Effect.flatMap(
    FileSystem.FileSystem,
    (fs) => Effect.orElseSucceed(Effect.map(fs.stat(path), ({ type }) => type === expected), () => false)
  )

const read = Effect.fn("read")(function*({ path, scope }: Candidate) {
  const named = scope === "ALTIMATE_CLI_CONFIG"
  const text = yield* (named ? readNamed(path) : readText(path)).pipe(
    Effect.asSome,
    Effect.catchTag(
      "Unreadable",
      (error) =>
        error.reason === "NotFound" && !named ? Effect.succeedNone : new ConfigError({
          reason: "Read",
          message: `${printable(path)} cannot be read: ${error.message}`,
          path,
          hint: named
            ? "ALTIMATE_CLI_CONFIG names this file: correct the variable, or unset it."
            : "Make it a file that you may read, or move it away."
        })
    )
  )
  yield* Option.isSome(text) ? Effect.logInfo(`loading config from ${path}`) : Effect.logDebug(`no config at ${path}`)
  return text
})
