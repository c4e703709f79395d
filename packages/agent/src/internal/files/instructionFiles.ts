/** Reads files with instructions, checks that the model may see them, and limits their size. */
import * as Cut from "@altimate-code/system/Cut"
import * as Paths from "@altimate-code/system/Paths"
import * as FileSystem from "@effect/platform/FileSystem"
import * as Path from "@effect/platform/Path"
import * as Data from "effect/Data"
import * as Effect from "effect/Effect"
import * as Stream from "effect/Stream"
import * as SecretFiles from "../../permission/SecretFiles.ts"
import * as SensitivePlaces from "../../permission/SensitivePlaces.ts"

/** A file with instructions for the model, or its beginning. */
export interface Instruction {
  /** Absolute. */
  readonly path: string
  readonly text: string
}

export interface Candidate {
  readonly file: string
  /** Whether the user named this file by this path. */
  readonly isNamedByUser: boolean
}

export interface Options {
  readonly root?: string
  /** The user's `AGENTS.md`, which may be a link to any file. */
  readonly global: string
  readonly programFiles: SensitivePlaces.ProgramFiles
  /** Real paths of the files whose content the model already has. */
  readonly shown: ReadonlySet<string>
  /** Maximum total size in bytes. */
  readonly room: number
}

class NotAFile extends Data.TaggedError("NotAFile")<{ readonly message: string }> {}

const maxFileSize = 32 * 1024

/** Maximum total size of the instructions in a system prompt, and in the messages of a session, in bytes. */
export const maxTotalSize = 128 * 1024

/** Cuts the text at a character boundary. */
const decodeBeginning = (bytes: Uint8Array, maxSize: number): string =>
  new TextDecoder().decode(bytes.length > maxSize ? Cut.headBytes(bytes, maxSize) : bytes)

const kibibytes = (bytes: number): string => `${Math.ceil(bytes / 1024)} KiB`

/** Reads at most one byte more than `maxSize`, to detect a longer file. Only regular files: a pipe may never end. */
const readBeginning = Effect.fn("instructionFiles.readBeginning")(function*(file: string, maxSize: number) {
  const fs = yield* FileSystem.FileSystem
  const { size, type } = yield* fs.stat(file)
  if (type !== "File") return yield* new NotAFile({ message: "it is not a regular file" })
  const chunks = yield* Stream.runCollect(fs.stream(file, { bytesToRead: maxSize + 1 }))
  return { bytes: Buffer.concat([...chunks]), size: Number(size) }
})

/** Resolves symbolic links; a path that does not exist is returned unchanged. */
export const realPath = (file: string) =>
  Effect.flatMap(FileSystem.FileSystem, (fs) => Effect.orElseSucceed(fs.realPath(file), () => file))

/**
 * Reads the candidates that exist, each once. Skips links that lead out of the project, and files that may contain secrets unless the
 * user's own configuration names them. `notices` report what was skipped or cut.
 */
export const read = Effect.fn("instructionFiles.read")(
  function*(candidates: ReadonlyArray<Candidate>, { global, programFiles, room, root, shown }: Options) {
    const fs = yield* FileSystem.FileSystem
    const path = yield* Path.Path
    const places = yield* SensitivePlaces.find(programFiles)
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
      // A link in a repository must not give the model access to the user's other files.
      if (isInProject && !Paths.isBelow(real, realRoot)) {
        notices.push(`${file} is left out: it links to a file outside the project`)
        continue
      }
      if (SecretFiles.mayContainSecrets(real, places) && file !== global) {
        const isLink = isInProject && path.join(yield* realPath(path.dirname(file)), path.basename(file)) !== real
        const named = isLink ? `${file} (a link to ${real})` : file
        // The project, not the user, chose the target of a link in the project.
        if (!isNamedByUser || isLink) {
          notices.push(
            `${named} may contain secrets and is not sent to the model. To send it, list its path under "instructions" in your own configuration`
          )
          continue
        }
        notices.push(`${named} may contain secrets and is sent to the model, because your configuration lists it`)
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
            ? `${file} is left out: all instructions together exceed ${kibibytes(maxTotalSize)}`
            : `${file} is cut: only the first ${kibibytes(most)} of ${kibibytes(Math.max(size, bytes.length))} are used`
        )
      }
      left -= Math.min(bytes.length, most)
      const text = decodeBeginning(bytes, most).trim()
      if (text !== "") instructions.push({ path: file, text })
    }
    return { instructions, notices }
  }
)
