import * as Gateway from "@altimate-code/config/Gateway"
import { defaults, Settings } from "@altimate-code/config/Settings"
import * as Secrets from "@altimate-code/log/Secrets"
import type { Stage } from "@altimate-code/network/Inspection"
import * as Network from "@altimate-code/network/Network"
import { NetworkError } from "@altimate-code/network/NetworkError"
import * as NodeContext from "@effect/platform-node/NodeContext"
import * as FileSystem from "@effect/platform/FileSystem"
import { assert, layer } from "@effect/vitest"
import * as Chunk from "effect/Chunk"
import * as ConfigProvider from "effect/ConfigProvider"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Option from "effect/Option"
import * as Stream from "effect/Stream"
import { constants, createServer as createHttp2Server } from "node:http2"
import { createServer, type Socket } from "node:net"
import type { Readable } from "node:stream"
import { text } from "node:stream/consumers"
import { makeAuthority } from "./Certificates.ts"
import * as ConnectProxy from "./ConnectProxy.ts"
import { listening } from "./Listening.ts"
import * as TlsFront from "./TlsFront.ts"

const setting = (value: string) => Option.some({ value, origin: { _tag: "Flag" as const, flag: "test" } })

const network = (gateway: Partial<Gateway.Gateway>, env: Readonly<Record<string, string>> = {}) =>
  Network.layer.pipe(
    Layer.provide(Layer.succeed(Settings, { ...defaults, gateway: { ...Gateway.defaults, ...gateway } })),
    Layer.provide([Secrets.layer, NodeContext.layer]),
    Layer.provideMerge(Layer.setConfigProvider(ConfigProvider.fromMap(new Map(Object.entries(env)))))
  )

const inspect = (url: string) =>
  Effect.flatMap(
    Network.Network,
    ({ inspect }) => Effect.map(Stream.runCollect(inspect(url)), Chunk.toReadonlyArray)
  )

const tls = (stages: ReadonlyArray<Stage>) => stages.find((stage) => stage._tag === "Tls")!

const gateway = Effect.gen(function*() {
  const fs = yield* FileSystem.FileSystem
  const authority = yield* makeAuthority("Corp CA")
  const server = yield* authority.issue({ name: "the gateway", hosts: ["localhost", "gateway.test"] })
  const received: Array<string> = []
  const behind = yield* listening(createServer((socket) => socket.on("data", (text) => received.push(String(text)))))
  const caFile = yield* fs.makeTempFileScoped()
  yield* fs.writeFileString(caFile, authority.cert)
  return { caFile: setting(caFile), received, server, front: yield* TlsFront.make({ to: behind, server }) }
})

layer(NodeContext.layer)("an inspection", (it) => {
  it.scoped("reports each step to an https host and sends nothing", () =>
    Effect.gen(function*() {
      const { caFile, front, received } = yield* gateway
      const stages = yield* Effect.provide(inspect(front.url()), network({ caFile }))
      assert.deepStrictEqual(stages.map(({ _tag }) => _tag), ["Route", "Dns", "Tcp", "Tls"])
      const [, dns, tcp] = stages
      assert.include(dns?._tag === "Dns" ? dns.addresses : [], "127.0.0.1")
      assert.deepInclude(tcp, { host: "localhost", port: front.port, address: "127.0.0.1" })
      const found = tls(stages)
      assert.deepInclude(found, { protocol: "TLSv1.3", issuer: "Corp CA", subject: "the gateway" })
      assert.deepStrictEqual([found.alpn, found.problem], [Option.some("http/1.1"), Option.none()])
      assert.isAbove(found.validTo.getTime(), Date.now())
      assert.deepStrictEqual(received, [])
    }))

  it.scoped("continues if the certificate is not trusted, and reports that", () =>
    Effect.gen(function*() {
      const { front } = yield* gateway
      const found = tls(yield* Effect.provide(inspect(front.url()), network({})))
      assert.strictEqual(found.issuer, "Corp CA")
      assert.match(
        Option.match(found.problem, { onNone: () => "", onSome: ({ message }) => message }),
        /^its certificate was issued by Corp CA, which this machine does not trust$/
      )
    }))

  it.scoped("detects that a trusted certificate is for a different name", () =>
    Effect.gen(function*() {
      const { caFile, front } = yield* gateway
      const found = tls(yield* Effect.provide(inspect(front.url("127.0.0.1")), network({ caFile })))
      assert.strictEqual(
        Option.map(found.problem, ({ code }) => code).pipe(Option.getOrNull),
        "ERR_TLS_CERT_ALTNAME_INVALID"
      )
    }))

  it.scoped("uses the proxy", () =>
    Effect.gen(function*() {
      const { caFile, front } = yield* gateway
      const proxy = yield* ConnectProxy.make({ names: { "gateway.test": front.port } })
      const stages = yield* Effect.provide(
        inspect("https://gateway.test/x"),
        network({ caFile }, { HTTPS_PROXY: proxy.url("me:canary-proxy") })
      )
      assert.deepStrictEqual(stages.map(({ _tag }) => _tag), ["Route", "Dns", "Tcp", "Tunnel", "Tls"])
      assert.notInclude(JSON.stringify(stages), "canary")
      assert.isTrue(Option.isNone(tls(stages).problem))
    }))

  it.scoped("ends with the step that fails", () =>
    Effect.gen(function*() {
      const proxy = yield* ConnectProxy.make({ status: 403 })
      const closed = yield* Effect.scoped(listening(createServer()))
      for (
        const [url, env, seen, reason] of [
          ["https://gateway.invalid", {}, ["Route"], "Unreachable"],
          [`https://127.0.0.1:${closed}`, {}, ["Route", "Dns"], "Unreachable"],
          ["https://gateway.test", { HTTPS_PROXY: proxy.url() }, ["Route", "Dns", "Tcp"], "Proxy"],
          [`https://127.0.0.1:${closed}`, { HTTPS_PROXY: `http://127.0.0.1:${closed}` }, ["Route", "Dns"], "Proxy"],
          ["https://gateway.test", { HTTPS_PROXY: "socks5://s" }, [], "Proxy"]
        ] as const
      ) {
        const stages: Array<string> = []
        const error = yield* Effect.flatMap(Network.Network, ({ inspect }) =>
          Stream.runForEach(inspect(url), ({ _tag }) => Effect.sync(() => stages.push(_tag)))).pipe(
            Effect.flip,
            Effect.provide(network({}, env))
          )
        assert.deepStrictEqual(stages, [...seen])
        assert.strictEqual(error.reason, reason, error.message)
      }
    }))
})

layer(NodeContext.layer)("a request", (it) => {
  /** A proxy that takes a connection and never says a word. */
  const silent = Effect.gen(function*() {
    const server = createServer((socket) => socket.resume())
    const connected = new Promise<Socket>((resolve) => server.once("connection", resolve))
    return { connected, url: `http://127.0.0.1:${yield* listening(server)}` }
  })

  const ask = (connectTimeout: string, abortSignal: AbortSignal) =>
    Effect.flatMap(Network.Network, ({ handler }) => handler({ connectTimeout: connectTimeout as "1 second" })).pipe(
      Effect.flatMap((http) =>
        Effect.tryPromise({
          try: async () => {
            const { HttpRequest } = await import("@smithy/core/protocols")
            const request = new HttpRequest({ protocol: "https:", hostname: "gateway.test", method: "POST", path: "/" })
            return http.handle(request, { abortSignal })
          },
          catch: (error) => error
        })
      ),
      Effect.scoped
    )

  it.scoped("stops waiting for a proxy at the time limit, and names the proxy", () =>
    Effect.gen(function*() {
      const proxy = yield* silent
      const error = yield* Effect.flip(ask("200 millis", new AbortController().signal)).pipe(
        Effect.provide(network({}, { HTTPS_PROXY: proxy.url }))
      )
      assert.instanceOf(error, NetworkError)
      assert.deepInclude(error, { reason: "Timeout" })
      assert.include(String(error), proxy.url)
    }))

  it.scoped("that is interrupted while it connects to a proxy closes that connection", () =>
    Effect.gen(function*() {
      const proxy = yield* silent
      const controller = new AbortController()
      const asked = yield* Effect.fork(
        Effect.exit(Effect.provide(ask("1 hour", controller.signal), network({}, { HTTPS_PROXY: proxy.url })))
      )
      const socket = yield* Effect.promise(() => proxy.connected)
      const ended = new Promise((resolve) => socket.once("close", resolve))
      controller.abort()
      yield* Effect.promise(() => ended)
      assert.strictEqual((yield* asked.await)._tag, "Success")
    }))

  it.scoped("that is interrupted closes only its own HTTP/2 stream: others on the connection continue", () =>
    Effect.gen(function*() {
      const { HttpRequest } = yield* Effect.promise(() => import("@smithy/core/protocols"))
      let connections = 0
      let closed: (code: number) => void = () => {}
      const reset = new Promise<number>((resolve) => closed = resolve)
      const server = createHttp2Server().on("session", () => connections++).on("stream", (stream, headers) => {
        stream.respond({ ":status": 200 })
        if (headers[":path"] === "/short") return stream.end("done")
        stream.write("first words")
        stream.on("error", () => {}).on("close", () => closed(stream.rstCode))
      })
      const port = yield* listening(server)
      yield* Effect.gen(function*() {
        const http = yield* (yield* Network.Network).handler({ http2: true })
        const request = (path: string) =>
          new HttpRequest({ protocol: "http:", hostname: "127.0.0.1", port, method: "GET", path })

        const controller = new AbortController()
        const long = yield* Effect.promise(() => http.handle(request("/long"), { abortSignal: controller.signal }))
        const words: AsyncIterator<Uint8Array> = long.response.body[Symbol.asyncIterator]()
        const { value } = yield* Effect.promise(() => words.next())
        assert.strictEqual(String(value), "first words")
        controller.abort()
        assert.strictEqual(yield* Effect.promise(() => reset), constants.NGHTTP2_CANCEL)

        const short = yield* Effect.promise(() => http.handle(request("/short")))
        assert.strictEqual(yield* Effect.promise(() => text(short.response.body as Readable)), "done")
        assert.strictEqual(connections, 1)
      }).pipe(Effect.scoped, Effect.provide(network({})))
    }))
})
