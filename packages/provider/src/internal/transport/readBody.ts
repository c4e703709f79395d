/** The body of an answer as it comes in. */
import type { Readable } from "node:stream"

/** More than an answer's events need while somebody looks at the first of them. */
const held = 1024 * 1024

/**
 * Everything that arrives before the end, or before the failure that ends it: a stream of Node.js drops what nobody has read yet when its
 * connection breaks, and the last words of an answer often arrive together with the break. Leaving it early closes the connection.
 */
export async function* received(body: Readable): AsyncGenerator<Uint8Array> {
  const chunks: Array<Uint8Array> = []
  let length = 0
  let outcome: { readonly error?: unknown } | undefined
  let wake = () => {}
  const end = (ended: typeof outcome) => {
    outcome ??= ended
    wake()
  }
  body.on("data", (chunk: Uint8Array) => {
    chunks.push(chunk)
    length += chunk.length
    if (length > held) body.pause()
    wake()
  })
  body.on("end", () => end({}))
  body.on("error", (error) => end({ error }))
  body.on("close", () => end({ error: new Error("aborted") }))
  try {
    for (;;) {
      const chunk = chunks.shift()
      if (chunk !== undefined) {
        length -= chunk.length
        if (length <= held) body.resume()
        yield chunk
      } else if (outcome === undefined) {
        await new Promise<void>((resolve) => wake = resolve)
      } else if ("error" in outcome) {
        throw outcome.error
      } else {
        return
      }
    }
  } finally {
    if (outcome === undefined) body.destroy()
  }
}

export interface Read {
  readonly body: Uint8Array
  /** There is more than was read. */
  readonly isCut: boolean
  readonly failure?: unknown
}

/** The body's first `limit` bytes, and what ended it early. Stopping there closes the connection. */
export const read = async (
  chunks: AsyncIterable<Uint8Array>,
  limit: number,
  /** Those that have come so far, for others to see. */
  soFar: Array<Uint8Array> = []
): Promise<Read> => {
  let length = 0
  const body = () => Buffer.concat(soFar).subarray(0, limit)
  try {
    for await (const chunk of chunks) {
      soFar.push(chunk)
      length += chunk.length
      if (length > limit) return { body: body(), isCut: true }
    }
  } catch (failure) {
    return { body: body(), isCut: false, failure }
  }
  return { body: body(), isCut: false }
}

/** The beginning of a body, at least `length` bytes of it if it has so many, and then all of it. */
export const peek = async (
  chunks: AsyncGenerator<Uint8Array>,
  length: number
): Promise<{ readonly first: Buffer; readonly all: AsyncGenerator<Uint8Array> }> => {
  let first = Buffer.alloc(0)
  let failure: { readonly error: unknown } | undefined
  try {
    while (first.length < length) {
      const { done, value } = await chunks.next()
      if (done === true) break
      first = Buffer.concat([first, value])
    }
  } catch (error) {
    failure = { error }
  }
  async function* all() {
    yield first
    if (failure !== undefined) throw failure.error
    yield* chunks
  }
  return { first, all: all() }
}
