/** Converts images and documents to content blocks. */
import * as Cut from "@altimate-code/system/Cut"
import * as Image from "@altimate-code/system/Image"
import * as MediaType from "@altimate-code/system/MediaType"
import type { DocumentBlock, DocumentFormat, ImageBlock, ImageFormat } from "@aws-sdk/client-bedrock-runtime"
import * as Either from "effect/Either"
import * as Encoding from "effect/Encoding"
import { attachmentLimits } from "../../../AttachmentLimits.ts"

export interface File {
  readonly mediaType: string
  readonly fileName?: string | undefined
  readonly data: string | Uint8Array | URL
}

/** A block that is valid both in user messages and in tool results. */
export type FileBlock =
  | { readonly image: ImageBlock; readonly document?: never; readonly text?: never }
  | { readonly document: DocumentBlock; readonly image?: never; readonly text?: never }
  | { readonly text: string; readonly image?: never; readonly document?: never }

const imageFormats = {
  "image/png": "png",
  "image/jpeg": "jpeg",
  "image/gif": "gif",
  "image/webp": "webp"
} as const satisfies { readonly [type: string]: ImageFormat }

const documentFormats: { readonly [type: string]: DocumentFormat } = {
  "text/csv": "csv",
  "application/msword": "doc",
  "application/vnd.openxmlformats-officedocument.wordprocessingml.document": "docx",
  "application/vnd.ms-excel": "xls",
  "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet": "xlsx",
  "text/html": "html",
  "text/markdown": "md",
  "application/json": "txt"
}

const documentFormat = (mediaType: string): DocumentFormat | undefined =>
  documentFormats[mediaType] ?? (mediaType.startsWith("text/") ? "txt" : undefined)

/**
 * Converts a file to a content block. A file that Bedrock would refuse becomes a line of text, because it would make this request and all later
 * ones fail. The type is detected from the bytes, or else taken from the media type. The document's name is added to `names`, those used in this
 * request so far, because Bedrock refuses duplicates.
 */
export const toBlock = (file: File, names: Set<string>): FileBlock => {
  const declared = file.mediaType.split(";")[0]!.trim().toLowerCase()
  const block = Either.flatMap(decode(file.data), (bytes): Either.Either<FileBlock, string> => {
    if (bytes.length === 0) return Either.left("it is empty")
    const type = MediaType.of(bytes)
    if (type === "application/pdf") return document(file.fileName, "pdf", bytes, names)
    if (type !== undefined) return image(imageFormats[type], bytes)
    const format = documentFormat(declared)
    return format === undefined
      ? Either.left(
        `its content is not an image, PDF or text that the model accepts (${JSON.stringify(Cut.head(declared, 100))})`
      )
      : document(file.fileName, format, bytes, names)
  })
  return Either.getOrElse(block, (why) => ({ text: omissionText("file", file.fileName, why) }))
}

const image = (format: ImageFormat, bytes: Uint8Array): Either.Either<FileBlock, string> => {
  const problem = Image.findProblem(bytes, attachmentLimits.image)
  return problem === undefined ? Either.right({ image: { format, source: { bytes } } }) : Either.left(problem.why)
}

const formatCount = (value: number): string => value.toLocaleString("en-US")

const document = (
  fileName: string | undefined,
  format: DocumentFormat,
  bytes: Uint8Array,
  names: Set<string>
): Either.Either<FileBlock, string> =>
  bytes.length > attachmentLimits.documentBytes
    ? Either.left(
      `it has ${formatCount(bytes.length)} bytes, and the maximum is ${formatCount(attachmentLimits.documentBytes)}`
    )
    : Either.right({ document: { format, name: makeUniqueName(fileName, names), source: { bytes } } })

/** The line of text that replaces an attachment. */
export const omissionText = (kind: "file" | "image" | "document", name: string | undefined, why: string): string => {
  const what = name === undefined
    ? `${kind === "image" ? "An" : "A"} ${kind}`
    : `The ${kind} ${JSON.stringify(Cut.head(name, 200))}`
  return `(${what} was left out of this request: ${why}.)`
}

const decode = (data: File["data"]): Either.Either<Uint8Array, string> => {
  if (data instanceof Uint8Array) return Either.right(data)
  const text = data instanceof URL ? data.href : data
  if (/^[a-z][a-z0-9+.-]*:\/\//i.test(text)) return Either.left("it is a URL without content")
  const dataUrl = /^data:[^,]*?(;base64)?,(.*)$/is.exec(text)
  const decoded = dataUrl === null || dataUrl[1] !== undefined
    ? Encoding.decodeBase64((dataUrl?.[2] ?? text).replace(/\s/g, ""))
    : Either.map(Encoding.decodeUriComponent(dataUrl[2]!), (decoded) => new TextEncoder().encode(decoded))
  return Either.mapLeft(decoded, () => "it is not valid base64")
}

/**
 * Bedrock allows up to 200 ASCII letters, digits, single spaces, hyphens, parentheses and square brackets. The extension is removed, because dots
 * are not allowed.
 */
const makeUniqueName = (fileName: string | undefined, names: Set<string>): string => {
  const stem = (fileName ?? "").replace(/\.[^.]*$/, "")
  const name = stem.replace(/[^a-zA-Z0-9\-()[\]]+/g, " ").trim().slice(0, 190).trim() || "document"
  let unique = name
  for (let n = 2; names.has(unique); n++) unique = `${name} (${n})`
  names.add(unique)
  return unique
}
