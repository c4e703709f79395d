/** A plain HTTP/1.1 client that reports everything that was on the wire, even after an error. */
import { EventStreamCodec } from "@smithy/eventstream-codec"
import * as Effect from "effect/Effect"
import { Agent, type ClientRequest, request } from "node:http"

export interface Answer {
  readonly status: number
  readonly headers: { readonly [name: string]: string | ReadonlyArray<string> | undefined }
  readonly body: Buffer
  readonly text: string
  readonly json: unknown
  /** The code of the error that ended the request: `ECONNRESET` if the socket was closed. */
  readonly error: string | undefined
}

export interface Sent {
  readonly method?: string
  readonly path: string
  readonly headers?: Record<string, string | Array<string>>
  readonly body?: unknown
}

const parse = (text: string): unknown => {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}

/** `until` gets the text so far; if it returns true, the client closes the request. */
export const send = (
  url: string,
  sent: Sent,
  until: (body: Buffer) => boolean = () => false
): Effect.Effect<Answer> =>
  Effect.async<Answer>((resume) => {
    const { origin, pathname } = new URL(url)
    let status = 0
    let headers: Answer["headers"] = {}
    let body = Buffer.alloc(0)
    const done = (error?: NodeJS.ErrnoException) => {
      const text = body.toString("utf8")
      resume(Effect.succeed({ status, headers, body, text, json: parse(text), error: error?.code }))
    }
    const outgoing: ClientRequest = request(
      origin,
      {
        method: sent.method ?? "POST",
        path: `${pathname === "/" ? "" : pathname}${sent.path}`,
        agent: new Agent({ keepAlive: false }),
        headers: { "content-type": "application/json", ...sent.headers }
      },
      (response) => {
        status = response.statusCode ?? 0
        headers = response.headers
        response.on("data", (chunk: Buffer) => {
          body = Buffer.concat([body, chunk])
          if (until(body)) {
            outgoing.destroy()
            done()
          }
        })
        response.on("end", () => done())
        response.on("error", done)
      }
    )
    outgoing.on("error", done)
    outgoing.end(
      sent.body === undefined ? undefined : typeof sent.body === "string" ? sent.body : JSON.stringify(sent.body)
    )
    return Effect.sync(() => outgoing.destroy())
  })

const codec = new EventStreamCodec(
  (input) => typeof input === "string" ? input : Buffer.from(input).toString("utf8"),
  (input) => new Uint8Array(Buffer.from(input, "utf8"))
)

export interface Frame {
  readonly headers: Record<string, string>
  readonly payload: Record<string, unknown>
}

/** The complete frames of a body, and the number of bytes of an incomplete frame after them. */
export const split = (body: Buffer): { readonly frames: ReadonlyArray<Buffer>; readonly rest: number } => {
  const frames: Array<Buffer> = []
  let at = 0
  while (body.length - at >= 4 && body.length - at >= body.readUInt32BE(at)) {
    frames.push(body.subarray(at, at + body.readUInt32BE(at)))
    at += body.readUInt32BE(at)
  }
  return { frames, rest: body.length - at }
}

/** Throws if a checksum is wrong. */
export const decode = (frame: Buffer): Frame => {
  const { body, headers } = codec.decode(frame)
  return {
    headers: Object.fromEntries(Object.entries(headers).map(([name, { value }]) => [name, String(value)])),
    payload: JSON.parse(Buffer.from(body).toString("utf8")) as Record<string, unknown>
  }
}

export const frames = (body: Buffer): ReadonlyArray<Frame> => split(body).frames.map(decode)

export const kinds = (body: Buffer): ReadonlyArray<string> =>
  frames(body).map(({ headers }) => headers[":event-type"] ?? headers[":exception-type"] ?? "?")

/** A request that Bedrock accepts. */
export const hello = { messages: [{ role: "user", content: [{ text: "Hello there" }] }] }

export const converse = (modelId: string) => `/model/${encodeURIComponent(modelId)}/converse`
export const converseStream = (modelId: string) => `/model/${encodeURIComponent(modelId)}/converse-stream`

export const nova = "amazon.nova-lite-v1:0"
export const arn = "arn:aws:bedrock:us-east-1:123456789012:application-inference-profile/abc123xyz"
