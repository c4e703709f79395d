import { assert, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as Either from "effect/Either"
import * as Schema from "effect/Schema"
import { chunk, gif, header, jpeg, png, pngStart, webp, webpLossless } from "../../../test/pictures.ts"
import * as Image from "../src/Image.ts"
import * as MediaType from "../src/MediaType.ts"

const broken = (...parts: ReadonlyArray<Uint8Array>) =>
  Either.match(Image.inspect(Buffer.concat(parts)), {
    onLeft: (problem) => problem,
    onRight: () => assert.fail("it was taken for a whole image")
  })
const size = (bytes: Uint8Array) => Either.getOrThrow(Image.inspect(bytes))

const ihdr = chunk("IHDR", header(1, 1))
const idat = png().subarray(33, -12)
const iend = chunk("IEND", Buffer.alloc(0))

/** Multiplies the number of random cases. */
const runs = Number(process.env["PROPERTY_RUNS"] ?? 1)

describe("The media type", () => {
  it("is detected from the first bytes", () => {
    assert.deepStrictEqual(
      [png(), jpeg, gif, webp, Buffer.from("%PDF-1.7\n")].map(MediaType.of),
      ["image/png", "image/jpeg", "image/gif", "image/webp", "application/pdf"]
    )
    for (const other of ["", "GIF87", "<svg/>", "RIFF....WAVE"]) assert.isUndefined(MediaType.of(Buffer.from(other)))
  })
})

describe("An image", () => {
  it("has a format and a size", () => {
    assert.deepStrictEqual(size(png(300, 7)), { format: "png", width: 300, height: 7 })
    assert.deepStrictEqual(size(jpeg), { format: "jpeg", width: 1, height: 1 })
    assert.deepStrictEqual(size(gif), { format: "gif", width: 1, height: 1 })
    assert.deepStrictEqual(size(webp), { format: "webp", width: 1, height: 1 })
    assert.deepStrictEqual(size(webpLossless), { format: "webp", width: 1, height: 1 })
  })

  it("can be followed by other bytes and have fill bytes between its segments", () => {
    for (const whole of [png(), jpeg, gif, webp]) size(Buffer.concat([whole, Buffer.from("more")]))
    size(Buffer.concat([jpeg.subarray(0, 2), Buffer.from([0xff, 0xff]), jpeg.subarray(2)]))
  })

  it("is broken if it is truncated, at any byte", () => {
    for (const whole of [png(), jpeg, gif, webp, webpLossless]) {
      for (let length = 0; length < whole.length; length++) {
        const cut = Image.inspect(whole.subarray(0, length))
        // A GIF without its trailer still has its whole picture.
        assert.strictEqual(Either.isRight(cut), whole === gif && length === gif.length - 1, `${length} bytes`)
      }
    }
  })

  it("is broken if it has no header, no image data, no size, or a wrong checksum", () => {
    assert.include(broken(pngStart, Buffer.alloc(40)), "header")
    assert.include(broken(pngStart, chunk("IHDR", header(1, 1, [8, 1, 0, 0, 0])), idat, iend), "header")
    assert.include(broken(pngStart, chunk("IHDR", header(1, 1), 7), idat, iend), "checksum of its IHDR")
    assert.include(broken(pngStart, ihdr, iend), "no image data")
    assert.include(broken(pngStart, ihdr, chunk("IDAT", Buffer.from("not deflated")), iend), "no image data")
    assert.include(broken(pngStart, chunk("IHDR", header(1, 1, [8, 3, 0, 0, 0])), idat, iend), "no image data")
    assert.include(broken(pngStart, chunk("IHDR", header(0, 9)), idat, iend), "0 × 9 pixels")
    assert.include(broken(jpeg.subarray(0, 2), jpeg.subarray(-2)), "no image data")
    assert.include(broken(gif.subarray(0, 19), gif.subarray(-1)), "no image data")
    assert.include(broken(Buffer.from("GIF89a"), Buffer.alloc(60)), "damaged")
    assert.include(broken(webp.subarray(0, 23), Buffer.alloc(20)), "header")
    assert.include(broken(Buffer.from("RIFF\u0004\0\0\0WEBP")), "no image data")
    assert.include(broken(Buffer.from("<svg/>")), "not a PNG")
  })

  it.effect.prop(
    "is checked without exceptions, whatever its bytes are",
    [Schema.Uint8ArrayFromSelf],
    ([bytes]) =>
      Effect.sync(() => {
        for (const whole of [png(), jpeg, gif, webp]) {
          for (const at of [4, 8, 12, 20]) {
            Image.inspect(Buffer.concat([whole.subarray(0, at), bytes, whole.subarray(at)]))
          }
        }
      }),
    { fastCheck: { numRuns: 40 * runs } }
  )

  it("can be too large in bytes or on its longer side", () => {
    const limits = { bytes: 1000, side: 100 }
    assert.isUndefined(Image.findProblem(png(100, 100), limits))
    assert.deepStrictEqual(Image.findProblem(png(20, 101), limits), {
      reason: "TooLarge",
      why: "it is 20 × 101 pixels; at most 100 per side are allowed"
    })
    assert.deepStrictEqual(Image.findProblem(png(1, 1, 2000), limits), {
      reason: "TooLarge",
      why: `it is ${png(1, 1, 2000).length.toLocaleString("en-US")} bytes; the limit is 1,000 bytes`
    })
    assert.deepStrictEqual(Image.findProblem(png().subarray(0, -1), limits), {
      reason: "Broken",
      why: "it is truncated"
    })
  })
})
