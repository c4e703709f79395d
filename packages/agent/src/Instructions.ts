/**
 * What people have written down for an assistant.
 *
 * @since 0.1.0
 */
import * as Cut from "@altimate-code/system/Cut"
import * as Paths from "@altimate-code/system/Paths"
import * as FileSystem from "@effect/platform/FileSystem"
import * as Path from "@effect/platform/Path"
import * as Config from "effect/Config"
import * as Effect from "effect/Effect"
import * as Stream from "effect/Stream"
import * as Files from "./Files.ts"
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
  /** The `AGENTS.md` that is for all projects. */
  readonly global: string
  /** More files, as the configuration names them: paths and globs, relative to the root, absolute, or from `~`. */
  readonly globs: ReadonlyArray<string>
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
  /** In the order in which they are told; each file once. */
  readonly instructions: ReadonlyArray<Instruction>
  /** What is missing or was cut, for the person. */
  readonly notices: ReadonlyArray<string>
}

const mostOfFile = 32 * 1024
const mostOfAll = 128 * 1024

const name = "AGENTS.md"

/** The beginning, in whole characters, that is not longer than this many bytes. */
const beginning = (bytes: Uint8Array, most: number): string =>
  new TextDecoder().decode(bytes.length > most ? Cut.headBytes(bytes, most) : bytes)

const kibibytes = (bytes: number): string => `${Math.ceil(bytes / 1024)} KiB`

interface Candidate {
  readonly file: string
  /** The user has named exactly this file, and by this path. */
  readonly isNamedByUser: boolean
}

const byProject = (file: string): Candidate => ({ file, isNamedByUser: false })

/** The beginning of a regular file, one byte longer than is wanted when there is more: a pipe or a device may have no end. */
const readBeginning = Effect.fn("Instructions.readBeginning")(function*(file: string, most: number) {
  const fs = yield* FileSystem.FileSystem
  const { size, type } = yield* fs.stat(file)
  if (type !== "File") return yield* Effect.fail({ message: "it is not a regular file" })
  const chunks = yield* Stream.runCollect(fs.stream(file, { bytesToRead: most + 1 }))
  return { bytes: Buffer.concat([...chunks]), size: Number(size) }
})

/**
 * The global `AGENTS.md`, those of the project from its root down to the directory, then those below it, then the configured files.
 * Cut to 32 KiB a file and 128 KiB in all. A file of the project that is a link to somewhere outside of it is left out, and so is
 * what may hold secrets, unless the user's own configuration names it.
 *
 * @since 0.1.0
 * @category constructors
 */
export const load = Effect.fn("Instructions.load")(
  function*({ directory, global, globs, namedBy, own, root }: Options) {
    const fs = yield* FileSystem.FileSystem
    const path = yield* Path.Path
    const home = yield* Effect.option(Config.string("HOME"))
    const places = yield* SensitiveFiles.places(own)
    const notices: Array<string> = []

    const exists = (file: string) => Effect.orElseSucceed(fs.exists(file), () => false)

    const matching = (directory: string, pattern: string) =>
      Effect.orElseSucceed(Files.matching(directory, pattern), () => [])

    const configured = (given: string) =>
      Effect.gen(function*() {
        const expanded = given.startsWith("~/") && home._tag === "Some" ? path.join(home.value, given.slice(2)) : given
        if (root === undefined && !path.isAbsolute(expanded)) {
          notices.push(`instructions: ${given} is not used: ${directory} is not a project`)
          return []
        }
        const whole = path.resolve(root ?? directory, expanded)
        if (yield* exists(whole)) {
          return [{ file: whole, isNamedByUser: namedBy === "user" && SensitiveFiles.mayHoldSecrets(whole, places) }]
        }
        // Where the part of an absolute path begins that is a pattern.
        const parts = whole.split(path.sep)
        const first = parts.findIndex((part) => /[*?[\]{}!()]/.test(part))
        const base = first === -1 ? "" : parts.slice(0, first).join(path.sep) || path.sep
        const found = first === -1 ? [] : yield* matching(base, parts.slice(first).join("/"))
        if (found.length === 0) notices.push(`instructions: there is no file ${given}`)
        return found.toSorted().map((file) => byProject(path.join(base, file)))
      })

    const ofProject = Effect.gen(function*() {
      if (root === undefined) {
        const file = path.join(directory, name)
        if (yield* exists(file)) {
          notices.push(`${file} is not used: ${directory} is not a project. Instructions for all projects: ${global}`)
        }
        return []
      }
      const nested = yield* matching(directory, `**/${name}`)
      return [
        ...Paths.descend(root, directory).map((parent) => path.join(parent, name)),
        ...nested.toSorted().map((file) => path.join(directory, file))
      ].map(byProject)
    })

    const candidates: ReadonlyArray<Candidate> = [
      { file: global, isNamedByUser: true },
      ...(yield* ofProject),
      ...(yield* Effect.forEach(globs, configured)).flat()
    ]

    const realRoot = root === undefined ? undefined : yield* Effect.orElseSucceed(fs.realPath(root), () => root)

    const instructions: Array<Instruction> = []
    const seen = new Set<string>()
    let left = mostOfAll
    for (const { file, isNamedByUser } of candidates) {
      if (!(yield* exists(file))) continue
      const real = yield* Effect.orElseSucceed(fs.realPath(file), () => file)
      if (seen.has(real)) continue
      seen.add(real)
      // A link in a stranger's repository must not show the model a file of this person's.
      if (root !== undefined && realRoot !== undefined && Paths.isBelow(file, root) && !Paths.isBelow(real, realRoot)) {
        notices.push(`${file} is left out: it is a link that leads out of the project`)
        continue
      }
      if (SensitiveFiles.mayHoldSecrets(real, places) && file !== global) {
        const isLink = root !== undefined && realRoot !== undefined && Paths.isBelow(file, root) &&
          path.join(realRoot, path.relative(root, file)) !== real
        const shown = isLink ? `${file} (a link to ${real})` : file
        // Where a link in a project leads, the project has chosen.
        if (!isNamedByUser || isLink) {
          notices.push(
            `${shown} may hold secrets: it is not shown to the model. To show it, name it by its path under "instructions" in your own configuration`
          )
          continue
        }
        notices.push(`${shown} may hold secrets: it is shown to the model, because your configuration names it`)
      }
      const most = Math.min(mostOfFile, left)
      const read = yield* Effect.either(readBeginning(real, most))
      if (read._tag === "Left") {
        notices.push(`${file} can't be read: ${read.left.message}`)
        continue
      }
      const { bytes, size } = read.right
      if (bytes.length > most) {
        notices.push(
          most === 0
            ? `${file} is left out: the instructions are longer than ${kibibytes(mostOfAll)} in all`
            : `${file} is cut: of ${kibibytes(Math.max(size, bytes.length))} the first ${kibibytes(most)} are used`
        )
      }
      left -= Math.min(bytes.length, most)
      const text = beginning(bytes, most).trim()
      if (text !== "") instructions.push({ path: file, text })
    }
    return { instructions, notices } satisfies Loaded
  }
)
