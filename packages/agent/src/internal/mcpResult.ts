/** What an MCP tool answers, as one of ours would. */
import type { CallToolResult, ContentBlock } from "@modelcontextprotocol/sdk/types.js"
import type { ToolOutput } from "../ToolCall.ts"
import { inMiddle, plural } from "./tool.ts"

type Piece = ToolOutput["content"][number]

/** What models take as files. */
const isKnown = (mediaType: string): boolean => /^(?:image\/(?:png|jpeg|gif|webp)|application\/pdf)$/.test(mediaType)

const text = (text: string): Piece => ({ type: "text", text })

const file = (mediaType: string, data: string, what: string): Piece =>
  isKnown(mediaType) ? { type: "file", mediaType, data } : text(`(${what} of type ${mediaType}, which can't be shown)`)

const piece = (block: ContentBlock): Piece => {
  switch (block.type) {
    case "text":
      return text(block.text)
    case "image":
      return file(block.mimeType, block.data, "an image")
    case "audio":
      return file(block.mimeType, block.data, "audio")
    case "resource_link":
      return text(`${block.title ?? block.name}: ${block.uri}`)
    case "resource":
      return "text" in block.resource
        ? text(`${block.resource.uri}:\n${block.resource.text}`)
        : file(block.resource.mimeType ?? "application/octet-stream", block.resource.blob, block.resource.uri)
  }
}

/** What is told of the texts of an answer, in characters: as much as of a command's output. */
const most = 30_000

/** Texts that are too long together are one text, cut in the middle, before the files. */
const shortened = (pieces: ReadonlyArray<Piece>): ReadonlyArray<Piece> => {
  const texts = pieces.flatMap((piece) => piece.type === "text" ? [piece.text] : [])
  return texts.reduce((all, { length }) => all + length, 0) <= most
    ? pieces
    : [text(inMiddle(texts.join("\n"), most)), ...pieces.filter(({ type }) => type === "file")]
}

const lines = (pieces: ReadonlyArray<Piece>): number =>
  pieces.flatMap((piece) => piece.type === "text" ? piece.text.trimEnd().split("\n") : []).length

export const mcpResult = (result: CallToolResult): ToolOutput => {
  const pieces = result.content.map(piece)
  const content = pieces.length > 0
    ? pieces
    : [text(result.structuredContent === undefined ? "(no output)" : JSON.stringify(result.structuredContent))]
  const files = content.filter(({ type }) => type === "file").length
  return {
    content: shortened(content),
    summary: files === 0 ? plural(lines(content), "line") : plural(files, "file")
  }
}
