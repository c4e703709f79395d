/** Resolves the paths that the model writes and checks whether they are inside the project. */
import * as Paths from "@altimate-code/system/Paths"
import * as FileSystem from "@effect/platform/FileSystem"
import * as Path from "@effect/platform/Path"
import * as Config from "effect/Config"
import * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import * as Option from "effect/Option"
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

// oxlint-disable-next-line no-control-regex
const isPlain = (path: string): boolean => /^[\0-\x7F]*$/.test(path)

/** Spells the names as they are on disk, where an accented letter can be one code point or two (NFC, NFD). */
const spellAsOnDisk = (path: string, fs: FileSystem.FileSystem, paths: Path.Path): Effect.Effect<string> =>
  Effect.gen(function*() {
    if (isPlain(path) || (yield* Effect.orElseSucceed(fs.exists(path), () => true))) return path
    const parent = yield* spellAsOnDisk(paths.dirname(path), fs, paths)
    const name = paths.basename(path)
    const names: ReadonlyArray<string> = yield* Effect.orElseSucceed(fs.readDirectory(parent), () => [])
    const same = names.find((other) => other.normalize("NFC") === name.normalize("NFC"))
    return paths.join(parent, names.includes(name) ? name : same ?? name)
  })

interface Directories {
  readonly root: string | undefined
  readonly skills: ReadonlyArray<string>
  readonly places: SensitivePlaces.Places
  readonly mayContainSecrets: (path: string) => boolean
}

/** Resolves a path like a shell: relative to the workspace's directory, with `~` for the home directory. */
export class Locate
  extends Context.Tag("@altimate-code/agent/Locate")<Locate, (given: string) => Effect.Effect<Target>>()
{}

export const makeLocate: Effect.Effect<
  typeof Locate.Service,
  never,
  FileSystem.FileSystem | Path.Path | Workspace
> = Effect.gen(function*() {
  const fs = yield* FileSystem.FileSystem
  const paths = yield* Path.Path
  const { directory, programFiles, root, skillDirectories = [] } = yield* Workspace
  const HOME = Option.getOrUndefined(yield* Effect.option(Config.string("HOME")))
  const home = HOME ?? "~"

  let resolved: Directories | undefined
  /** Links may change at any time, so these directories are resolved again for each call. Only calls that begin in the same turn of the event loop share them. */
  const resolveDirectories = (): Directories => {
    if (resolved !== undefined) return resolved
    const places = SensitivePlaces.resolve(programFiles, HOME === "" ? undefined : HOME)
    const now = {
      root: root === undefined ? undefined : Paths.resolveLinksSync(root),
      skills: skillDirectories.map(Paths.resolveLinksSync),
      places,
      mayContainSecrets: SecretFiles.makeTest(places)
    }
    resolved = now
    setImmediate(() => void (resolved = undefined))
    return now
  }

  const toTarget = (path: string, { mayContainSecrets, places, root, skills }: Directories): Target => {
    const isSkill = (path: string) => skills.some((directory) => Paths.isBelow(path, directory))
    const isInside = (path: string) => root !== undefined && Paths.isBelow(path, root)
    /** The user's skills may be next to the program's settings, so only the names of their files count. */
    const isSecretFile = (path: string) => isSkill(path) ? SecretFiles.mayContainSecrets(path) : mayContainSecrets(path)
    const shownAs = (path: string) =>
      isInside(path) ? paths.relative(root ?? path, path).replaceAll(paths.sep, "/") || "." : path
    const outside = (path: string, shown: string, permission: string): ReadonlyArray<ActionPart> =>
      shown === path && !(permission !== "edit" && isSkill(path))
        ? [{ permission: "external_directory", subject: path }]
        : []
    const toPart = (path: string, subject: string, permission: string): ActionPart => {
      const location = subject === path ? {} : { path }
      if (permission === "edit") {
        const executedAs = ExecutedFiles.namesOf(path, places)
        return { permission, subject, ...location, ...(executedAs.length > 0 ? { executedAs } : {}) }
      }
      const isSecret = permission === "read" && isSecretFile(path)
      return { permission, subject, ...location, ...(isSecret ? { secret: true } : {}) }
    }
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
        const location = subject === below ? {} : { path: below }
        return [...outside(below, subject, "read"), { permission: "read", subject, ...location, secret }]
      }
    }
  }

  return (given) =>
    Effect.suspend(() => {
      const directories = resolveDirectories()
      const whole = paths.resolve(directory, Paths.expandHome(given, home))
      // Another path may be on a network drive that does not respond, and would block the program.
      return isPlain(whole) && Paths.isBelow(whole, root ?? directory)
        ? Effect.succeed(toTarget(Paths.resolveLinksSync(whole), directories))
        : spellAsOnDisk(whole, fs, paths).pipe(
          Effect.flatMap(Paths.resolveLinks),
          Effect.map((path) => toTarget(path, directories))
        )
    })
})
