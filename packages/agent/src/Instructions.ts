/**
 * What has been written down for an assistant.
 *
 * @since 0.1.0
 */
import * as Paths from "@altimate-code/system/Paths"
import * as FileSystem from "@effect/platform/FileSystem"
import * as Path from "@effect/platform/Path"
import * as Arr from "effect/Array"
import * as Config from "effect/Config"
import * as Effect from "effect/Effect"
import * as Files from "./Files.ts"
import * as instructionFiles from "./internal/files/instructionFiles.ts"
import { ignoringAt } from "./internal/search/walk.ts"
import * as SensitiveFiles from "./SensitiveFiles.ts"

/**
 * A file that was written for an assistant, or its beginning.
 *
 * @since 0.1.0
 * @category models
 */
export interface Instruction {
  /** Absolute. */
  readonly path: string
  readonly text: string
}

/**
 * Where to look for them.
 *
 * @since 0.1.0
 * @category models
 */
export interface Options {
  readonly directory: string
  /** The project's root. Absent: there is no project, so none of its files are read. */
  readonly root?: string
  /** false: none of the project's own files are read; those that the configuration names still are. */
  readonly readsProject?: boolean
  /** The `AGENTS.md` that is for all projects. */
  readonly global: string
  /** More files, as the configuration names them: paths and globs, relative to the root, absolute, or from `~`. */
  readonly globs: ReadonlyArray<string>
  /** The directory of the user's own file that names them: they are relative to it, too. */
  readonly globsDirectory?: string
  /** Whose configuration names them. What the user names by its path is shown, even if it may hold secrets. */
  readonly namedBy: "user" | "project"
  /** What belongs to the program around the tools: the project's instructions bring none of it. */
  readonly own: SensitiveFiles.Own
}

/**
 * What was found.
 *
 * @since 0.1.0
 * @category models
 */
export interface Loaded {
  /** In the order in which they are shown to the model; each file once. */
  readonly instructions: ReadonlyArray<Instruction>
  /** What is missing or was cut, for the user. */
  readonly notices: ReadonlyArray<string>
}

/**
 * What tools were about, and what the session has shown the model before.
 *
 * @since 0.1.0
 * @category models
 */
export interface Touched {
  /** Files and directories, absolute and without symbolic links. */
  readonly paths: ReadonlyArray<string>
  /** Paths of instructions, as they were answered. */
  readonly given: ReadonlyArray<string>
  /** How long the texts of those were, in bytes. */
  readonly givenSize: number
}

/** In the order in which they are looked for: of a directory only the first one counts. */
const names = ["AGENTS.md", "CLAUDE.md"]

const byProject = (file: string): instructionFiles.Candidate => ({ file, isNamedByUser: false })

const isUrl = (written: string): boolean => /^https?:\/\//i.test(written)

/** User, password and query may be secrets. */
const withoutSecrets = (url: string): string => {
  if (!URL.canParse(url)) return url.slice(0, url.indexOf(":"))
  const { origin, pathname } = new URL(url)
  return origin + pathname
}

const exists = (file: string) =>
  Effect.flatMap(FileSystem.FileSystem, (fs) => Effect.orElseSucceed(fs.exists(file), () => false))

/** The file for an assistant in this directory itself, if there is one. */
const inDirectory = (directory: string) =>
  Effect.gen(function*() {
    const path = yield* Path.Path
    for (const name of names) {
      const file = path.join(directory, name)
      if (yield* exists(file)) return [file]
    }
    return []
  })

/**
 * The global `AGENTS.md`, those of the project from its root down to the directory, then the configured files. A `CLAUDE.md` counts where
 * there is no `AGENTS.md` beside it. Cut to 32 KiB a file and 128 KiB in all. A file of the project that is a link to somewhere outside
 * of it is left out, and so is what may hold secrets, unless the user's own configuration names it.
 *
 * @since 0.1.0
 * @category constructors
 */
export const load = Effect.fn("Instructions.load")(
  function*({ directory, global, globs, globsDirectory, namedBy, own, readsProject = true, root }: Options) {
    const path = yield* Path.Path
    const home = yield* Effect.option(Config.string("HOME"))
    const places = yield* SensitiveFiles.places(own)
    const notices: Array<string> = []

    const matching = (directory: string, pattern: string) =>
      Effect.orElseSucceed(Files.matching(directory, pattern), () => [])

    const at = (whole: string) =>
      Effect.gen(function*() {
        if (yield* exists(whole)) {
          return [{ file: whole, isNamedByUser: namedBy === "user" && SensitiveFiles.mayHoldSecrets(whole, places) }]
        }
        // Where the part of an absolute path begins that is a pattern.
        const parts = whole.split(path.sep)
        const first = parts.findIndex((part) => /[*?[\]{}!()]/.test(part))
        const base = first === -1 ? "" : parts.slice(0, first).join(path.sep) || path.sep
        const found = first === -1 ? [] : yield* matching(base, parts.slice(first).join("/"))
        return found.toSorted().map((file) => byProject(path.join(base, file)))
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
              ? `instructions: ${given} is not used: ${directory} is not a project`
              : `instructions: there is no file ${given}`
          )
        }
        return found
      })

    const ofProject = Effect.gen(function*() {
      if (!readsProject) return []
      if (root !== undefined) return (yield* Effect.forEach(Paths.descend(root, directory), inDirectory)).flat()
      const file = path.join(directory, names[0]!)
      if (yield* exists(file)) {
        notices.push(`${file} is not used: ${directory} is not a project. Instructions for all projects: ${global}`)
      }
      return []
    })

    const [paths, urls] = Arr.partition(globs, isUrl)
    if (urls.length > 0) {
      notices.push(
        `instructions: URLs are not supported (${
          urls.map(withoutSecrets).join(", ")
        }). Save the text as a file, and name the file`
      )
    }

    const candidates = [
      { file: global, isNamedByUser: true },
      ...(yield* ofProject).map(byProject),
      ...(yield* Effect.forEach(paths, configured)).flat()
    ]
    const read = yield* instructionFiles.read(candidates, {
      ...(root === undefined ? {} : { root }),
      global,
      own,
      shown: new Set(),
      room: instructionFiles.maxTotalSize
    })
    return { instructions: read.instructions, notices: [...notices, ...read.notices] } satisfies Loaded
  }
)

/**
 * Makes what finds the instructions for what tools are about: those in its directories below the root that `load` did not answer and
 * the session has not been given. None are taken from a directory that Git ignores, `.git` or `node_modules`. The limits, and what is
 * left out, are those of `load`; nothing is reported twice.
 *
 * @since 0.1.0
 * @category constructors
 */
export const makeNested = ({ global, own, readsProject = true, root }: Options, loaded: Loaded) => {
  const reported = new Set<string>()
  return Effect.fn("Instructions.nested")(function*({ given, givenSize, paths }: Touched) {
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
    const files = (yield* Effect.forEach([...directories].toSorted(), inDirectory)).flat()
      .filter((file) => !given.includes(file))
    const isIgnored = (file: string) => ignoringAt(path.dirname(file)) === undefined
    const candidates = files.filter((file) => !isIgnored(file))
    const shown = yield* Effect.forEach(
      [...loaded.instructions.map(({ path }) => path), ...given],
      instructionFiles.realPath
    )
    const { instructions, notices } = yield* instructionFiles.read(candidates.map(byProject), {
      root,
      global,
      own,
      shown: new Set(shown),
      room: Math.max(0, instructionFiles.maxTotalSize - givenSize)
    })
    const isNew = (notice: string) => !loaded.notices.includes(notice) && !reported.has(notice)
    const unreported = notices.filter(isNew)
    for (const notice of unreported) reported.add(notice)
    return { instructions, notices: unreported } satisfies Loaded
  })
}

/**
 * Instructions as a message to the model, for those that are not in the system prompt.
 *
 * @since 0.1.0
 * @category rendering
 */
export const toMessage = ({ path, text }: Instruction): string =>
  `The project's instructions for ${
    path.slice(0, path.lastIndexOf("/"))
  }, from ${path}. For what is in there, they count more than \
those of the directories above.\n\n${text}`
