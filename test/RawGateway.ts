/** A gateway that answers in ways that the sandbox does not. */
import * as Effect from "effect/Effect"
import * as Http from "node:http"
import { listening } from "./Listening.ts"

/** `requests` has every request so far, with its headers. */
export const rawGateway = (answer: (response: Http.ServerResponse, request: Http.IncomingMessage) => void) =>
  Effect.gen(function*() {
    const requests: Array<Http.IncomingMessage> = []
    const port = yield* listening(Http.createServer((request, response) => {
      requests.push(request)
      request.resume().on("end", () => answer(response, request))
    }))
    return { port, url: `http://127.0.0.1:${port}`, requests }
  })
