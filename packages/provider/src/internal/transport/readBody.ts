/** Reads the body of a response as it arrives. */
import type { Readable } from "node:stream"

/** The number of bytes to buffer before the connection is paused. */
const maxBuffered = 1024 * 1024

/**
 * Yields all bytes that arrive before the end or a failure, and those of one read of the socket together. A Node.js stream discards unread data when its connection breaks, although the last
 * data often arrives right before. Leaving the generator early closes the connection.
 */
export async function* receive(body: Readable): AsyncGenerator<Uint8Array> {
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
    if (length > maxBuffered) body.pause()
    wake()
  })
  body.on("end", () => end({}))
  body.on("error", (error) => end({ error }))
  body.on("close", () => end({ error: new Error("aborted") }))
  try {
    for (;;) {
      if (chunks.length > 0) {
        const chunk = chunks.length === 1 ? chunks[0]! : Buffer.concat(chunks)
        chunks.length = 0
        length = 0
        body.resume()
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

export interface ReadResult {
  readonly body: Uint8Array
  /** Whether the body is longer than the limit. */
  readonly isCut: boolean
  readonly failure?: unknown
}

/** Reads at most `limit` bytes of the body, then closes the connection. A failure in between is part of the result. */
export const readBody = async (
  chunks: AsyncIterable<Uint8Array>,
  limit: number,
  /** Collects the chunks, so that the caller can see what has arrived so far. */
  soFar: Array<Uint8Array> = []
): Promise<ReadResult> => {
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

/** Reads at least `length` bytes of the body, or fewer if it is shorter, as `first`. `all` yields the entire body. */
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
