/** A server that answers in ways that no sandbox does, on this machine, as long as the scope is open. */
import * as Effect from "effect/Effect"
import * as Http from "node:http"
import type { AddressInfo } from "node:net"

/** `requests` are the request lines so far, each with its headers. */
export const rawGateway = (answer: (response: Http.ServerResponse, request: Http.IncomingMessage) => void) =>
  Effect.acquireRelease(
    Effect.async<{ readonly server: Http.Server; readonly requests: Array<Http.IncomingMessage> }>((resume) => {
      const requests: Array<Http.IncomingMessage> = []
      const server = Http.createServer((request, response) => {
        requests.push(request)
        request.resume().on("end", () => answer(response, request))
      })
      server.listen(0, "127.0.0.1", () => resume(Effect.succeed({ server, requests })))
    }),
    ({ server }) =>
      Effect.sync(() => {
        server.closeAllConnections()
        server.close()
      })
  ).pipe(
    Effect.map(({ requests, server }) => ({
      url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
      requests
    }))
  )
