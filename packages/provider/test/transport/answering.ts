/** A gateway of a few lines: it answers each request by its path and its body. */
import * as Effect from "effect/Effect"
import * as Http from "node:http"
import type { AddressInfo } from "node:net"
import { frame } from "./frame.ts"

export interface Asked {
  readonly path: string
  readonly body: string
}

/** As long as the scope is open. */
export const answering = (answer: (response: Http.ServerResponse, asked: Asked) => void) =>
  Effect.acquireRelease(
    Effect.async<Http.Server>((resume) => {
      const server = Http.createServer((request, response) => {
        const chunks: Array<Buffer> = []
        request.on("data", (chunk: Buffer) => chunks.push(chunk)).on("end", () =>
          answer(response, { path: request.url ?? "", body: Buffer.concat(chunks).toString() }))
      })
      server.listen(0, "127.0.0.1", () =>
        resume(Effect.succeed(server)))
    }),
    (server) =>
      Effect.sync(() => {
        server.closeAllConnections()
        server.close()
      })
  ).pipe(Effect.map((server) => `http://127.0.0.1:${(server.address() as AddressInfo).port}/v1`))

export const json = (response: Http.ServerResponse, status: number, body: unknown) =>
  response.writeHead(status, { "content-type": "application/json" }).end(JSON.stringify(body))

/** A complete streamed answer: `Hi`. */
export const hi = (response: Http.ServerResponse) =>
  response.writeHead(200, { "content-type": "application/vnd.amazon.eventstream" }).end(Buffer.concat([
    frame("messageStart", { role: "assistant" }),
    frame("contentBlockDelta", { contentBlockIndex: 0, delta: { text: "Hi" } }),
    frame("contentBlockStop", { contentBlockIndex: 0 }),
    frame("messageStop", { stopReason: "end_turn" }),
    frame("metadata", { usage: { inputTokens: 1, outputTokens: 1, totalTokens: 2 }, metrics: { latencyMs: 1 } })
  ]))
