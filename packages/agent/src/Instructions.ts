/**
 * What people tell the model about themselves and their projects, in files.
 *
 * @since 0.1.0
 */
import * as FileSystem from "@effect/platform/FileSystem"
import * as Path from "@effect/platform/Path"
import * as Config from "effect/Config"
import * as Effect from "effect/Effect"
import * as Option from "effect/Option"
import * as Files from "./Files.ts"

/**
 * @since 0.1.0
 * @category models
 */
export interface Instruction {
  /** Absolute. */
  readonly path: string
  readonly text: string
}

/**
 * @since 0.1.0
 * @category models
 */
export interface Options {
  readonly directory: string
  readonly root: string
  /** The person's own `AGENTS.md`. */
  readonly global: string
  /** Paths and patterns, relative to the root. */
  readonly globs: ReadonlyArray<string>
}

const name = "AGENTS.md"
const mostOfFile = 32 * 1024
const mostOfAll = 128 * 1024

/**
 * The instructions in the order in which they are told: the person's own, the project's from its root down to the working
 * directory, those of directories below it, and what the configuration names. Each file once; a blank one is left out. What is too
 * long is cut, and said.
 *
 * @since 0.1.0
 * @category constructors
 */
export const load = Effect.fn("Instructions.load")(function*({ directory, global, globs, root }: Options) {
  const fs = yield* FileSystem.FileSystem
  const path = yield* Path.Path
  const home = yield* Effect.orElseSucceed(Config.string("HOME"), () => "~")

  const down: Array<string> = []
  for (let at = directory;; at = path.dirname(at)) {
    down.unshift(path.join(at, name))
    if (at === root || path.dirname(at) === at) break
  }
  const nested = (yield* Files.matching(directory, `**/${name}`)).toSorted().map((file) => path.join(directory, file))
  const named = yield* Effect.forEach(globs, (glob) => {
    const full = path.resolve(root, glob.replace(/^~(?=\/)/, home))
    return /[*?[{]/.test(glob) && !path.relative(root, full).startsWith("..")
      ? Effect.map(
        Files.matching(root, path.relative(root, full)),
        (files) => files.toSorted().map((file) => path.join(root, file))
      )
      : Effect.succeed([full])
  })

  const notices: Array<string> = []
  const instructions: Array<Instruction> = []
  const seen = new Set<string>()
  let room = mostOfAll
  for (const file of [global, ...down, ...nested, ...named.flat()]) {
    const real = yield* Effect.orElseSucceed(fs.realPath(file), () => file)
    if (seen.has(real)) continue
    seen.add(real)
    const read = yield* Effect.option(fs.readFileString(file))
    if (Option.isNone(read)) {
      if (named.flat().includes(file)) notices.push(`The instructions ${file} can't be read.`)
      continue
    }
    if (read.value.trim() === "") continue
    const length = Math.min(mostOfFile, room)
    const text = read.value.slice(0, length)
    if (text.length < read.value.length) {
      notices.push(`The instructions ${file} are too long; only the beginning is used.`)
    }
    room -= text.length
    if (text !== "") instructions.push({ path: file, text })
  }
  return { instructions, notices }
})
