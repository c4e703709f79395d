/** A gateway in front of a sandbox that refuses some requests by what is in them. */
import * as Sandbox from "@altimate-code/sandbox/Sandbox"
import * as Effect from "effect/Effect"
import * as Http from "node:http"
import type { AddressInfo } from "node:net"

export interface Block {
  readonly text?: string
  readonly image?: { readonly source: { readonly bytes: string } }
  readonly toolResult?: { readonly status?: string; readonly content: ReadonlyArray<Block> }
}

export interface Body {
  readonly messages: ReadonlyArray<{ readonly role: string; readonly content: ReadonlyArray<Block> }>
  readonly toolConfig?: { readonly tools: ReadonlyArray<{ readonly toolSpec?: { readonly name: string } }> }
}

/** An HTML page where there is no `message`; `page` is its text, without which it is one of nginx. */
export interface Refusal {
  readonly status: number
  readonly message?: string
  readonly page?: string
}

/** As long as the scope is open. `bodies` are those of all requests so far, `refused` how many of them it refused. */
export const refusing = (
  refuse: (body: Body, raw: string, path: string) => Refusal | undefined,
  options: Sandbox.Options = {}
) =>
  Effect.gen(function*() {
    const sandbox = yield* Sandbox.make(options)
    const seen = { bodies: [] as Array<Body>, refused: 0 }
    const server = Http.createServer((request, response) => {
      const chunks: Array<Buffer> = []
      request.on("data", (chunk: Buffer) => chunks.push(chunk))
      request.on("end", () => {
        // It has no list of models.
        if (request.method === "GET") return response.writeHead(404).end()
        const raw = Buffer.concat(chunks)
        const body = JSON.parse(raw.toString()) as Body
        seen.bodies.push(body)
        const refusal = refuse(body, raw.toString(), request.url ?? "")
        if (refusal !== undefined) {
          seen.refused++
          const isPage = refusal.message === undefined
          response.writeHead(refusal.status, {
            "content-type": isPage ? "text/html" : "application/json",
            ...(isPage ? {} : { "x-amzn-errortype": "ValidationException" })
          })
          return response.end(
            isPage
              ? refusal.page ?? "<html><head><title>Request Entity Too Large</title></head></html>"
              : JSON.stringify({ message: refusal.message })
          )
        }
        const forwarded = Http.request(
          `${sandbox.url}${request.url}`,
          { method: "POST", headers: { ...request.headers, host: new URL(sandbox.url).host } },
          (answer) => {
            response.writeHead(answer.statusCode!, answer.headers)
            answer.pipe(response)
          }
        )
        forwarded.on("error", () => response.destroy())
        forwarded.end(raw)
      })
    })
    yield* Effect.acquireRelease(
      Effect.async<void>((resume) => void server.listen(0, "127.0.0.1", () => resume(Effect.void))),
      () =>
        Effect.sync(() => {
          server.closeAllConnections()
          server.close()
        })
    )
    return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, seen }
  })
