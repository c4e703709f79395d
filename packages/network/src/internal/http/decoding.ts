/** Undoes the compression of answers. Nothing here asks for it, but gateways and inspecting proxies compress all the same. */
import { type Readable, Transform, type TransformCallback } from "node:stream"
import { NetworkError } from "../../NetworkError.ts"
import { areEnough, type Coding, codings } from "./codings.ts"

/** What the header of an answer calls a body that is not compressed. `aws-chunked` is about requests. */
const neutral: ReadonlySet<string> = new Set(["", "identity", "aws-chunked"])

/** More layers than any gateway adds. */
const maxCodings = 5

const broken = (name: string, code: unknown): NetworkError =>
  new NetworkError({
    reason: "Encoding",
    message: `the ${name} compression of the answer is ${code === "Z_BUF_ERROR" ? "cut off" : "damaged"}`,
    hint:
      "A gateway or proxy on the way compresses answers and breaks them: ask its operators to pass them on as they are."
  })

/**
 * One coding, undone piece by piece: what a piece holds comes out before the next one is there. Two pipes would do, but for an answer that
 * breaks off: a pipe drops what it still holds.
 */
class Decoding extends Transform {
  readonly #coding: Coding
  #first = Buffer.alloc(0)
  #decoder: Transform | undefined
  #isDecided = false
  #isOver = false
  #resume: (() => void) | undefined
  #breakOff: Error | undefined

  constructor(coding: Coding) {
    super()
    this.#coding = coding
  }

  /** The source broke off: what has come is handed on, and then the failure. */
  breakOff(error: Error): void {
    this.#breakOff ??= error
    this.end()
  }

  override _transform(chunk: Buffer, _: BufferEncoding, done: TransformCallback): void {
    if (this.#isDecided) return this.#undo(chunk, done)
    this.#first = Buffer.concat([this.#first, chunk])
    if (!areEnough(this.#first)) return done()
    this.#decide()
    this.#undo(this.#first, done)
  }

  override _flush(done: TransformCallback): void {
    const failed = () => done(this.#breakOff ?? null)
    if (this.#isDecided) return this.#finish(failed)
    if (this.#first.length === 0) return failed()
    this.#decide()
    this.#undo(this.#first, () => this.#finish(failed))
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
    decoder.on("error", (error: NodeJS.ErrnoException) => this.destroy(broken(this.#coding.name, error.code)))
    // Whatever follows the compressed data is left out.
    decoder.on("end", () => {
      this.#isOver = true
      this.#resume?.()
    })
    this.#decoder = decoder
  }

  #undo(chunk: Buffer, done: () => void): void {
    if (this.#decoder === undefined) {
      this.push(chunk)
      return done()
    }
    if (this.#isOver) return done()
    // At the end of the compressed data a decoder does not call back.
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
    if (decoder === undefined || this.#isOver) return done()
    // A decoder that fails drops what it still holds.
    if (decoder.readableLength > 0) return void decoder.once("data", () => setImmediate(() => this.#finish(done)))
    if (this.#breakOff !== undefined) return done()
    this.#resume = done
    decoder.end()
  }
}

const undo = (content: Readable, coding: Coding): Readable => {
  const decoding = new Decoding(coding)
  content.once("error", (error) => decoding.breakOff(error))
  content.once("close", () => {
    if (!content.readableEnded) decoding.breakOff(new Error("aborted"))
  })
  decoding.once("close", () => content.destroy())
  return content.pipe(decoding)
}

interface Answer {
  headers: Record<string, string>
  body?: Readable
}

/** Undoes the codings of the answer from the outermost on, as far as they are known; its header names those that are left. */
export const decode = (response: Answer): void => {
  const { "content-encoding": encoding, ...headers } = response.headers
  if (encoding === undefined || response.body === undefined) return
  const left = encoding.split(",").map((name) => name.trim().toLowerCase()).filter((name) => !neutral.has(name))
  if (left.length > maxCodings) return
  for (let coding; (coding = codings.find(({ name }) => name === left.at(-1))) !== undefined; left.pop()) {
    response.body = undo(response.body, coding)
    delete headers["content-length"]
  }
  response.headers = left.length === 0 ? headers : { ...headers, "content-encoding": left.join(", ") }
}
