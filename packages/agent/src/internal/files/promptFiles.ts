/** Finds and reads the Markdown files of commands and skills. */
import * as Paths from "@altimate-code/system/Paths"
import { readText } from "@altimate-code/system/ReadText"
import * as FileSystem from "@effect/platform/FileSystem"
import * as Path from "@effect/platform/Path"
import * as Data from "effect/Data"
import * as Effect from "effect/Effect"
import type { PromptSource } from "../../prompts/PromptSource.ts"
import { type FrontMatter, parse } from "./frontMatter.ts"

/** The maximum size of a file, in bytes. */
const maxSize = 64 * 1024

/** Bound the search in a directory that has something else than prompts. */
const maxDepth = 5
const maxFiles = 500

/** Why a file is left out, to follow its path. */
export class LeftOut extends Data.TaggedError("LeftOut")<{ readonly why: string }> {}

/** Whether a link leads out of the project to which the path belongs: a repository must not give the model access to the user's other files. */
const leadsOutside = (path: string, { root }: PromptSource) =>
  root === undefined
    ? Effect.succeed(false)
    : Effect.zipWith(Paths.resolveLinks(path), Paths.resolveLinks(root), (path, root) => !Paths.isBelow(path, root))

/** Lists the entries of a directory that need not exist. */
const list = (directory: string) =>
  Effect.flatMap(
    FileSystem.FileSystem,
    (fs) =>
      Effect.map(
        Effect.orElseSucceed(fs.readDirectory(directory), (): Array<string> => []),
        (names) => names.toSorted()
      )
  )

const typeOf = (file: string) =>
  Effect.flatMap(
    FileSystem.FileSystem,
    (fs) => Effect.orElseSucceed(Effect.map(fs.stat(file), ({ type }) => type), () => undefined)
  )

/** What is below a directory: paths relative to it, as parts. */
interface Found {
  readonly files: ReadonlyArray<ReadonlyArray<string>>
  /** Links to directories outside the project, which are not entered. */
  readonly outside: ReadonlyArray<ReadonlyArray<string>>
}

/** Finds all Markdown files below the directory. */
export const findMarkdown = Effect.fn("promptFiles.findMarkdown")(function*(source: PromptSource) {
  const path = yield* Path.Path
  const files: Array<ReadonlyArray<string>> = []
  const outside: Array<ReadonlyArray<string>> = []
  // Links can form a circle.
  const entered = new Set<string>()
  const enter = (below: ReadonlyArray<string>): Effect.Effect<void, never, FileSystem.FileSystem | Path.Path> =>
    Effect.gen(function*() {
      const directory = path.join(source.directory, ...below)
      if (yield* leadsOutside(directory, source)) return void outside.push(below)
      const real = yield* Paths.resolveLinks(directory)
      if (entered.has(real)) return
      entered.add(real)
      for (const name of yield* list(directory)) {
        if (files.length >= maxFiles || entered.size > maxFiles || name.startsWith(".")) continue
        const parts = [...below, name]
        if (name.endsWith(".md")) files.push(parts)
        else if (parts.length < maxDepth && (yield* typeOf(path.join(directory, name))) === "Directory") {
          yield* enter(parts)
        }
      }
    })
  yield* enter([])
  return { files, outside } satisfies Found
})

/** The directories directly below the directory that contain a file of this name. */
export const findFolders = (directory: string, file: string) =>
  Effect.gen(function*() {
    const path = yield* Path.Path
    const names = (yield* list(directory)).slice(0, maxFiles)
    return yield* Effect.filter(names, (name) =>
      Effect.map(typeOf(path.join(directory, name, file)), (type) => type !== undefined))
  })

/** A file with its settings, which are valid. */
export interface PromptFile extends Omit<FrontMatter, "problem"> {
  /** The whole file. */
  readonly text: string
}

/** Fails if the file can't be used. */
export const read: (
  file: string,
  source: PromptSource
) => Effect.Effect<PromptFile, LeftOut, FileSystem.FileSystem> = Effect.fn("promptFiles.read")(
  function*(file: string, source: PromptSource) {
    if (yield* leadsOutside(file, source)) {
      return yield* new LeftOut({ why: "it links to a file outside the project" })
    }
    const text = yield* Effect.mapError(
      readText(file),
      ({ message }) => new LeftOut({ why: `it cannot be read: ${message}` })
    )
    if (Buffer.byteLength(text) > maxSize) {
      return yield* new LeftOut({ why: `it is larger than ${maxSize / 1024} KiB: move a part of it to other files` })
    }
    const { problem, ...parsed } = yield* parse(text)
    return problem === undefined ? { ...parsed, text } : yield* new LeftOut({ why: problem })
  }
)
