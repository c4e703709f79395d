/**
 * Instructions for the model in files such as `AGENTS.md`.
 *
 * @since 0.1.0
 */
import * as Paths from "@altimate-code/system/Paths"
import * as FileSystem from "@effect/platform/FileSystem"
import * as Path from "@effect/platform/Path"
import * as Arr from "effect/Array"
import * as Config from "effect/Config"
import * as Effect from "effect/Effect"
import * as Files from "../Files.ts"
import * as instructionFiles from "../internal/files/instructionFiles.ts"
import { findIgnoreFilesAbove } from "../internal/search/walk.ts"
import * as SecretFiles from "../permission/SecretFiles.ts"
import * as SensitivePlaces from "../permission/SensitivePlaces.ts"

/**
 * A file with instructions for the model, or its beginning. `path` is absolute.
 *
 * @since 0.1.0
 * @category models
 */
export type Instruction = instructionFiles.Instruction

/**
 * Where to look for instructions.
 *
 * @since 0.1.0
 * @category models
 */
export interface Options {
  readonly directory: string
  /** The project's root; without it there is no project. */
  readonly root?: string
  /** If `false`, the project's files are ignored, except those that the configuration lists. */
  readonly readsProject?: boolean
  /** Path of the `AGENTS.md` for all projects. */
  readonly global: string
  /** More files from the configuration: paths and globs, absolute, relative to the root, or starting with `~`. */
  readonly globs: ReadonlyArray<string>
  /** The directory of the user's configuration file, to which `globs` are relative as well. */
  readonly globsDirectory?: string
  /** Whose configuration lists `globs`. A file that the user lists by its path is read even if it may contain secrets. */
  readonly namedBy: "user" | "project"
  /** The program's files, which the project's instructions must not include. */
  readonly programFiles: SensitivePlaces.ProgramFiles
}

/**
 * The instructions that were loaded.
 *
 * @since 0.1.0
 * @category models
 */
export interface Loaded {
  /** In the order of the prompt; each file once. */
  readonly instructions: ReadonlyArray<Instruction>
  /** Tells the user what is missing or was cut. */
  readonly notices: ReadonlyArray<string>
}

/**
 * The files that tools touched, and the instructions that the session has already given to the model.
 *
 * @since 0.1.0
 * @category models
 */
export interface Touched {
  /** Files and directories, absolute and without symbolic links. */
  readonly paths: ReadonlyArray<string>
  /** The `path` of each instruction that the model already has. */
  readonly shown: ReadonlyArray<string>
  /** Total size of their texts in bytes. */
  readonly shownSize: number
}

/** In order of precedence: only the first existing file of a directory is used. */
const names = ["AGENTS.md", "CLAUDE.md"]

const fromProject = (file: string): instructionFiles.Candidate => ({ file, isNamedByUser: false })

const isUrl = (text: string): boolean => /^https?:\/\//i.test(text)

/** Removes user, password and query, which may be secrets. */
const withoutSecrets = (url: string): string => {
  if (!URL.canParse(url)) return url.slice(0, url.indexOf(":"))
  const { origin, pathname } = new URL(url)
  return origin + pathname
}

const exists = (file: string) =>
  Effect.flatMap(FileSystem.FileSystem, (fs) => Effect.orElseSucceed(fs.exists(file), () => false))

/** Finds the instruction file of this directory. */
const findInDirectory = (directory: string) =>
  Effect.gen(function*() {
    const path = yield* Path.Path
    for (const name of names) {
      const file = path.join(directory, name)
      if (yield* exists(file)) return [file]
    }
    return []
  })

/**
 * Loads the global `AGENTS.md`, those of the project from its root down to the directory, then the configured files. A `CLAUDE.md` is
 * used where there is no `AGENTS.md`. Each file is cut to 32 KiB, all together to 128 KiB. Links that lead out of the project are left
 * out, and so are files that may contain secrets unless the user's own configuration lists them.
 *
 * @since 0.1.0
 * @category constructors
 */
export const load = Effect.fn("Instructions.load")(
  function*({ directory, global, globs, globsDirectory, namedBy, programFiles, readsProject = true, root }: Options) {
    const path = yield* Path.Path
    const home = yield* Effect.option(Config.string("HOME"))
    const places = yield* SensitivePlaces.find(programFiles)
    const notices: Array<string> = []

    const matching = (directory: string, pattern: string) =>
      Effect.orElseSucceed(Files.listMatching(directory, pattern), () => [])

    const at = (whole: string) =>
      Effect.gen(function*() {
        if (yield* exists(whole)) {
          return [{ file: whole, isNamedByUser: namedBy === "user" && SecretFiles.mayContainSecrets(whole, places) }]
        }
        // The first part with a wildcard starts the pattern.
        const parts = whole.split(path.sep)
        const first = parts.findIndex((part) => /[*?[\]{}!()]/.test(part))
        const base = first === -1 ? "" : parts.slice(0, first).join(path.sep) || path.sep
        const found = first === -1 ? [] : yield* matching(base, parts.slice(first).join("/"))
        return found.toSorted().map((file) => fromProject(path.join(base, file)))
      })

    const configured = (given: string) =>
      Effect.gen(function*() {
        const expanded = given.startsWith("~/") && home._tag === "Some" ? path.join(home.value, given.slice(2)) : given
        const bases = path.isAbsolute(expanded)
          ? [path.sep]
          : [readsProject ? root : undefined, globsDirectory].filter((base) => base !== undefined)
        const found = (yield* Effect.forEach(bases, (base) => at(path.resolve(base, expanded)))).flat()
        if (found.length === 0) {
          notices.push(
            root === undefined && !path.isAbsolute(expanded)
              ? `instructions: ${given} is ignored, because ${directory} is not in a project`
              : `instructions: the file ${given} does not exist`
          )
        }
        return found
      })

    const ofProject = Effect.gen(function*() {
      if (!readsProject) return []
      if (root !== undefined) return (yield* Effect.forEach(Paths.descend(root, directory), findInDirectory)).flat()
      const file = path.join(directory, names[0]!)
      if (yield* exists(file)) {
        notices.push(
          `${file} is ignored, because ${directory} is not in a project. Put instructions for all projects in ${global}`
        )
      }
      return []
    })

    const [paths, urls] = Arr.partition(globs, isUrl)
    if (urls.length > 0) {
      notices.push(
        `instructions: URLs are not supported (${
          urls.map(withoutSecrets).join(", ")
        }). Save the text to a file and list that file`
      )
    }

    const candidates = [
      { file: global, isNamedByUser: true },
      ...(yield* ofProject).map(fromProject),
      ...(yield* Effect.forEach(paths, configured)).flat()
    ]
    const read = yield* instructionFiles.read(candidates, {
      ...(root === undefined ? {} : { root }),
      global,
      programFiles,
      shown: new Set(),
      room: instructionFiles.maxTotalSize
    })
    return { instructions: read.instructions, notices: [...notices, ...read.notices] } satisfies Loaded
  }
)

/**
 * Makes a function that finds the instructions for files that tools touch: those in their directories below the root, unless they are in
 * `loaded` or in the session already. Skips directories that Git ignores, `.git` and `node_modules`. The limits and exclusions of
 * `load` apply. No notice is repeated.
 *
 * @since 0.1.0
 * @category constructors
 */
export const makeNested = ({ global, programFiles, readsProject = true, root }: Options, loaded: Loaded) => {
  const reported = new Set<string>()
  return Effect.fn("Instructions.nested")(function*({ paths, shown, shownSize }: Touched) {
    const fs = yield* FileSystem.FileSystem
    const path = yield* Path.Path
    if (root === undefined || !readsProject) return { instructions: [], notices: [] } satisfies Loaded
    const realRoot = yield* instructionFiles.realPath(root)
    const directories = new Set<string>()
    for (const touched of paths) {
      const isDirectory = yield* Effect.orElseSucceed(
        Effect.map(fs.stat(touched), ({ type }) => type === "Directory"),
        () => false
      )
      const directory = isDirectory ? touched : path.dirname(touched)
      if (!Paths.isBelow(directory, realRoot)) continue
      for (const parent of Paths.descend(realRoot, directory)) directories.add(parent)
    }
    const files = (yield* Effect.forEach([...directories].toSorted(), findInDirectory)).flat()
      .filter((file) => !shown.includes(file))
    const isIgnored = (file: string) => findIgnoreFilesAbove(path.dirname(file)) === undefined
    const candidates = files.filter((file) => !isIgnored(file))
    const shownPaths = yield* Effect.forEach(
      [...loaded.instructions.map(({ path }) => path), ...shown],
      instructionFiles.realPath
    )
    const { instructions, notices } = yield* instructionFiles.read(candidates.map(fromProject), {
      root,
      global,
      programFiles,
      shown: new Set(shownPaths),
      room: Math.max(0, instructionFiles.maxTotalSize - shownSize)
    })
    const isNew = (notice: string) => !loaded.notices.includes(notice) && !reported.has(notice)
    const unreported = notices.filter(isNew)
    for (const notice of unreported) reported.add(notice)
    return { instructions, notices: unreported } satisfies Loaded
  })
}

/**
 * Formats instructions as a message to the model, for those that are not in the system prompt.
 *
 * @since 0.1.0
 * @category rendering
 */
export const toMessage = ({ path, text }: Instruction): string =>
  `The project's instructions for ${
    path.slice(0, path.lastIndexOf("/"))
  }, from ${path}. For files in that directory they take precedence over \
those of the directories above.\n\n${text}`
