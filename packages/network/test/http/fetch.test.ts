import { assert, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import { createServer, type RequestListener } from "node:http"
import { createSecureServer } from "node:http2"
import { createServer as createTlsServer } from "node:https"
import { createServer as createTcpServer } from "node:net"
import type { TLSSocket } from "node:tls"
import { brotliCompressSync, deflateSync, gzipSync } from "node:zlib"
import { makeAuthority } from "../../../../test/Certificates.ts"
import * as ConnectProxy from "../../../../test/ConnectProxy.ts"
import { listening } from "../../../../test/Listening.ts"
import { failure, file, makeFetch, temporary, text } from "../machine.ts"

const echo: RequestListener = (request, response) => {
  const chunks: Array<Buffer> = []
  request.on("data", (chunk: Buffer) => chunks.push(chunk))
  request.on("end", () => {
    const { headers, method, url } = request
    response.writeHead(200, { "content-type": "application/json" })
    response.end(JSON.stringify({ method, url, headers, body: Buffer.concat(chunks).toString() }))
  })
}

interface Echo {
  readonly method: string
  readonly url: string
  readonly headers: Readonly<Record<string, string>>
  readonly body: string
}

const asked = (response: Promise<Response>) => Effect.map(text(response), (json) => JSON.parse(json) as Echo)
describe("fetch", () => {
  it.scopedLive("sends method, query, headers and body unchanged", () =>
    Effect.gen(function*() {
      const port = yield* listening(createServer(echo))
      const fetch = yield* makeFetch()
      const init = { method: "POST", headers: { "x-key": "k", "content-type": "text/plain" }, body: "größe" }
      const { body, headers, method, url } = yield* asked(fetch(`http://127.0.0.1:${port}/a%2Fb?c=d%20e&f`, init))
      assert.deepStrictEqual([method, url, body], ["POST", "/a%2Fb?c=d%20e&f", "größe"])
      assert.strictEqual(headers["x-key"], "k")
      assert.strictEqual(headers["content-length"], "7")
      assert.notProperty(headers, "transfer-encoding")
      assert.strictEqual((yield* asked(fetch(new URL(`http://127.0.0.1:${port}`)))).method, "GET")
    }))

  it.scopedLive("uses the proxy, but not for hosts in NO_PROXY", () =>
    Effect.gen(function*() {
      const port = yield* listening(createServer(echo))
      const authority = yield* makeAuthority("Corp CA")
      const server = yield* authority.issue({ name: "wiki.test", hosts: ["wiki.test"] })
      const secure = yield* listening(createTlsServer(server, echo))
      const proxy = yield* ConnectProxy.make({ names: { "wiki.test": secure, "plain.test": port } })
      const caFile = file(yield* temporary, "ca.pem", authority.cert)
      const fetch = yield* makeFetch({
        caFile,
        env: { HTTP_PROXY: proxy.url(), HTTPS_PROXY: proxy.url(), NO_PROXY: "127.0.0.1" }
      })
      assert.strictEqual((yield* asked(fetch("http://plain.test/mcp"))).headers["host"], "plain.test")
      assert.strictEqual((yield* asked(fetch("https://wiki.test/mcp"))).url, "/mcp")
      yield* asked(fetch(`http://127.0.0.1:${port}/`))
      assert.deepStrictEqual(proxy.requests.map(({ method, target }) => `${method} ${target}`), [
        "GET http://plain.test/mcp",
        "CONNECT wiki.test:443"
      ])
    }))

  it.scopedLive("trusts the company's authority and sends the client certificate; without them it reports the cause", () =>
    Effect.gen(function*() {
      const authority = yield* makeAuthority("Corp CA")
      const server = yield* authority.issue({ name: "localhost", hosts: ["localhost"] })
      const client = yield* authority.issue({ name: "client-7" })
      const port = yield* listening(
        createTlsServer({ ...server, ca: authority.cert, requestCert: true }, (request, response) => {
          response.end(String((request.socket as TLSSocket).getPeerCertificate().subject?.CN))
        })
      )
      const directory = yield* temporary
      const caFile = file(directory, "ca.pem", authority.cert)
      const clientCert = file(directory, "client.pem", client.cert)
      const clientKey = file(directory, "client.key", client.key)
      const url = `https://localhost:${port}`
      assert.strictEqual(yield* text((yield* makeFetch({ caFile, clientCert, clientKey }))(url)), "client-7")
      const error = yield* failure((yield* makeFetch())(url))
      assert.strictEqual(error.reason, "Certificate")
      assert.include(error.message, "Corp CA, which this machine does not trust")
    }))

  it.scopedLive("uses HTTP/2 with a host that speaks nothing else", () =>
    Effect.gen(function*() {
      const authority = yield* makeAuthority("Corp CA")
      const server = yield* authority.issue({ name: "localhost", hosts: ["localhost"] })
      const versions: Array<string> = []
      const port = yield* listening(
        createSecureServer(server, (request, response) => {
          versions.push(request.httpVersion)
          response.end("two")
        })
      )
      const fetch = yield* makeFetch({ caFile: file(yield* temporary, "ca.pem", authority.cert) })
      for (let i = 0; i < 2; i++) {
        assert.strictEqual(yield* text(fetch(`https://localhost:${port}`, { method: "POST", body: "b" })), "two")
      }
      assert.deepStrictEqual(versions, ["2.0", "2.0"])
    }))

  it.scopedLive("returns a redirect to the caller, whatever `redirect` is", () =>
    Effect.gen(function*() {
      const other: Array<string | undefined> = []
      const otherPort = yield* listening(createServer(({ headers }, response) => {
        other.push(headers.authorization)
        response.end()
      }))
      const location = `http://localhost:${otherPort}/`
      const port = yield* listening(createServer((_, response) => response.writeHead(307, { location }).end("there")))
      const fetch = yield* makeFetch()
      for (const redirect of ["follow", "manual"] as const) {
        const headers = { authorization: "Bearer t" }
        const response = yield* Effect.promise(() => fetch(`http://127.0.0.1:${port}`, { headers, redirect }))
        assert.deepStrictEqual([response.status, response.headers.get("location")], [307, location])
        yield* text(Promise.resolve(response))
      }
      assert.deepStrictEqual(other, [])
    }))

  for (
    const [encoding, compress] of [["gzip", gzipSync], ["deflate", deflateSync], ["br", brotliCompressSync]] as const
  ) {
    it.scopedLive(`decodes a response with the encoding ${encoding}`, () =>
      Effect.gen(function*() {
        const port = yield* listening(createServer((_, response) => {
          response.writeHead(200, { "content-encoding": encoding }).end(compress("plain"))
        }))
        const fetch = yield* makeFetch()
        const response = yield* Effect.promise(() => fetch(`http://127.0.0.1:${port}`))
        assert.isNull(response.headers.get("content-encoding"))
        assert.strictEqual(yield* text(Promise.resolve(response)), "plain")
      }))
  }

  it.scopedLive("streams the response as it arrives, and ends it when it is aborted", () =>
    Effect.gen(function*() {
      let closed = () => {}
      const isClosed = new Promise<void>((resolve) => closed = resolve)
      const port = yield* listening(createServer((_, response) => {
        response.writeHead(200, { "content-type": "text/event-stream" }).write("data: 1\n\n")
        response.on("close", closed)
      }))
      const fetch = yield* makeFetch()
      const controller = new AbortController()
      const response = yield* Effect.promise(() => fetch(`http://127.0.0.1:${port}`, { signal: controller.signal }))
      const reader = response.body!.getReader()
      const first = yield* Effect.promise(() => reader.read())
      assert.strictEqual(new TextDecoder().decode(first.value), "data: 1\n\n")
      controller.abort(new Error("enough"))
      const error = yield* Effect.promise(() => reader.read().then(() => undefined, (error: Error) => error))
      assert.strictEqual(error?.message, "enough")
      yield* Effect.promise(() => isClosed)
    }))

  it.scopedLive("returns no body for an empty response, and reuses the connection", () =>
    Effect.gen(function*() {
      let connections = 0
      const server = createServer((_, response) => response.writeHead(202, { "content-length": "0" }).end())
      server.on("connection", () => connections++)
      const port = yield* listening(server)
      const fetch = yield* makeFetch()
      for (let i = 0; i < 3; i++) {
        const { body, status } = yield* Effect.promise(() =>
          fetch(`http://127.0.0.1:${port}`, { method: "POST", body: "x" })
        )
        assert.deepStrictEqual([status, body], [202, null])
      }
      assert.strictEqual(connections, 1)
    }))

  it.scopedLive("waits for a connection and for a response as long as options.timeout allows", () =>
    Effect.gen(function*() {
      const silent = yield* listening(createServer(() => {}))
      const noTls = yield* listening(createTcpServer(() => {}))
      const fetch = yield* makeFetch({ limits: { firstByte: 200, connect: 200 } })
      const slow = yield* failure(fetch(`http://127.0.0.1:${silent}`))
      assert.strictEqual(slow.reason, "Timeout")
      assert.strictEqual(slow.message, `no response from 127.0.0.1:${silent} within 200ms (options.timeout.firstByte)`)
      const stuck = yield* failure((yield* makeFetch({ limits: { connect: 200 } }))(`https://127.0.0.1:${noTls}`))
      assert.strictEqual(stuck.reason, "Timeout")
      assert.strictEqual(
        stuck.message,
        `no connection to 127.0.0.1:${noTls} within 200ms (options.timeout.connect): the TLS handshake was not answered`
      )
    }))

  it.scopedLive("reports a host on which nothing listens", () =>
    Effect.gen(function*() {
      const port = yield* Effect.scoped(listening(createServer()))
      const error = yield* failure((yield* makeFetch())(`http://127.0.0.1:${port}`))
      assert.strictEqual(error.reason, "Unreachable")
      assert.strictEqual(error.message, `no connection to 127.0.0.1:${port}: ECONNREFUSED`)
    }))
})
