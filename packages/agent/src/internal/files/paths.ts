/** Resolves the paths that the model writes and checks whether they are inside the project. */
import * as Paths from "@altimate-code/system/Paths"
import * as FileSystem from "@effect/platform/FileSystem"
import * as Path from "@effect/platform/Path"
import * as Config from "effect/Config"
import * as Effect from "effect/Effect"
import * as ExecutedFiles from "../../permission/ExecutedFiles.ts"
import * as SecretFiles from "../../permission/SecretFiles.ts"
import * as SensitivePlaces from "../../permission/SensitivePlaces.ts"
import type { ActionPart } from "../../tools/ToolCall.ts"
import { Workspace } from "../../Workspace.ts"

export interface Target {
  /** Absolute, with symbolic links resolved. */
  readonly path: string
  /** For users and the model: relative to the project's root, or absolute outside the project. */
  readonly shown: string
  /** The parts of an action that uses this path and needs this permission. */
  readonly partsFor: (permission: string) => ReadonlyArray<ActionPart>
  /** The parts of an action that reads a file in this directory. `file` is relative, uses `/` and contains no links. */
  readonly partsToRead: (file: string) => ReadonlyArray<ActionPart>
}

/** Spells the names as they are on disk, where an accented letter can be one code point or two (NFC, NFD). */
const spellAsOnDisk = (path: string): Effect.Effect<string, never, FileSystem.FileSystem | Path.Path> =>
  Effect.gen(function*() {
    const fs = yield* FileSystem.FileSystem
    const paths = yield* Path.Path
    // oxlint-disable-next-line no-control-regex
    const isPlain = /^[\0-\x7F]*$/.test(path)
    if (isPlain || (yield* Effect.orElseSucceed(fs.exists(path), () => true))) return path
    const parent = yield* spellAsOnDisk(paths.dirname(path))
    const name = paths.basename(path)
    const names: ReadonlyArray<string> = yield* Effect.orElseSucceed(fs.readDirectory(parent), () => [])
    const same = names.find((other) => other.normalize("NFC") === name.normalize("NFC"))
    return paths.join(parent, names.includes(name) ? name : same ?? name)
  })

/** Resolves a path like a shell: relative to the workspace's directory, with `~` for the home directory. */
export const locate = Effect.fn("paths.locate")(function*(given: string) {
  const paths = yield* Path.Path
  const { directory, programFiles, root, skillDirectories = [] } = yield* Workspace
  const home = yield* Effect.orElseSucceed(Config.string("HOME"), () => "~")
  const whole = yield* spellAsOnDisk(paths.resolve(directory, Paths.expandHome(given, home)))
  const places = yield* SensitivePlaces.find(programFiles)
  const mayContainSecrets = SecretFiles.makeTest(places)
  const realRoot = root === undefined
    ? undefined
    : yield* Effect.orElseSucceed(Paths.realPath(root), () => root)

  const realSkillDirectories = yield* Effect.forEach(
    skillDirectories,
    (directory) => Effect.orElseSucceed(Paths.realPath(directory), () => directory)
  )
  const isSkill = (path: string) => realSkillDirectories.some((directory) => Paths.isBelow(path, directory))
  const isInside = (path: string) => realRoot !== undefined && Paths.isBelow(path, realRoot)
  /** The user's skills may be next to the program's settings, so only the names of their files count. */
  const isSecretFile = (path: string) => isSkill(path) ? SecretFiles.mayContainSecrets(path) : mayContainSecrets(path)
  const shownAs = (path: string) =>
    isInside(path) ? paths.relative(realRoot ?? path, path).replaceAll(paths.sep, "/") || "." : path
  const outside = (path: string, shown: string, permission: string): ReadonlyArray<ActionPart> =>
    shown === path && !(permission !== "edit" && isSkill(path))
      ? [{ permission: "external_directory", subject: path }]
      : []
  const toPart = (path: string, subject: string, permission: string): ActionPart => {
    if (permission === "edit") {
      const executedAs = ExecutedFiles.namesOf(path, places)
      return { permission, subject, ...(executedAs.length > 0 ? { executedAs } : {}) }
    }
    const isSecret = permission === "read" && isSecretFile(path)
    return { permission, subject, ...(isSecret ? { secret: true } : {}) }
  }

  const located = (path: string): Target => {
    const shown = shownAs(path)
    const isBelowRoot = isInside(path)
    return {
      path,
      shown,
      partsFor: (permission) => [...outside(path, shown, permission), toPart(path, shown, permission)],
      partsToRead: (file) => {
        const below = path.endsWith(paths.sep) ? path + file : `${path}${paths.sep}${file}`
        // Everything below a directory of the project is inside the project.
        const subject = isBelowRoot ? (shown === "." ? file : `${shown}/${file}`) : shownAs(below)
        const secret = isSecretFile(below)
        return [...outside(below, subject, "read"), { permission: "read", subject, secret }]
      }
    }
  }
  // For circular links the original path is used, and opening it fails.
  return located(yield* Effect.orElseSucceed(Paths.realPath(whole), () => whole))
})
