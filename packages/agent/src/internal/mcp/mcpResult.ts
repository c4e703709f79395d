/** What an MCP tool answers, as one of ours would. */
import * as MediaType from "@altimate-code/system/MediaType"
import type { CallToolResult, ContentBlock } from "@modelcontextprotocol/sdk/types.js"
import * as AttachmentLimits from "../../AttachmentLimits.ts"
import type { ToolOutput } from "../../ToolCall.ts"
import { inMiddle, plural } from "../tools/defineTool.ts"

type Limits = AttachmentLimits.Limits

type Piece = ToolOutput["content"][number]

const text = (text: string): Piece => ({ type: "text", text })

/** What it is, is decided by its bytes: servers are mistaken about the media types of their pictures. */
const file = (declared: string, data: string, what: string, limits: Limits): Piece => {
  const bytes = Buffer.from(data, "base64")
  const mediaType = MediaType.of(bytes)
  if (mediaType === undefined) return text(`(${what} of type ${declared}, which can't be shown)`)
  const problem = AttachmentLimits.problem(bytes, limits)
  return problem === undefined
    ? { type: "file", mediaType, data: bytes.toString("base64") }
    : text(`(${what} was left out: ${problem.why}. ${problem.remedy})`)
}

const piece = (block: ContentBlock, limits: Limits): Piece => {
  switch (block.type) {
    case "text":
      return text(block.text)
    case "image":
      return file(block.mimeType, block.data, "an image", limits)
    case "audio":
      return file(block.mimeType, block.data, "audio", limits)
    case "resource_link":
      return text(`${block.title ?? block.name}: ${block.uri}`)
    case "resource":
      return "text" in block.resource
        ? text(`${block.resource.uri}:\n${block.resource.text}`)
        : file(block.resource.mimeType ?? "application/octet-stream", block.resource.blob, block.resource.uri, limits)
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

export const mcpResult = (result: CallToolResult, limits: Limits): ToolOutput => {
  const pieces = result.content.map((block) => piece(block, limits))
  const content = pieces.length > 0
    ? pieces
    : [text(result.structuredContent === undefined ? "(no output)" : JSON.stringify(result.structuredContent))]
  const files = content.filter(({ type }) => type === "file").length
  return {
    content: shortened(content),
    summary: files === 0 ? plural(lines(content), "line") : plural(files, "file")
  }
}
