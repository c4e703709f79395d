import { printable } from "@altimate-code/log/Printable"
import { logDecision } from "@altimate-code/system/logging/DecisionLevel"
import { readText } from "@altimate-code/system/ReadText"
import * as FileSystem from "@effect/platform/FileSystem"
import * as Path from "@effect/platform/Path"
import * as Effect from "effect/Effect"
import * as Option from "effect/Option"
import * as AdditionalDirectory from "../../AdditionalDirectory.ts"
import { ConfigError } from "../../ConfigError.ts"
import type { SearchedFile } from "../../ConfigReport.ts"
import { Directories } from "../../Directories.ts"
import * as Environment from "../../Environment.ts"
import { ProgramNames, variable } from "../../given/ProgramNames.ts"
import type { Scope } from "../../Origin.ts"
import * as PipedFiles from "../../PipedFiles.ts"
import * as Project from "../../Project.ts"
import { findFile, realPath } from "../file/findFile.ts"
import type { Source } from "../file/parse.ts"
import { expandPath } from "./expandPath.ts"
import { readProjectSwitch } from "./readProjectSwitch.ts"

interface Candidate {
  readonly path: string
  readonly scope: Scope
}

/** Reads all sources in order; later ones override earlier ones. */
export const readSources = Effect.gen(function*() {
  const path = yield* Path.Path
  const { cwd } = yield* Directories
  const names = yield* ProgramNames
  const [contentVariable, permissionVariable] = [variable(names, "CONFIG_CONTENT"), variable(names, "PERMISSION")]
  const files: Array<SearchedFile> = []
  const sources: Array<Source> = []
  for (const candidate of yield* removeDuplicates(yield* findCandidates)) {
    const text = yield* read(candidate)
    files.push({ ...candidate, found: Option.isSome(text) })
    if (Option.isNone(text)) continue
    sources.push({
      text: text.value,
      directory: path.dirname(candidate.path),
      origin: (line, column, key) => ({ _tag: "File", ...candidate, line, column, key })
    })
  }
  // Untrimmed, so that lines and columns are right.
  const inline = Option.filter(yield* Environment.readRaw(contentVariable), (text) => text.trim() !== "")
  if (Option.isSome(inline)) {
    yield* logDecision(`loading config from ${contentVariable}`)
    sources.push({
      text: inline.value,
      directory: cwd,
      origin: (line, column, key) => ({ _tag: "Inline", variable: contentVariable, line, column, key })
    })
  }
  const permission = Option.filter(yield* Environment.readRaw(permissionVariable), (text) => text.trim() !== "")
  if (Option.isSome(permission)) {
    yield* logDecision(`loading config from ${permissionVariable}`)
    sources.push({
      text: permission.value,
      directory: cwd,
      origin: () => ({ _tag: "Environment", variable: permissionVariable }),
      setting: "permission"
    })
  }
  return { files, sources }
})

const findCandidates = Effect.gen(function*() {
  const path = yield* Path.Path
  const { config, cwd } = yield* Directories
  const names = yield* ProgramNames
  const configVariable = variable(names, "CONFIG")
  const found: Array<Candidate> = [{ path: yield* findFile(config), scope: "global" }]
  const named = yield* Environment.readVariable(configVariable)
  if (Option.isSome(named)) found.push({ path: yield* expandPath(named.value, cwd), scope: configVariable })
  const { value: readsProject } = yield* readProjectSwitch
  for (const directory of readsProject ? yield* findProjectDirectories : []) {
    found.push({ path: yield* findFile(directory), scope: "project" })
    const own = path.join(directory, `.${names.directory}`)
    if (yield* hasType(own, "Directory")) found.push({ path: yield* findFile(own), scope: "project" })
  }
  const additional = yield* AdditionalDirectory.find
  if (Option.isSome(additional)) {
    found.push({ path: yield* findFile(additional.value), scope: variable(names, "CONFIG_DIR") })
  }
  return found
})

/**
 * From the root of the repository or the home directory down to the working directory. Outside of both, only the working directory counts:
 * the directories above it, such as `/tmp`, may belong to someone else.
 */
const findProjectDirectories = Effect.gen(function*() {
  const path = yield* Path.Path
  const { cwd, home } = yield* Directories
  const project = yield* Project.find
  const isRoot = (directory: string) => path.dirname(directory) === directory
  // The working directory comes without symbolic links, but HOME often contains one.
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

/** Each file once, at its last position. The user's own file keeps that role, even if it is found again as a project's file. */
const removeDuplicates = Effect.fn("removeDuplicates")(function*(candidates: ReadonlyArray<Candidate>) {
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
  const configVariable = variable(yield* ProgramNames, "CONFIG")
  const isNamedByUser = scope === configVariable
  const text = yield* (isNamedByUser ? PipedFiles.read(path) : readText(path)).pipe(
    Effect.asSome,
    Effect.catchTag(
      "Unreadable",
      (error) =>
        error.reason === "NotFound" && !isNamedByUser ? Effect.succeedNone : new ConfigError({
          reason: "Read",
          message: `${printable(path)} cannot be read: ${error.message}`,
          path,
          hint: isNamedByUser
            ? `${configVariable} names this file. Correct the variable, or unset it.`
            : "Make the file readable, or move it away."
        })
    )
  )
  yield* Option.isSome(text) ? logDecision(`loading config from ${path}`) : Effect.logDebug(`no config at ${path}`)
  return text
})
