/** `fetch` over this package's connections, for libraries that accept one. */
import { HttpRequest } from "@smithy/core/protocols"
import type * as Duration from "effect/Duration"
import { format, toMillis } from "effect/Duration"
import { Readable } from "node:stream"
import type { Fetch } from "../../Fetch.ts"
import { NetworkError } from "../../NetworkError.ts"
import type { RequestHandler } from "../../RequestHandler.ts"
import * as TimeLimit from "../../TimeLimit.ts"
import { toHostError, Unconnected } from "../connection/hostFailure.ts"
import { displayHost, parseTarget } from "../route/target.ts"
import { describeVersion } from "../tls/tlsFailure.ts"

export interface Options {
  readonly http1: RequestHandler
  readonly http2: RequestHandler
  /** Time limit from sending the request to receiving the response headers. */
  readonly firstByte: Duration.Duration
}

type HttpResponse = Awaited<ReturnType<RequestHandler["handle"]>>["response"]

export const makeFetch = ({ firstByte, http1, http2 }: Options): Fetch => {
  /** Origins that speak only HTTP/2. */
  const http2Origins = new Set<string>()

  return async (input, init = {}) => {
    const { body, headers, method } = init
    // Normalizes and validates the request like the platform's `fetch`. The signal and redirects are handled here.
    const request = new Request(input, { ...pick({ body, headers, method }) })
    const url = new URL(request.url)
    const bytes = Buffer.from(await request.arrayBuffer())
    const makeRequest = () =>
      new HttpRequest({
        method: request.method,
        protocol: url.protocol,
        hostname: url.hostname,
        ...(url.port === "" ? {} : { port: Number(url.port) }),
        path: url.pathname + url.search,
        headers: {
          ...Object.fromEntries(request.headers),
          ...(bytes.length > 0 ? { "content-length": String(bytes.length) } : {})
        },
        ...(bytes.length > 0 ? { body: bytes } : {})
      })

    const onTimeout = () => toFirstByteError(request.url, firstByte)
    const { lift, release, signal } = TimeLimit.start(toMillis(firstByte), { onTimeout, signal: init.signal })
    const send = async (): Promise<HttpResponse> => {
      const options = { abortSignal: signal }
      if (!http2Origins.has(url.origin)) {
        try {
          return (await http1.handle(makeRequest(), options)).response
        } catch (error) {
          // The request has not been sent: the version is negotiated first.
          if (!needsHttp2(error)) throw error
          http2Origins.add(url.origin)
        }
      }
      return (await http2.handle(makeRequest(), options)).response
    }
    try {
      const response = await send()
      lift()
      const content: Readable = response.body
      // An aborted response must not look complete, in HTTP/2 as in HTTP/1.1.
      signal.addEventListener("abort", () => content.destroy(asError(signal.reason)), { once: true })
      content.once("close", release)
      return await toResponse(request.method, response, content)
    } catch (error) {
      release()
      if (signal.aborted) throw signal.reason
      throw error instanceof Unconnected ? toHostError(request.url)(error) : error
    }
  }
}

const pick = (init: { readonly [key in "body" | "headers" | "method"]: RequestInit[key] | undefined }): RequestInit =>
  Object.fromEntries(Object.entries(init).filter(([, value]) => value !== undefined))

const asError = (reason: unknown): Error => reason instanceof Error ? reason : new Error(String(reason))

const needsHttp2 = (error: unknown): boolean =>
  error instanceof NetworkError && error.reason === "Protocol" && error.message.endsWith(describeVersion("http/1.1")[0])

const toFirstByteError = (url: string, limit: Duration.Duration): NetworkError =>
  new NetworkError({
    reason: "Timeout",
    message: `no response from ${displayHost(parseTarget(url))} within ${format(limit)} (options.timeout.firstByte)`,
    hint:
      "Check the server and any proxy in between. To wait longer, set a higher options.timeout.firstByte (in milliseconds)."
  })

/** Source: Fetch Standard, "null body status". */
const withoutBody = [204, 205, 304]

const toResponse = async (
  method: string,
  { headers, statusCode }: HttpResponse,
  content: Readable
): Promise<Response> => {
  const head = { status: statusCode, headers: new Headers(headers) }
  if (method === "HEAD" || withoutBody.includes(statusCode) || headers["content-length"] === "0") {
    // Read the body to its end, so that the connection can be reused.
    await new Promise((resolve) => content.on("end", () => setImmediate(resolve)).on("error", resolve).resume())
    return new Response(null, head)
  }
  return new Response(Readable.toWeb(content) as ConstructorParameters<typeof Response>[0], head)
}
