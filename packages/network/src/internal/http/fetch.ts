/** `fetch` over the connections of this package, for protocols whose libraries take one. */
import type * as Duration from "effect/Duration"
import { format, toMillis } from "effect/Duration"
import { Readable } from "node:stream"
import type { Fetch, Handler } from "../../Network.ts"
import { NetworkError } from "../../NetworkError.ts"
import * as TimeLimit from "../../TimeLimit.ts"
import { Unconnected, unreachable } from "../connection/unreachable.ts"
import { shown, targetOf } from "../route/target.ts"
import { otherVersion } from "../tls/tlsFailure.ts"
import type { Smithy } from "./smithy.ts"

export interface Options {
  readonly http1: Handler
  readonly http2: Handler
  /** From the request until the head of its answer. */
  readonly firstByte: Duration.Duration
}

type Answer = Awaited<ReturnType<Handler["handle"]>>["response"]

export const makeFetch = ({ HttpRequest }: Smithy, { firstByte, http1, http2 }: Options): Fetch => {
  /** Origins that were found to speak nothing older. */
  const speakHttp2 = new Set<string>()

  return async (input, init = {}) => {
    const { body, headers, method } = init
    // Not with the signal and the redirects, which are handled here: what a request is, is the platform's to say.
    const request = new Request(input, { ...pick({ body, headers, method }) })
    const url = new URL(request.url)
    const bytes = Buffer.from(await request.arrayBuffer())
    const make = () =>
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

    const onTimeout = () => noAnswer(request.url, firstByte)
    const { lift, release, signal } = TimeLimit.start(toMillis(firstByte), { onTimeout, signal: init.signal })
    const send = async (): Promise<Answer> => {
      const options = { abortSignal: signal }
      if (!speakHttp2.has(url.origin)) {
        try {
          return (await http1.handle(make(), options)).response
        } catch (error) {
          // Nothing was sent yet: the other side told at once which version it speaks.
          if (!wantsHttp2(error)) throw error
          speakHttp2.add(url.origin)
        }
      }
      return (await http2.handle(make(), options)).response
    }
    try {
      const answer = await send()
      lift()
      const content: Readable = answer.body
      // In HTTP/2 as in HTTP/1.1 what was aborted must not look like the end of an answer.
      signal.addEventListener("abort", () => content.destroy(asError(signal.reason)), { once: true })
      content.once("close", release)
      return await respond(request.method, answer, content)
    } catch (error) {
      release()
      if (signal.aborted) throw signal.reason
      throw error instanceof Unconnected ? unreachable(request.url)(error) : error
    }
  }
}

const pick = (init: { readonly [key in "body" | "headers" | "method"]: RequestInit[key] | undefined }): RequestInit =>
  Object.fromEntries(Object.entries(init).filter(([, value]) => value !== undefined))

const asError = (reason: unknown): Error => reason instanceof Error ? reason : new Error(String(reason))

const wantsHttp2 = (error: unknown): boolean =>
  error instanceof NetworkError && error.reason === "Protocol" && error.message.endsWith(otherVersion("http/1.1")[0])

const noAnswer = (url: string, limit: Duration.Duration): NetworkError =>
  new NetworkError({
    reason: "Timeout",
    message: `no answer from ${shown(targetOf(url))} within ${format(limit)} (options.timeout.firstByte)`,
    hint:
      "Check the server and any proxy in between. A higher options.timeout.firstByte (in milliseconds) waits longer."
  })

/** Source: Fetch Standard, "null body status". */
const withoutBody = [204, 205, 304]

const respond = async (method: string, { headers, statusCode }: Answer, content: Readable): Promise<Response> => {
  const head = { status: statusCode, headers: new Headers(headers) }
  if (method === "HEAD" || withoutBody.includes(statusCode) || headers["content-length"] === "0") {
    // Read to its end, so that the next request finds the connection free.
    await new Promise((resolve) => content.on("end", () => setImmediate(resolve)).on("error", resolve).resume())
    return new Response(null, head)
  }
  return new Response(Readable.toWeb(content) as ConstructorParameters<typeof Response>[0], head)
}
