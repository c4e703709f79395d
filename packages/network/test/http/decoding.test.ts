import { assert, describe, it } from "@effect/vitest"
import { PassThrough, Readable, type Transform } from "node:stream"
import * as Zlib from "node:zlib"
import { decode } from "../../src/internal/http/decoding.ts"
import { NetworkError } from "../../src/NetworkError.ts"

const text = JSON.stringify({ message: "größer", filler: "lorem ipsum ".repeat(50) })

/** A response whose body arrives in these pieces. */
const decoded = (encoding: string, pieces: Iterable<Uint8Array> | Readable) => {
  const body = pieces instanceof Readable ? pieces : Readable.from(pieces, { objectMode: false })
  const response = { headers: { "content-encoding": encoding, "content-length": "1", "x-other": "o" }, body }
  decode(response)
  return response as { readonly headers: Readonly<Record<string, string>>; readonly body: Readable }
}

/** What can be read of a body until it ends or fails. */
const read = async (body: Readable) => {
  const chunks: Array<Buffer> = []
  const error = await new Promise<unknown>((resolve) => {
    body.on("data", (chunk: Buffer) => chunks.push(chunk)).on("error", resolve).on("end", () => resolve(undefined))
  })
  return { text: Buffer.concat(chunks).toString(), error }
}

const bytewise = (bytes: Buffer) => Array.from(bytes, (_, at) => bytes.subarray(at, at + 1))

type Encoding = readonly [name: string, encoding: string, (text: string | Buffer) => Buffer, () => Transform]

const encodings: ReadonlyArray<Encoding> = [
  ["gzip", "gzip", Zlib.gzipSync, Zlib.createGzip],
  ["deflate", "deflate", Zlib.deflateSync, Zlib.createDeflate],
  ["deflate without zlib's wrapper", "deflate", Zlib.deflateRawSync, Zlib.createDeflateRaw],
  ["Brotli", "br", Zlib.brotliCompressSync, Zlib.createBrotliCompress]
]

const otherNames: ReadonlyArray<Encoding> = [
  ["gzip's old name", "x-gzip", Zlib.gzipSync, Zlib.createGzip],
  ["capitals", " GZIP ", Zlib.gzipSync, Zlib.createGzip]
]

describe("a compressed response", () => {
  for (const [name, encoding, compress] of [...encodings, ...otherNames]) {
    it(`is decoded, and its headers are corrected (${name})`, async () => {
      for (const content of [text, "{}", ""]) {
        for (const pieces of [[compress(content)], bytewise(compress(content))]) {
          const { body, headers } = decoded(encoding, pieces)
          assert.deepStrictEqual(headers, { "x-other": "o" })
          assert.deepStrictEqual(await read(body), { text: content, error: undefined })
        }
      }
    })
  }

  it("is decoded layer by layer", async () => {
    const body = Zlib.brotliCompressSync(Zlib.gzipSync(text))
    assert.strictEqual((await read(decoded("identity, gzip,br, aws-chunked", [body]).body)).text, text)
  })

  for (const [name, encoding, compress, compressor] of encodings) {
    it(`is decoded as it arrives, without waiting for more (${name})`, async () => {
      const source = compressor()
      const { body } = decoded(encoding, source.pipe(new PassThrough()))
      for (const piece of ["the first piece", "2", "and a third one"]) {
        const next = new Promise<Buffer>((resolve) => body.once("data", resolve))
        source.write(piece)
        ;(source as Zlib.Gzip).flush()
        assert.strictEqual((await next).toString(), piece)
      }
      body.destroy()
    })

    it(`that is not really compressed is passed on unchanged (${name})`, async () => {
      const frame = Buffer.from([0, 0, 0, 180, 0, 0, 0, 82, 1, 2, 3, 4, ...Buffer.from(":event-type")])
      for (const content of [text, "<html>", "{}", "", "a", "no", "\ufeff{\"größe\":1}", frame.toString("latin1")]) {
        const bytes = Buffer.from(content, content === frame.toString("latin1") ? "latin1" : "utf8")
        for (const pieces of [[bytes], bytewise(bytes)]) {
          // A single letter may be an empty body in Brotli.
          if (content === "a" && compress !== Zlib.gzipSync) continue
          assert.deepStrictEqual(await read(decoded(encoding, pieces).body), {
            text: bytes.toString(),
            error: undefined
          })
        }
      }
    })

    it(`that is cut off or damaged ends with an error, after everything that could be read (${name})`, async () => {
      const whole = compress(Buffer.concat(Array.from({ length: 4000 }, (_, i) => Buffer.from(`line ${i * 7919}\n`))))
      const cut = await read(decoded(encoding, [whole.subarray(0, -20)]).body)
      assert.isTrue(cut.text.startsWith("line 0\nline 7919\n"))
      assert.instanceOf(cut.error, NetworkError)
      assert.include(String(cut.error), `the ${encoding} compression of the response is cut off`)
      const damaged = await read(decoded(encoding, [whole.fill(0xff, 3000, 3100)]).body)
      // Brotli has no checksum, so damaged data may look cut off.
      assert.match(
        String(damaged.error),
        new RegExp(`the ${encoding} compression of the response is (damaged|cut off)`)
      )
    })
  }

  it("with a wrong checksum is an error", async () => {
    const whole = Zlib.gzipSync(text)
    whole[whole.length - 6]! ^= 1
    assert.include(String((await read(decoded("gzip", [whole]).body)).error), "damaged")
  })

  it("may have several members, and padding at its end", async () => {
    const { error, text: read_ } = await read(
      decoded("gzip", [Zlib.gzipSync("one "), Zlib.gzipSync("two"), Buffer.alloc(100), Buffer.alloc(100)])
        .body
    )
    assert.deepStrictEqual([read_, error], ["one two", undefined])
  })

  it("that is cut off yields what has arrived, then the failure", async () => {
    const source = new PassThrough()
    const compressor = Zlib.createGzip()
    compressor.on("data", (chunk: Buffer) => source.write(chunk))
    const { body } = decoded("gzip", source)
    const outcome = read(body)
    compressor.write(text)
    await new Promise<void>((resolve) => compressor.flush(resolve))
    source.destroy(new Error("reset"))
    const { error, text: came } = await outcome
    assert.strictEqual(came, text)
    assert.strictEqual(String(error), "Error: reset")
  })

  it("that expands a thousandfold uses no more memory than is read of it", async () => {
    const params = { [Zlib.constants.BROTLI_PARAM_QUALITY]: 1 }
    const bomb = Zlib.brotliCompressSync(Buffer.alloc(64 * 1024 * 1024), { params })
    const source = Readable.from([bomb], { objectMode: false })
    const { body } = decoded("br", source)
    let length = 0
    for await (const chunk of body) {
      length += (chunk as Buffer).length
      assert.isBelow(body.readableLength, 1024 * 1024)
      if (length > 1024 * 1024) break
    }
    assert.isTrue(body.destroyed)
    await new Promise((resolve) => setImmediate(resolve))
    assert.isTrue(source.destroyed)
  })
})

describe("an unknown coding", () => {
  it("is passed on with its name, including the encodings inside it", async () => {
    const bytes = Buffer.from([1, 2, 3])
    const { body, headers } = decoded("gzip, X-Own", [bytes])
    assert.deepStrictEqual(headers, { "content-encoding": "gzip, x-own", "content-length": "1", "x-other": "o" })
    assert.strictEqual((await read(body)).text, "\u0001\u0002\u0003")
    const { headers: below } = decoded("x-own, gzip", [Zlib.gzipSync(bytes)])
    assert.strictEqual(below["content-encoding"], "x-own")
  })
})
