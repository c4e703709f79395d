import { assert, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as Schema from "effect/Schema"
import { gif, jpeg, png, webp } from "../../../../test/pictures.ts"
import { type File, toBlock } from "../../src/internal/protocol/prompt/file.ts"

const pdf = Buffer.from("%PDF-1.7")
const block = (file: Partial<File>, names = new Set<string>()) =>
  toBlock({ mediaType: "application/pdf", data: pdf, ...file }, names)
const line = (file: Partial<File>) =>
  block({ mediaType: "image/png", ...file }).text ?? assert.fail("the file was taken")

const format = (mediaType: string, data: File["data"] = Buffer.from("text")) => {
  const { document, image } = block({ mediaType, data })
  return image?.format ?? document?.format
}

const source = (data: File["data"], mediaType = "text/plain") => {
  const bytes = block({ data, mediaType }).document?.source?.bytes
  return bytes && new Uint8Array(bytes)
}
const bytes = new Uint8Array([1, 2, 3])

describe("a file in a prompt", () => {
  it("is recognized by its bytes, whatever its media type", () => {
    for (const mediaType of ["image/png", "image/jpg", "IMAGE/GIF", "text/plain", "application/octet-stream"]) {
      assert.deepStrictEqual(
        [png(), jpeg, gif, webp, pdf].map((data) => format(mediaType, data)),
        ["png", "jpeg", "gif", "webp", "pdf"]
      )
    }
  })

  it("is a document according to its media type if its bytes are not recognized", () => {
    assert.deepStrictEqual(
      ["text/csv", "text/html", "text/markdown", "text/plain; charset=utf-8", "text/x-rust", "application/json"].map(
        (mediaType) => format(mediaType)
      ),
      ["csv", "html", "md", "txt", "txt", "txt"]
    )
  })

  it("can be bytes, base64 or a data URL", () => {
    assert.deepStrictEqual(source(bytes), bytes)
    assert.deepStrictEqual(source("AQID"), bytes)
    assert.deepStrictEqual(source("data:text/plain;base64,AQID"), bytes)
    assert.deepStrictEqual(source(new URL("data:text/plain;base64,AQID")), bytes)
    assert.deepStrictEqual(source("data:text/plain,h%C3%A9"), new TextEncoder().encode("hé"))
  })

  it("is replaced with a line of text that gives the reason if Bedrock would refuse it", () => {
    assert.include(line({ data: new URL("https://example.com/a.png"), fileName: "a.png" }), "\"a.png\"")
    assert.include(line({ data: "http://example.com/a.png" }), "a URL without content")
    assert.include(line({ data: "%%%" }), "base64")
    assert.include(line({ data: new Uint8Array() }), "empty")
    assert.include(line({ data: bytes, mediaType: "video/mp4" }), "video/mp4")
    for (const mediaType of ["image/png", "application/pdf"]) {
      assert.include(line({ data: Buffer.from("<html>"), mediaType }), mediaType)
    }
    assert.include(line({ data: png().subarray(0, -1) }), "is truncated")
    assert.include(line({ data: png(8001, 1) }), "8001 × 1 pixels")
    assert.include(line({ data: png(1, 1, 3_750_000) }), "the limit is 3.75 MB")
    assert.include(line({ data: Buffer.concat([pdf, Buffer.alloc(4_500_000)]) }), "the maximum is 4,500,000")
    assert.isDefined(block({ data: png(8000, 1, 3_000_000) }).image)
  })

  it("has its name without the extension and invalid characters", () => {
    assert.strictEqual(block({ fileName: "Q3_report  (final).v2.pdf" }).document?.name, "Q3 report (final) v2")
    assert.strictEqual(block({ fileName: "日本.pdf" }).document?.name, "document")
    assert.strictEqual(block({}).document?.name, "document")
  })

  it.effect.prop(
    "has a valid name that is unique in the request",
    [Schema.Array(Schema.String)],
    ([fileNames]) =>
      Effect.sync(() => {
        const names = new Set<string>()
        for (const fileName of fileNames) {
          const name = block({ fileName }, names).document?.name ?? ""
          assert.match(name, /^[a-zA-Z0-9\-()[\]]+( [a-zA-Z0-9\-()[\]]+)*$/)
          assert.isAtMost(name.length, 200)
        }
        assert.strictEqual(names.size, fileNames.length)
      })
  )
})
