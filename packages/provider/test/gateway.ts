/** A gateway whose responses differ from those of Bedrock. */
import * as Effect from "effect/Effect"
import * as Http from "node:http"
import type { AddressInfo } from "node:net"
import type { BedrockClient } from "../src/BedrockClient.ts"
import type { BedrockError } from "../src/BedrockError.ts"
import { client, type complete, type stream } from "./protocol/fixture.ts"

export type Answer = (response: Http.ServerResponse, request: Http.IncomingMessage) => void

/** Starts the gateway and returns its URL. */
export const gateway = (answer: Answer, onConnection: () => void = () => {}) =>
  Effect.acquireRelease(
    Effect.async<Http.Server>((resume) => {
      const server = Http.createServer((request, response) => {
        request.resume().on("end", () => answer(response, request))
      })
      server.on("connection", onConnection)
      server.listen(0, "127.0.0.1", () => resume(Effect.succeed(server)))
    }),
    (server) =>
      Effect.sync(() => {
        server.closeAllConnections()
        server.close()
      })
  ).pipe(Effect.map((server) => `http://127.0.0.1:${(server.address() as AddressInfo).port}`))

export const failure = (
  operation: typeof stream | typeof complete,
  answer: Answer,
  options?: Parameters<typeof client>[1]
) =>
  Effect.flatMap(
    gateway(answer),
    (url) => Effect.provide(Effect.flip<unknown, BedrockError, BedrockClient>(operation), client(url, options))
  )

export const eventStream = { "content-type": "application/vnd.amazon.eventstream" }
export const json = { "content-type": "application/json" }
