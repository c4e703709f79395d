import { assert, describe, it } from "@effect/vitest"
import { mcpResult } from "../src/internal/mcpResult.ts"

const text = (text: string) => ({ type: "text", text }) as const
const image = { type: "image", data: "iVBORw0KGgo=", mimeType: "image/png" } as const

describe("What a server's tool answers", () => {
  it("is cut in the middle when its texts are too long together, and says by how much", () => {
    const { content, summary } = mcpResult({
      content: [text(`begin ${"x".repeat(20_000)}`), image, text(`${"🙂".repeat(10_000)} end`)]
    })
    assert.deepStrictEqual(content.map(({ type }) => type), ["text", "file"])
    const [piece] = content
    const shown = piece?.type === "text" ? piece.text : ""
    assert.isBelow(shown.length, 30_100)
    assert.match(shown, /^begin x+\n\n… \d+ characters are left out …\n\n🙂+ end$/u)
    assert.notMatch(shown, /\p{Cs}/u)
    assert.strictEqual(summary, "1 file")
  })

  it("stays as it is when it is short enough", () => {
    const { content } = mcpResult({ content: [text("x".repeat(15_000)), image, text("y".repeat(15_000))] })
    assert.deepStrictEqual(content.map(({ type }) => type), ["text", "file", "text"])
  })

  it("is cut as structured data too", () => {
    const [piece] = mcpResult({ content: [], structuredContent: { a: "x".repeat(40_000) } }).content
    assert.isBelow(piece?.type === "text" ? piece.text.length : Infinity, 30_100)
  })
})
