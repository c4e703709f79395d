/** A gateway that responds to each request depending on its path and body. */
import * as Effect from "effect/Effect"
import * as Http from "node:http"
import type { AddressInfo } from "node:net"
import { frame } from "./frame.ts"

export interface ReceivedRequest {
  readonly path: string
  readonly body: string
}

/** Starts the gateway until the scope closes, and returns its base URL. */
export const makeGateway = (respond: (response: Http.ServerResponse, request: ReceivedRequest) => void) =>
  Effect.acquireRelease(
    Effect.async<Http.Server>((resume) => {
      const server = Http.createServer((request, response) => {
        const chunks: Array<Buffer> = []
        request.on("data", (chunk: Buffer) => chunks.push(chunk)).on(
          "end",
          () => respond(response, { path: request.url ?? "", body: Buffer.concat(chunks).toString() })
        )
      })
      server.listen(0, "127.0.0.1", () => resume(Effect.succeed(server)))
    }),
    (server) =>
      Effect.sync(() => {
        server.closeAllConnections()
        server.close()
      })
  ).pipe(Effect.map((server) => `http://127.0.0.1:${(server.address() as AddressInfo).port}/v1`))

export const sendJson = (response: Http.ServerResponse, status: number, body: unknown) =>
  response.writeHead(status, { "content-type": "application/json" }).end(JSON.stringify(body))

/** Streams a complete answer: `Hi`. */
export const streamHi = (response: Http.ServerResponse) =>
  response.writeHead(200, { "content-type": "application/vnd.amazon.eventstream" }).end(Buffer.concat([
    frame("messageStart", { role: "assistant" }),
    frame("contentBlockDelta", { contentBlockIndex: 0, delta: { text: "Hi" } }),
    frame("contentBlockStop", { contentBlockIndex: 0 }),
    frame("messageStop", { stopReason: "end_turn" }),
    frame("metadata", { usage: { inputTokens: 1, outputTokens: 1, totalTokens: 2 }, metrics: { latencyMs: 1 } })
  ]))
