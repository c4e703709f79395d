import { assert, describe, it } from "@effect/vitest"
import { jpeg, png } from "../../../../test/pictures.ts"
import { convertResult } from "../../src/internal/mcp/mcpResult.ts"

const limits = { image: { bytes: 1000, side: 100 }, images: 20, documentBytes: 1000 }
const base64 = (bytes: Buffer) => bytes.toString("base64")
const text = (text: string) => ({ type: "text", text }) as const
const image = { type: "image", data: base64(png()), mimeType: "image/png" } as const

describe("The result of a server's tool", () => {
  it("is cut in the middle if its texts are too long, with the number of characters left out", () => {
    const { content, summary } = convertResult({
      content: [text(`begin ${"x".repeat(20_000)}`), image, text(`${"🙂".repeat(10_000)} end`)]
    }, limits)
    assert.deepStrictEqual(content.map(({ type }) => type), ["text", "file"])
    const [piece] = content
    const shown = piece?.type === "text" ? piece.text : ""
    assert.isBelow(shown.length, 30_100)
    assert.match(shown, /^begin x+\n\n… \d+ characters left out …\n\n🙂+ end$/u)
    assert.notMatch(shown, /\p{Cs}/u)
    assert.strictEqual(summary, "1 file")
  })

  it("stays unchanged if it is short", () => {
    const { content } = convertResult({ content: [text("x".repeat(15_000)), image, text("y".repeat(15_000))] }, limits)
    assert.deepStrictEqual(content.map(({ type }) => type), ["text", "file", "text"])
  })

  it("is also cut if it is structured data", () => {
    const [piece] = convertResult({ content: [], structuredContent: { a: "x".repeat(40_000) } }, limits).content
    assert.isBelow(piece?.type === "text" ? piece.text.length : Infinity, 30_100)
  })

  it("detects file types from the bytes and describes files that can't be attached", () => {
    const pieceOf = (data: Buffer, mimeType = "image/png") => {
      const [piece] = convertResult({ content: [{ type: "image", data: base64(data), mimeType }] }, limits).content
      return piece?.type === "text" ? piece.text : piece?.mediaType
    }
    assert.strictEqual(pieceOf(jpeg), "image/jpeg")
    assert.strictEqual(pieceOf(png(), "application/octet-stream"), "image/png")
    assert.strictEqual(
      pieceOf(png(101, 1)),
      "(an image was left out: it is 101 × 1 pixels; at most 100 per side are allowed. Make a smaller copy first.)"
    )
    assert.include(pieceOf(png(1, 1, 1000)), "the limit is 1,000 bytes. Make a smaller copy first.")
    assert.include(pieceOf(png().subarray(0, -1)), "it is truncated. The file is damaged")
    assert.include(pieceOf(Buffer.concat([Buffer.from("%PDF-1.7"), Buffer.alloc(1000)])), "extract its text")
    assert.strictEqual(
      pieceOf(Buffer.from("<svg/>"), "image/svg+xml"),
      "(an image of type image/svg+xml, which is not supported)"
    )
  })
})
