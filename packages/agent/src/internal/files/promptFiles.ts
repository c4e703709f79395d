/** Finds and reads the Markdown files of commands and skills. */
import * as Paths from "@altimate-code/system/Paths"
import { readText } from "@altimate-code/system/ReadText"
import * as FileSystem from "@effect/platform/FileSystem"
import * as Path from "@effect/platform/Path"
import * as Data from "effect/Data"
import * as Effect from "effect/Effect"
import type { PromptSource } from "../../prompts/PromptSource.ts"
import { type FrontMatter, parse } from "./frontMatter.ts"

/** Larger files are no prompts. */
const maxSize = 64 * 1024

/** Limits what a directory that is no collection of prompts, or a link in a circle, can cost. */
const maxDepth = 5
const maxFiles = 500

/** Why a file is left out, to follow its path. */
export class LeftOut extends Data.TaggedError("LeftOut")<{ readonly why: string }> {}

/** Fails if the file belongs to the project but a link leads out of it: a repository must not give the model access to the user's other files. */
const checkLinks = Effect.fn("promptFiles.checkLinks")(function*(file: string, { root }: PromptSource) {
  if (root === undefined) return
  const real = (path: string) => Effect.orElseSucceed(Paths.realPath(path), () => path)
  if (!Paths.isBelow(yield* real(file), yield* real(root))) {
    return yield* new LeftOut({ why: "it links to a file outside the project" })
  }
})

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

/** The paths of all Markdown files below the directory, relative to it and as parts. */
export const findMarkdown = (
  directory: string,
  below: ReadonlyArray<string> = []
): Effect.Effect<ReadonlyArray<ReadonlyArray<string>>, never, FileSystem.FileSystem | Path.Path> =>
  Effect.gen(function*() {
    const path = yield* Path.Path
    const found: Array<ReadonlyArray<string>> = []
    for (const name of yield* list(path.join(directory, ...below))) {
      if (found.length >= maxFiles || name.startsWith(".")) continue
      const parts = [...below, name]
      if (name.endsWith(".md")) found.push(parts)
      else if (parts.length < maxDepth && (yield* typeOf(path.join(directory, ...parts))) === "Directory") {
        found.push(...yield* findMarkdown(directory, parts))
      }
    }
    return found.slice(0, maxFiles)
  })

/** The directories directly below the directory that contain a file of this name. */
export const findFolders = (directory: string, file: string) =>
  Effect.gen(function*() {
    const path = yield* Path.Path
    const names = (yield* list(directory)).slice(0, maxFiles)
    return yield* Effect.filter(names, (name) =>
      Effect.map(typeOf(path.join(directory, name, file)), (type) => type !== undefined))
  })

/** A file with its settings. */
export interface PromptFile extends FrontMatter {
  /** The whole file. */
  readonly text: string
}

export const read: (
  file: string,
  source: PromptSource
) => Effect.Effect<PromptFile, LeftOut, FileSystem.FileSystem> = Effect.fn("promptFiles.read")(
  function*(file: string, source: PromptSource) {
    yield* checkLinks(file, source)
    const text = yield* Effect.mapError(
      readText(file),
      ({ message }) => new LeftOut({ why: `it cannot be read: ${message}` })
    )
    if (Buffer.byteLength(text) > maxSize) {
      return yield* new LeftOut({ why: `it is larger than ${maxSize / 1024} KiB: move a part of it to other files` })
    }
    return { ...yield* parse(text), text }
  }
)
