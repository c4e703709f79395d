/** Files attached to a prompt. */
import * as AttachmentLimits from "@altimate-code/agent/AttachmentLimits"
import * as SecretFiles from "@altimate-code/agent/permission/SecretFiles"
import * as SensitivePlaces from "@altimate-code/agent/permission/SensitivePlaces"
import { attachmentLimits } from "@altimate-code/provider/AttachmentLimits"
import * as MediaType from "@altimate-code/system/MediaType"
import * as Paths from "@altimate-code/system/Paths"
import * as Prompt from "@effect/ai/Prompt"
import * as FileSystem from "@effect/platform/FileSystem"
import * as Path from "@effect/platform/Path"
import * as Effect from "effect/Effect"
import { CliError } from "../../command-line/failure/CliError.ts"
import * as LocalFiles from "../../workspace/localFiles.ts"

/**
 * Reads a file as part of a user message: images (PNG, JPEG, GIF, WebP) and PDFs as files, UTF-8 text as text with its file name.
 * Fails with `Attachment` if the file can't be read, is empty, has another type, or is an image or PDF that Bedrock would refuse.
 */
export const read = Effect.fn("Attachment.read")(function*(path: string) {
  const fs = yield* FileSystem.FileSystem
  const fileName = (yield* Path.Path).basename(path)
  const data = yield* fs.readFile(path).pipe(
    Effect.mapError((error) =>
      new CliError({
        reason: "Attachment",
        message: error._tag === "SystemError" && error.reason === "NotFound"
          ? `--file ${path} does not exist.`
          : error.message.includes("EISDIR")
          ? `--file ${path} is a directory.`
          : `--file ${path} cannot be read: ${error.message}`,
        hint: "Check the path and its permissions."
      })
    )
  )
  if (data.length === 0) {
    return yield* new CliError({ reason: "Attachment", message: `--file ${path} is empty.`, hint: "Leave it out." })
  }
  const mediaType = MediaType.of(data)
  if (mediaType !== undefined) {
    const problem = AttachmentLimits.findProblem(data, attachmentLimits)
    if (problem === undefined) return Prompt.filePart({ mediaType, fileName, data })
    return yield* new CliError({
      reason: "Attachment",
      message: `--file ${path} cannot be attached: ${problem.why}.`,
      hint: problem.remedy
    })
  }

  const text = yield* Effect.try({
    try: () => new TextDecoder("utf-8", { fatal: true }).decode(data),
    catch: () => notTextError(path)
  })
  if (text.includes("\0")) return yield* notTextError(path)
  return Prompt.textPart({ text: `<file name=${JSON.stringify(fileName)}>\n${text}\n</file>` })
})

/** Warns about attached files that may contain secrets. They are sent anyway, because the user has named them. */
export const findNotices = Effect.fn("Attachment.findNotices")(function*(files: ReadonlyArray<string>) {
  const path = yield* Path.Path
  const places = yield* SensitivePlaces.find(yield* LocalFiles.programFiles)
  const secret = yield* Effect.filter(
    files,
    (file) => Effect.map(Paths.resolveLinks(path.resolve(file)), (file) => SecretFiles.mayContainSecrets(file, places))
  )
  return secret.map((file) => `${file} may contain secrets and is sent to the model, because --file names it`)
})

/** Reads several files as parts of one message. Fails like {@link read}, and if there are more files than a request may contain. */
export const readAll = Effect.fn("Attachment.readAll")(function*(paths: ReadonlyArray<string>) {
  const parts = yield* Effect.forEach(paths, read)
  const types = parts.flatMap((part) => part.type === "file" ? [part.mediaType] : [])
  const images = types.filter((type) => type.startsWith("image/")).length
  const documents = types.length - images
  const problem = images > attachmentLimits.images
    ? `${images} images are attached, but a request may contain at most ${attachmentLimits.images}.`
    : documents > attachmentLimits.documents
    ? `${documents} documents are attached, but a request may contain at most ${attachmentLimits.documents}.`
    : undefined
  if (problem === undefined) return parts
  return yield* new CliError({
    reason: "Attachment",
    message: problem,
    hint: "Attach fewer, or send them in several runs with --continue."
  })
})

const notTextError = (path: string) =>
  new CliError({
    reason: "Attachment",
    message: `--file ${path} is neither UTF-8 text nor PNG, JPEG, GIF, WebP or PDF.`,
    hint: "Convert it first."
  })
