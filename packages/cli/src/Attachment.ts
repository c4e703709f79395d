/** Files that go along with a prompt. */
import * as SensitiveFiles from "@altimate-code/agent/SensitiveFiles"
import * as Paths from "@altimate-code/system/Paths"
import * as Prompt from "@effect/ai/Prompt"
import * as FileSystem from "@effect/platform/FileSystem"
import * as Path from "@effect/platform/Path"
import * as Effect from "effect/Effect"
import { CliError } from "./CliError.ts"
import * as Places from "./Places.ts"

/** What a file is by its first bytes: its name may say anything. Formats: those that Converse takes as image or PDF. */
const signatures: ReadonlyArray<readonly [mediaType: string, matches: (bytes: Buffer) => boolean]> = [
  ["image/png", (bytes) => bytes.subarray(0, 8).equals(Buffer.from([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a]))],
  ["image/jpeg", (bytes) => bytes.subarray(0, 3).equals(Buffer.from([0xff, 0xd8, 0xff]))],
  ["image/gif", (bytes) => /^GIF8[79]a/.test(bytes.toString("latin1", 0, 6))],
  ["image/webp", (bytes) => /^RIFF[^]{4}WEBP/.test(bytes.toString("latin1", 0, 12))],
  ["application/pdf", (bytes) => bytes.toString("latin1", 0, 5) === "%PDF-"]
]

/**
 * Reads a file as a part of a user message: PNG, JPEG, GIF, WebP and PDF as files, UTF-8 text as text under its name.
 * Fails with `Attachment` when the file can't be read, is empty, or is neither.
 */
export const read = Effect.fn("Attachment.read")(function*(path: string) {
  const fs = yield* FileSystem.FileSystem
  const fileName = (yield* Path.Path).basename(path)
  const data = yield* fs.readFile(path).pipe(
    Effect.mapError((error) =>
      new CliError({
        reason: "Attachment",
        message: error._tag === "SystemError" && error.reason === "NotFound"
          ? `--file ${path}: there is no such file.`
          : error.message.includes("EISDIR")
          ? `--file ${path} is a directory.`
          : `--file ${path} can't be read: ${error.message}`,
        hint: "Check the path and its permissions."
      })
    )
  )
  if (data.length === 0) {
    return yield* new CliError({ reason: "Attachment", message: `--file ${path} is empty.`, hint: "Leave it out." })
  }
  const found = signatures.find(([, matches]) => matches(Buffer.from(data.buffer, data.byteOffset, data.length)))
  if (found !== undefined) return Prompt.filePart({ mediaType: found[0], fileName, data })

  const text = yield* Effect.try({
    try: () => new TextDecoder("utf-8", { fatal: true }).decode(data),
    catch: () => notText(path)
  })
  if (text.includes("\0")) return yield* notText(path)
  return Prompt.textPart({ text: `<file name=${JSON.stringify(fileName)}>\n${text}\n</file>` })
})

/** What the user should know about the files that they attach: to name one is to allow it. */
export const notices = Effect.fn("Attachment.notices")(function*(files: ReadonlyArray<string>) {
  const path = yield* Path.Path
  const places = yield* SensitiveFiles.places(yield* Places.own)
  const real = (file: string) => Effect.orElseSucceed(Paths.realPath(path.resolve(file)), () => path.resolve(file))
  const secret = yield* Effect.filter(
    files,
    (file) => Effect.map(real(file), (file) => SensitiveFiles.mayHoldSecrets(file, places))
  )
  return secret.map((file) => `${file} may hold secrets: it is sent to the model, because --file names it`)
})

const notText = (path: string) =>
  new CliError({
    reason: "Attachment",
    message: `--file ${path} is neither UTF-8 text nor PNG, JPEG, GIF, WebP or PDF.`,
    hint: "Convert it first."
  })
