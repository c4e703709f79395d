import { assert, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as Either from "effect/Either"
import * as Schema from "effect/Schema"
import { type File, toBlock } from "../src/internal/protocol/file.ts"

const bytes = new Uint8Array([1, 2, 3])
const block = (file: Partial<File>, names = new Set<string>()) =>
  Either.getOrThrowWith(
    toBlock({ mediaType: "application/pdf", data: bytes, ...file }, names),
    (error) => new Error(error.description)
  )
const refusal = (file: Partial<File>) =>
  Either.match(toBlock({ mediaType: "image/png", data: bytes, ...file }, new Set()), {
    onLeft: (error) => error.description ?? "",
    onRight: () => assert.fail("the file was taken")
  })

const format = (mediaType: string) => {
  const { document, image } = block({ mediaType })
  return image?.format ?? document?.format
}

const source = (data: File["data"]) => block({ data }).document?.source?.bytes

describe("a file of a prompt", () => {
  it("is an image or a document by its media type", () => {
    assert.deepStrictEqual(
      ["image/png", "image/jpeg", "image/jpg", "IMAGE/GIF", "image/webp"].map(format),
      ["png", "jpeg", "jpeg", "gif", "webp"]
    )
    assert.deepStrictEqual(
      ["application/pdf", "text/csv", "text/html", "text/markdown", "text/plain; charset=utf-8", "text/x-rust"].map(
        format
      ),
      ["pdf", "csv", "html", "md", "txt", "txt"]
    )
  })

  it("may be bytes, base64 or a data URL", () => {
    assert.deepStrictEqual(source(bytes), bytes)
    assert.deepStrictEqual(source("AQID"), bytes)
    assert.deepStrictEqual(source("data:application/pdf;base64,AQID"), bytes)
    assert.deepStrictEqual(source(new URL("data:application/pdf;base64,AQID")), bytes)
    assert.deepStrictEqual(source("data:text/plain,h%C3%A9"), new TextEncoder().encode("hé"))
  })

  it("is refused when it is only an address, not base64, empty, or of a kind that Bedrock doesn't take", () => {
    assert.include(refusal({ data: new URL("https://example.com/a.png"), fileName: "a.png" }), "read it first")
    assert.include(refusal({ data: "http://example.com/a.png" }), "read it first")
    assert.include(refusal({ data: "%%%" }), "base64")
    assert.include(refusal({ data: new Uint8Array() }), "empty")
    assert.include(refusal({ mediaType: "video/mp4" }), "video/mp4")
  })

  it("keeps as much of its name as Bedrock allows, without the extension", () => {
    assert.strictEqual(block({ fileName: "Q3_report  (final).v2.pdf" }).document?.name, "Q3 report (final) v2")
    assert.strictEqual(block({ fileName: "日本.pdf" }).document?.name, "document")
    assert.strictEqual(block({}).document?.name, "document")
  })

  it.effect.prop(
    "has a name in Bedrock's alphabet that no other document of the request has",
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
