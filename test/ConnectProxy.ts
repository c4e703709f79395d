/** An HTTP proxy: opens tunnels for CONNECT, and forwards requests in absolute form. */
import * as Effect from "effect/Effect"
import { createServer, type IncomingMessage, request, type RequestListener } from "node:http"
import { createServer as createTlsServer } from "node:https"
import { connect } from "node:net"
import type { Duplex } from "node:stream"
import type { Issued } from "./Certificates.ts"
import { listening } from "./Listening.ts"

export interface Options {
  /** Host names that only this proxy resolves, each to a port of this machine. */
  readonly names?: Readonly<Record<string, number>>
  /** The `user:password` that it requires. */
  readonly login?: string
  /** The certificate of a proxy that itself requires TLS. */
  readonly server?: Issued
  /** A status to refuse every request with. */
  readonly status?: number
  /** The `Proxy-Authenticate` header of a 407. */
  readonly challenge?: string
}

export interface ProxyRequest {
  readonly method: string
  /** `host:port` for a tunnel, otherwise the URL. */
  readonly target: string
  readonly login: string | undefined
}

export const make = (options: Options = {}) =>
  Effect.gen(function*() {
    const requests: Array<ProxyRequest> = []
    const refusal = ({ headers, method = "", url = "" }: IncomingMessage): number | undefined => {
      const [, basic] = /^Basic (.*)$/.exec(headers["proxy-authorization"] ?? "") ?? []
      const login = basic === undefined ? undefined : Buffer.from(basic, "base64").toString()
      requests.push({ method, target: url, login })
      return options.status ?? (options.login !== undefined && login !== options.login ? 407 : undefined)
    }
    const challenge = options.challenge ?? "Basic realm=\"proxy\""
    const place = (host: string, port: string) => ({
      host: "127.0.0.1",
      port: options.names?.[host] ?? Number(port)
    })
    const forward: RequestListener = (incoming, answer) => {
      const status = refusal(incoming)
      if (status !== undefined) {
        answer.writeHead(status, { "proxy-authenticate": challenge, "content-type": "text/html" }).end(
          "<html>no</html>"
        )
        return
      }
      const { hostname, pathname, port, search } = new URL(incoming.url!)
      const { "proxy-authorization": _, ...headers } = incoming.headers
      const passed = request({
        ...place(hostname, port || "80"),
        method: incoming.method,
        path: pathname + search,
        headers
      }, (from) => {
        answer.writeHead(from.statusCode!, from.headers)
        from.pipe(answer)
      })
      passed.on("error", () => answer.destroy())
      answer.on("close", () => passed.destroy())
      incoming.pipe(passed)
    }
    const tunnel = (incoming: IncomingMessage, socket: Duplex) => {
      socket.on("error", () => {})
      const status = refusal(incoming)
      if (status !== undefined) {
        socket.end(`HTTP/1.1 ${status} No\r\nproxy-authenticate: ${challenge}\r\ncontent-length: 0\r\n\r\n`)
        return
      }
      const [host = "", port = ""] = incoming.url!.split(":")
      const out = connect(place(host, port), () => {
        socket.write("HTTP/1.1 200 Connection established\r\n\r\n")
        socket.pipe(out).pipe(socket)
      })
      out.on("error", () => socket.destroy()).on("close", () => socket.destroy())
      socket.on("close", () => out.destroy())
    }
    const server = options.server === undefined ? createServer(forward) : createTlsServer(options.server, forward)
    const port = yield* listening(server.on("connect", tunnel))
    const scheme = options.server === undefined ? "http" : "https"
    return {
      port,
      requests,
      /** `login` must be percent-encoded. */
      url: (login?: string) => `${scheme}://${login === undefined ? "" : `${login}@`}localhost:${port}`
    }
  })
