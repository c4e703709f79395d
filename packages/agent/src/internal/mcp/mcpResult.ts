/** Converts the result of an MCP tool. */
import * as MediaType from "@altimate-code/system/MediaType"
import type { CallToolResult, ContentBlock } from "@modelcontextprotocol/sdk/types.js"
import * as AttachmentLimits from "../../AttachmentLimits.ts"
import type { ToolOutput } from "../../tools/ToolCall.ts"
import { cutMiddle, plural } from "../tools/defineTool.ts"

type Limits = AttachmentLimits.Limits

type Piece = ToolOutput["content"][number]

const text = (text: string): Piece => ({ type: "text", text })

/** Detects the media type from the bytes, because servers declare wrong types for images. */
const toFile = (declared: string, data: string, name: string, limits: Limits): Piece => {
  const bytes = Buffer.from(data, "base64")
  const mediaType = MediaType.of(bytes)
  if (mediaType === undefined) return text(`(${name} of type ${declared}, which is not supported)`)
  const problem = AttachmentLimits.findProblem(bytes, limits)
  return problem === undefined
    ? { type: "file", mediaType, data: bytes.toString("base64") }
    : text(`(${name} was left out: ${problem.why}. ${problem.remedy})`)
}

const toPiece = (block: ContentBlock, limits: Limits): Piece => {
  switch (block.type) {
    case "text":
      return text(block.text)
    case "image":
      return toFile(block.mimeType, block.data, "an image", limits)
    case "audio":
      return toFile(block.mimeType, block.data, "audio", limits)
    case "resource_link":
      return text(`${block.title ?? block.name}: ${block.uri}`)
    case "resource":
      return "text" in block.resource
        ? text(`${block.resource.uri}:\n${block.resource.text}`)
        : toFile(block.resource.mimeType ?? "application/octet-stream", block.resource.blob, block.resource.uri, limits)
  }
}

/** Maximum length of a result's text in characters, the same as for the output of commands. */
const maxTextLength = 30_000

/** If the texts together are too long, joins them and cuts the middle; files follow. */
const shorten = (pieces: ReadonlyArray<Piece>): ReadonlyArray<Piece> => {
  const texts = pieces.flatMap((piece) => piece.type === "text" ? [piece.text] : [])
  return texts.reduce((all, { length }) => all + length, 0) <= maxTextLength
    ? pieces
    : [text(cutMiddle(texts.join("\n"), maxTextLength)), ...pieces.filter(({ type }) => type === "file")]
}

const countLines = (pieces: ReadonlyArray<Piece>): number =>
  pieces.flatMap((piece) => piece.type === "text" ? piece.text.trimEnd().split("\n") : []).length

export const convertResult = (result: CallToolResult, limits: Limits): ToolOutput => {
  const pieces = result.content.map((block) => toPiece(block, limits))
  const content = pieces.length > 0
    ? pieces
    : [text(result.structuredContent === undefined ? "(no output)" : JSON.stringify(result.structuredContent))]
  const files = content.filter(({ type }) => type === "file").length
  return {
    content: shorten(content),
    summary: files === 0 ? plural(countLines(content), "line") : plural(files, "file")
  }
}
