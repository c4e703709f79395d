/**
 * What people have written down for an assistant.
 *
 * @since 0.1.0
 */
import * as Paths from "@altimate-code/system/Paths"
import * as FileSystem from "@effect/platform/FileSystem"
import * as Path from "@effect/platform/Path"
import * as Config from "effect/Config"
import * as Effect from "effect/Effect"
import * as Files from "./Files.ts"

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
  readonly root: string
  /** The `AGENTS.md` that is for all projects. */
  readonly global: string
  /** More files, as the configuration names them: paths and globs, relative to the root, absolute, or from `~`. */
  readonly globs: ReadonlyArray<string>
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
  // Streaming: what the cut has left of a character is kept back.
  new TextDecoder().decode(bytes.subarray(0, most), { stream: bytes.length > most })

const kibibytes = (bytes: number): string => `${Math.ceil(bytes / 1024)} KiB`

/**
 * The global `AGENTS.md`, those of the project from its root down to the directory, then those below it, then the configured files.
 * Cut to 32 KiB a file and 128 KiB in all. A file of the project that is a link to somewhere outside of it is left out.
 *
 * @since 0.1.0
 * @category constructors
 */
export const load = Effect.fn("Instructions.load")(function*({ directory, global, globs, root }: Options) {
  const fs = yield* FileSystem.FileSystem
  const path = yield* Path.Path
  const home = yield* Effect.option(Config.string("HOME"))
  const notices: Array<string> = []

  const exists = (file: string) => Effect.orElseSucceed(fs.exists(file), () => false)

  const matching = (directory: string, pattern: string) =>
    Effect.orElseSucceed(Files.matching(directory, pattern), () => [])

  /** Where the part of an absolute path begins that is a pattern. */
  const configured = (given: string) =>
    Effect.gen(function*() {
      const expanded = given.startsWith("~/") && home._tag === "Some" ? path.join(home.value, given.slice(2)) : given
      const whole = path.resolve(root, expanded)
      if (yield* exists(whole)) return [whole]
      const parts = whole.split(path.sep)
      const first = parts.findIndex((part) => /[*?[\]{}!()]/.test(part))
      const base = first === -1 ? "" : parts.slice(0, first).join(path.sep) || path.sep
      const found = first === -1 ? [] : yield* matching(base, parts.slice(first).join("/"))
      if (found.length === 0) notices.push(`instructions: there is no file ${given}`)
      return found.toSorted().map((file) => path.join(base, file))
    })

  const nested = yield* matching(directory, `**/${name}`)
  const candidates = [
    global,
    ...Paths.descend(root, directory).map((parent) => path.join(parent, name)),
    ...nested.toSorted().map((file) => path.join(directory, file)),
    ...(yield* Effect.forEach(globs, configured)).flat()
  ]

  const realRoot = yield* Effect.orElseSucceed(fs.realPath(root), () => root)

  const instructions: Array<Instruction> = []
  const seen = new Set<string>()
  let left = mostOfAll
  for (const file of candidates) {
    if (!(yield* exists(file))) continue
    const real = yield* Effect.orElseSucceed(fs.realPath(file), () => file)
    if (seen.has(real)) continue
    seen.add(real)
    // A link in a stranger's repository must not show the model a file of this person's.
    if (Paths.isBelow(file, root) && !Paths.isBelow(real, realRoot)) {
      notices.push(`${file} is left out: it is a link that leads out of the project`)
      continue
    }
    const bytes = yield* Effect.either(fs.readFile(real))
    if (bytes._tag === "Left") {
      notices.push(`${file} can't be read: ${bytes.left.message}`)
      continue
    }
    const most = Math.min(mostOfFile, left)
    if (bytes.right.length > most) {
      notices.push(
        most === 0
          ? `${file} is left out: the instructions are longer than ${kibibytes(mostOfAll)} in all`
          : `${file} is cut: of ${kibibytes(bytes.right.length)} the first ${kibibytes(most)} are used`
      )
    }
    left -= Math.min(bytes.right.length, most)
    const text = beginning(bytes.right, most).trim()
    if (text !== "") instructions.push({ path: file, text })
  }
  return { instructions, notices } satisfies Loaded
})
