/** Terminates TLS in front of a gateway, in HTTP/1.1 or HTTP/2, and forwards the requests. */
import * as Effect from "effect/Effect"
import { request } from "node:http"
import * as Http2 from "node:http2"
import { connect } from "node:net"
import * as Tls from "node:tls"
import type { Issued } from "./Certificates.ts"
import { listening } from "./Listening.ts"

export interface Options {
  /** The port of the gateway. */
  readonly to: number
  /** The certificate. Without one it speaks HTTP/2 without TLS. */
  readonly server?: Issued
  /** The authority of the client certificates that it requires. Without one it requests none. */
  readonly clients?: string
  readonly maxVersion?: Tls.SecureVersion
  /** True: HTTP/2 only. Otherwise HTTP/1.1 only. */
  readonly http2?: boolean
}

/** An accepted connection. */
export interface Connection {
  /** The common name in the client's certificate. */
  readonly client: string | undefined
  /** The negotiated version of HTTP. */
  readonly alpn: string
}

export const make = ({ clients, http2 = false, maxVersion, server, to }: Options) =>
  Effect.gen(function*() {
    const connections: Array<Connection> = []
    const versions: Array<string> = []
    const options = {
      ...server,
      ...(clients === undefined ? {} : { ca: clients, requestCert: true, rejectUnauthorized: true }),
      ...(maxVersion === undefined ? {} : { maxVersion })
    }
    const connected = (socket: Tls.TLSSocket) => {
      const client = socket.getPeerCertificate().subject?.CN
      connections.push({ client: [client ?? []].flat()[0], alpn: socket.alpnProtocol || "" })
    }
    const onStream = (stream: Http2.ServerHttp2Stream, headers: Http2.IncomingHttpHeaders) => {
      versions.push("2.0")
      const names = Object.entries(headers).filter(([name]) => !name.startsWith(":"))
      const forwarded = request({
        port: to,
        host: "127.0.0.1",
        method: headers[":method"],
        path: headers[":path"],
        headers: { ...Object.fromEntries(names), host: headers[":authority"] }
      }, (answer) => {
        const { connection: _, "keep-alive": __, "transfer-encoding": ___, ...fields } = answer.headers
        stream.respond({ ":status": answer.statusCode, ...fields })
        answer.pipe(stream)
        answer.on("error", () => stream.close(Http2.constants.NGHTTP2_INTERNAL_ERROR))
      })
      forwarded.on("error", () => stream.close(Http2.constants.NGHTTP2_INTERNAL_ERROR))
      stream.on("error", () => {}).on("close", () => forwarded.destroy())
      stream.pipe(forwarded)
    }
    const port = yield* listening(
      !http2
        ? Tls.createServer({ ...options, ALPNProtocols: ["http/1.1"] }, (socket) => {
          connected(socket)
          const gateway = connect({ port: to, host: "127.0.0.1" })
          socket.on("error", () => gateway.destroy()).on("close", () => gateway.destroy())
          gateway.on("error", () => socket.destroy()).on("close", () => socket.destroy())
          socket.pipe(gateway).pipe(socket)
        })
        : server === undefined
        ? Http2.createServer().on("stream", onStream)
        : Http2.createSecureServer(options).on("secureConnection", connected).on("stream", onStream)
    )
    return {
      port,
      connections,
      /** The HTTP version of each HTTP/2 request. */
      versions,
      url: (host = "localhost") => `http${server === undefined ? "" : "s"}://${host}:${port}/bedrock/v1`
    }
  })
