/** Files with instructions: which of them may be shown to the model, and how much of each. */
import * as Cut from "@altimate-code/system/Cut"
import * as Paths from "@altimate-code/system/Paths"
import * as FileSystem from "@effect/platform/FileSystem"
import * as Path from "@effect/platform/Path"
import * as Effect from "effect/Effect"
import * as Stream from "effect/Stream"
import type { Instruction } from "../../Instructions.ts"
import * as SensitiveFiles from "../../SensitiveFiles.ts"

export interface Candidate {
  readonly file: string
  /** The user has named exactly this file, and by this path. */
  readonly isNamedByUser: boolean
}

export interface Options {
  /** The project's root, if there is a project. */
  readonly root?: string
  /** The user's own `AGENTS.md`, which is shown wherever it leads. */
  readonly global: string
  readonly own: SensitiveFiles.Own
  /** Real paths of files that have been shown already. */
  readonly shown: ReadonlySet<string>
  /** How many bytes there is room for in all. */
  readonly room: number
}

const maxFileSize = 32 * 1024

/** How many bytes all instructions of a session may have, and those of a system prompt. */
export const maxTotalSize = 128 * 1024

/** The beginning, in whole characters, that is not longer than this many bytes. */
const beginning = (bytes: Uint8Array, most: number): string =>
  new TextDecoder().decode(bytes.length > most ? Cut.headBytes(bytes, most) : bytes)

const kibibytes = (bytes: number): string => `${Math.ceil(bytes / 1024)} KiB`

/** The beginning of a regular file, one byte longer than is wanted when there is more: a pipe or a device may have no end. */
const readBeginning = Effect.fn("instructionFiles.readBeginning")(function*(file: string, most: number) {
  const fs = yield* FileSystem.FileSystem
  const { size, type } = yield* fs.stat(file)
  if (type !== "File") return yield* Effect.fail({ message: "it is not a regular file" })
  const chunks = yield* Stream.runCollect(fs.stream(file, { bytesToRead: most + 1 }))
  return { bytes: Buffer.concat([...chunks]), size: Number(size) }
})

/** The path without symbolic links, or as it is when it leads nowhere. */
export const realPath = (file: string) =>
  Effect.flatMap(FileSystem.FileSystem, (fs) => Effect.orElseSucceed(fs.realPath(file), () => file))

/**
 * Reads those that exist, each once. A file of the project that is a link to somewhere outside of it is left out, and so is what may
 * hold secrets, unless the user's own configuration names it. `notices` report what was left out or cut.
 */
export const read = Effect.fn("instructionFiles.read")(
  function*(candidates: ReadonlyArray<Candidate>, { global, own, room, root, shown }: Options) {
    const fs = yield* FileSystem.FileSystem
    const path = yield* Path.Path
    const places = yield* SensitiveFiles.places(own)
    const realRoot = root === undefined ? undefined : yield* realPath(root)
    const notices: Array<string> = []
    const instructions: Array<Instruction> = []
    const seen = new Set(shown)
    let left = room
    for (const { file, isNamedByUser } of candidates) {
      if (!(yield* Effect.orElseSucceed(fs.exists(file), () => false))) continue
      const real = yield* realPath(file)
      if (seen.has(real)) continue
      seen.add(real)
      const isInProject = root !== undefined && realRoot !== undefined &&
        (Paths.isBelow(file, root) || Paths.isBelow(file, realRoot))
      // A link in a stranger's repository must not show the model a file of this user's.
      if (isInProject && !Paths.isBelow(real, realRoot)) {
        notices.push(`${file} is left out: it is a link that leads out of the project`)
        continue
      }
      if (SensitiveFiles.mayHoldSecrets(real, places) && file !== global) {
        const isLink = isInProject && path.join(yield* realPath(path.dirname(file)), path.basename(file)) !== real
        const named = isLink ? `${file} (a link to ${real})` : file
        // Where a link in a project leads, the project has chosen.
        if (!isNamedByUser || isLink) {
          notices.push(
            `${named} may hold secrets: it is not shown to the model. To show it, name it by its path under "instructions" in your own configuration`
          )
          continue
        }
        notices.push(`${named} may hold secrets: it is shown to the model, because your configuration names it`)
      }
      const most = Math.min(maxFileSize, left)
      const read = yield* Effect.either(readBeginning(real, most))
      if (read._tag === "Left") {
        notices.push(`${file} can't be read: ${read.left.message}`)
        continue
      }
      const { bytes, size } = read.right
      if (bytes.length > most) {
        notices.push(
          most === 0
            ? `${file} is left out: the instructions are longer than ${kibibytes(maxTotalSize)} in all`
            : `${file} is cut: of ${kibibytes(Math.max(size, bytes.length))} the first ${kibibytes(most)} are used`
        )
      }
      left -= Math.min(bytes.length, most)
      const text = beginning(bytes, most).trim()
      if (text !== "") instructions.push({ path: file, text })
    }
    return { instructions, notices }
  }
)
