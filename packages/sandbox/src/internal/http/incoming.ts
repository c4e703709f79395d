import * as Effect from "effect/Effect"
import type { IncomingMessage } from "node:http"

/** A request as it was received. */
export interface Incoming {
  readonly method: string
  /** The request target. */
  readonly rawPath: string
  /** The part of the request target before the `?`, as sent. */
  readonly pathname: string
  readonly query: URLSearchParams
  readonly httpVersion: string
  readonly headers: { readonly [name: string]: string }
  /** All values, since Node keeps only the first of repeated `Authorization` headers. */
  readonly authorizations: ReadonlyArray<string>
  readonly bytes: Buffer
  /** The bytes as UTF-8. */
  readonly rawBody: string
  /** False if the client disconnected in the middle of the body. */
  readonly isComplete: boolean
}

const readBody = (request: IncomingMessage): Effect.Effect<Buffer> =>
  Effect.async((resume) => {
    const chunks: Array<Buffer> = []
    request.on("data", (chunk: Buffer) => chunks.push(chunk))
    request.once("close", () => resume(Effect.sync(() => Buffer.concat(chunks))))
    request.once("end", () => resume(Effect.sync(() => Buffer.concat(chunks))))
  })

/** Reads everything that the client sends, even if it disconnects. */
export const read = (request: IncomingMessage): Effect.Effect<Incoming> =>
  Effect.map(readBody(request), (bytes) => {
    const rawPath = request.url ?? ""
    const [pathname = "", ...query] = rawPath.split("?")
    return {
      method: request.method ?? "",
      rawPath,
      pathname,
      query: new URLSearchParams(query.join("?")),
      httpVersion: request.httpVersion,
      headers: Object.fromEntries(
        Object.entries(request.headersDistinct).map(([name, values = []]) => [name, values.join(", ")])
      ),
      authorizations: request.headersDistinct["authorization"] ?? [],
      bytes,
      rawBody: bytes.toString("utf8"),
      isComplete: request.complete
    }
  })
