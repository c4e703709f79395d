/** Converts citations to source parts. Pure. */
import type { CitationsDelta, DocumentFormat, Message } from "@aws-sdk/client-bedrock-runtime"
import type * as Response from "@effect/ai/Response"
import type { CitationMetadata } from "../../../parts/ResponseMetadata.ts"
import { providerMetadata } from "./metadata.ts"

/** A document of the request. Citations refer to it by its position among all documents of the request. */
export interface CitedDocument {
  readonly name: string
  readonly mediaType: string
}

const mediaTypes: Readonly<Record<DocumentFormat, string>> = {
  csv: "text/csv",
  doc: "application/msword",
  docx: "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
  html: "text/html",
  md: "text/markdown",
  pdf: "application/pdf",
  txt: "text/plain",
  xls: "application/vnd.ms-excel",
  xlsx: "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
}

/** The documents of a request, including those in tool results, in order. */
export const listDocuments = (messages: ReadonlyArray<Message>): ReadonlyArray<CitedDocument> =>
  messages.flatMap(({ content = [] }) => content.flatMap((block) => [block, ...block.toolResult?.content ?? []]))
    .flatMap(({ document }) =>
      document === undefined
        ? []
        : [{ name: document.name ?? "", mediaType: mediaTypes[document.format ?? "txt"] ?? mediaTypes.txt }]
    )

type Source = Response.DocumentSourcePartEncoded | Response.UrlSourcePartEncoded

/** `index` counts the citations of an answer. */
export const toSource = (citation: CitationsDelta, index: number, documents: ReadonlyArray<CitedDocument>): Source => {
  const { location, source, sourceContent, title } = citation
  const citedText = (sourceContent ?? []).map(({ text }) => text ?? "").join("")
  const data: CitationMetadata = {
    ...(citedText !== "" && { citedText }),
    ...(source !== undefined && { source }),
    ...(location !== undefined && { location: location as NonNullable<CitationMetadata["location"]> })
  }
  const part = { type: "source", id: `citation-${index}`, metadata: providerMetadata(data) } as const
  // `@effect/ai` refuses a whole answer with an invalid URL.
  const url = [location?.web?.url, source].find((text) =>
    text !== undefined && /^https?:/i.test(text) && URL.canParse(text)
  )
  if (url !== undefined) return { ...part, sourceType: "url", url, title: title ?? location?.web?.domain ?? url }
  const at = (location?.documentChar ?? location?.documentPage ?? location?.documentChunk)?.documentIndex
  const document = at === undefined ? undefined : documents[at]
  return {
    ...part,
    sourceType: "document",
    mediaType: document?.mediaType ?? mediaTypes.txt,
    title: title ?? document?.name ?? source ?? ""
  }
}
