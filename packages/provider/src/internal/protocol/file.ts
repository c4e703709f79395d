/** Images and documents of a prompt, as Bedrock takes them. */
import type { DocumentBlock, DocumentFormat, ImageBlock, ImageFormat } from "@aws-sdk/client-bedrock-runtime"
import type * as AiError from "@effect/ai/AiError"
import * as Either from "effect/Either"
import * as Encoding from "effect/Encoding"
import { malformedInput } from "./malformed.ts"

export interface File {
  readonly mediaType: string
  readonly fileName?: string | undefined
  readonly data: string | Uint8Array | URL
}

/** Either kind of content block; both are valid in a user message and in a tool's result. */
export type FileBlock =
  | { readonly image: ImageBlock; readonly document?: never }
  | { readonly document: DocumentBlock; readonly image?: never }

const imageFormats: Readonly<Record<string, ImageFormat>> = {
  "image/png": "png",
  "image/jpeg": "jpeg",
  "image/jpg": "jpeg",
  "image/gif": "gif",
  "image/webp": "webp"
}

const documentFormats: Readonly<Record<string, DocumentFormat>> = {
  "application/pdf": "pdf",
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
 * The content block of a file. `names` holds the document names of this request so far: Bedrock refuses a request in
 * which two are equal, so the new one is made different and added.
 */
export const toBlock = (file: File, names: Set<string>): Either.Either<FileBlock, AiError.MalformedInput> => {
  const mediaType = file.mediaType.split(";")[0]!.trim().toLowerCase()
  const called = file.fileName === undefined ? "a file" : `"${file.fileName}"`
  const image = imageFormats[mediaType]
  const document = documentFormat(mediaType)
  if (image === undefined && document === undefined) {
    return Either.left(malformedInput(
      `${called} is ${mediaType}, which Bedrock doesn't take: `
        + "png, jpeg, gif, webp, pdf, csv, doc, docx, xls, xlsx, html, md and other text are possible"
    ))
  }
  return Either.flatMap(bytes(file.data, called), (data) => {
    if (data.length === 0) return Either.left(malformedInput(`${called} is empty`))
    return Either.right(
      image === undefined
        ? { document: { format: document, name: uniqueName(file.fileName, names), source: { bytes: data } } }
        : { image: { format: image, source: { bytes: data } } }
    )
  })
}

const bytes = (data: File["data"], called: string): Either.Either<Uint8Array, AiError.MalformedInput> => {
  if (data instanceof Uint8Array) return Either.right(data)
  const text = data instanceof URL ? data.href : data
  if (/^[a-z][a-z0-9+.-]*:\/\//i.test(text)) {
    return Either.left(
      malformedInput(`${called} is given by its address; Bedrock takes only its content: read it first`)
    )
  }
  const dataUrl = /^data:[^,]*?(;base64)?,(.*)$/is.exec(text)
  const decoded = dataUrl === null || dataUrl[1] !== undefined
    ? Encoding.decodeBase64((dataUrl?.[2] ?? text).replace(/\s/g, ""))
    : Either.map(Encoding.decodeUriComponent(dataUrl[2]!), (decoded) => new TextEncoder().encode(decoded))
  return Either.mapLeft(decoded, () => malformedInput(`${called} is not valid base64`))
}

/**
 * Bedrock allows ASCII letters, digits, single spaces, hyphens, parentheses and square brackets, at most 200 of them;
 * a dot is not among them, so an extension goes.
 */
const uniqueName = (fileName: string | undefined, names: Set<string>): string => {
  const stem = (fileName ?? "").replace(/\.[^.]*$/, "")
  const name = stem.replace(/[^a-zA-Z0-9\-()[\]]+/g, " ").trim().slice(0, 190).trim() || "document"
  let unique = name
  for (let n = 2; names.has(unique); n++) unique = `${name} (${n})`
  names.add(unique)
  return unique
}
