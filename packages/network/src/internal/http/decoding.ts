/** Decompresses responses. Requests never ask for compression, but some gateways and inspecting proxies compress responses anyway. */
import { type Readable, Transform, type TransformCallback } from "node:stream"
import { NetworkError } from "../../NetworkError.ts"
import { areEnough, type Coding, codings } from "./codings.ts"

/** Header values for a body that is not compressed. `aws-chunked` applies to requests. */
const neutral: ReadonlySet<string> = new Set(["", "identity", "aws-chunked"])

/** More than any gateway applies. */
const maxCodings = 5

const toEncodingError = (name: string, code: unknown): NetworkError =>
  new NetworkError({
    reason: "Encoding",
    message: `the ${name} compression of the response is ${code === "Z_BUF_ERROR" ? "cut off" : "damaged"}`,
    hint:
      "A gateway or proxy compresses responses and damages them. Ask its operators to pass responses through unchanged."
  })

/**
 * Decodes one coding. Emits the content of each chunk before the next one arrives, and loses no buffered data when a response is cut off, unlike
 * a plain pipe.
 */
class Decoding extends Transform {
  readonly #coding: Coding
  #first = Buffer.alloc(0)
  #decoder: Transform | undefined
  #isDecided = false
  #hasEnded = false
  #resume: (() => void) | undefined
  #failure: Error | undefined

  constructor(coding: Coding) {
    super()
    this.#coding = coding
  }

  /** Called if the source fails: emits what has arrived, then the error. */
  failSource(error: Error): void {
    this.#failure ??= error
    this.end()
  }

  override _transform(chunk: Buffer, _: BufferEncoding, done: TransformCallback): void {
    if (this.#isDecided) return this.#decode(chunk, done)
    this.#first = Buffer.concat([this.#first, chunk])
    if (!areEnough(this.#first)) return done()
    this.#decide()
    this.#decode(this.#first, done)
  }

  override _flush(done: TransformCallback): void {
    const failed = () => done(this.#failure ?? null)
    if (this.#isDecided) return this.#finish(failed)
    if (this.#first.length === 0) return failed()
    this.#decide()
    this.#decode(this.#first, () => this.#finish(failed))
  }

  override _read(size: number): void {
    this.#decoder?.resume()
    // oxlint-disable-next-line no-underscore-dangle
    super._read(size)
  }

  override _destroy(error: Error | null, done: (error?: Error | null) => void): void {
    this.#decoder?.destroy()
    done(error)
  }

  #decide(): void {
    this.#isDecided = true
    if (!this.#coding.isUsed(this.#first)) return
    const decoder = this.#coding.decoder(this.#first)
    decoder.on("data", (chunk: Buffer) => {
      if (!this.push(chunk)) decoder.pause()
    })
    decoder.on("error", (error: NodeJS.ErrnoException) => this.destroy(toEncodingError(this.#coding.name, error.code)))
    // Data after the end of the compressed data is ignored.
    decoder.on("end", () => {
      this.#hasEnded = true
      this.#resume?.()
    })
    this.#decoder = decoder
  }

  #decode(chunk: Buffer, done: () => void): void {
    if (this.#decoder === undefined) {
      this.push(chunk)
      return done()
    }
    if (this.#hasEnded) return done()
    // At the end of the compressed data, the decoder does not call back.
    const resume = () => {
      if (this.#resume === resume) {
        this.#resume = undefined
        done()
      }
    }
    this.#resume = resume
    this.#decoder.write(chunk, resume)
  }

  #finish(done: () => void): void {
    const decoder = this.#decoder
    if (decoder === undefined || this.#hasEnded) return done()
    // A decoder that fails discards its buffered data.
    if (decoder.readableLength > 0) return void decoder.once("data", () => setImmediate(() => this.#finish(done)))
    if (this.#failure !== undefined) return done()
    this.#resume = done
    decoder.end()
  }
}

const applyDecoding = (content: Readable, coding: Coding): Readable => {
  const decoding = new Decoding(coding)
  content.once("error", (error) => decoding.failSource(error))
  content.once("close", () => {
    if (!content.readableEnded) decoding.failSource(new Error("aborted"))
  })
  decoding.once("close", () => content.destroy())
  return content.pipe(decoding)
}

interface EncodedResponse {
  headers: Record<string, string>
  body?: Readable
}

/** Decodes the known codings, outermost first. The header then lists only the remaining ones. */
export const decode = (response: EncodedResponse): void => {
  const { "content-encoding": encoding, ...headers } = response.headers
  if (encoding === undefined || response.body === undefined) return
  const remaining = encoding.split(",").map((name) => name.trim().toLowerCase()).filter((name) => !neutral.has(name))
  if (remaining.length > maxCodings) return
  for (let coding; (coding = codings.find(({ name }) => name === remaining.at(-1))) !== undefined; remaining.pop()) {
    response.body = applyDecoding(response.body, coding)
    delete headers["content-length"]
  }
  response.headers = remaining.length === 0 ? headers : { ...headers, "content-encoding": remaining.join(", ") }
}
