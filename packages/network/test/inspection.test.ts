import { assert, describe, it } from "@effect/vitest"
import * as Chunk from "effect/Chunk"
import * as Effect from "effect/Effect"
import * as Option from "effect/Option"
import * as Stream from "effect/Stream"
import { createServer } from "node:net"
import { makeAuthority } from "../../../test/Certificates.ts"
import * as ConnectProxy from "../../../test/ConnectProxy.ts"
import { listening } from "../../../test/Listening.ts"
import * as TlsFront from "../../../test/TlsFront.ts"
import type { Stage } from "../src/Inspection.ts"
import { file, type Machine, makeNetwork, temporary } from "./machine.ts"

const inspect = (url: string, machine: Machine = {}) =>
  Effect.flatMap(
    makeNetwork(machine),
    ({ inspect }) => Effect.map(Stream.runCollect(inspect(url)), Chunk.toReadonlyArray)
  )

const findTls = (stages: ReadonlyArray<Stage>) => stages.find((stage) => stage._tag === "Tls")!

const makeGateway = Effect.gen(function*() {
  const authority = yield* makeAuthority("Corp CA")
  const server = yield* authority.issue({ name: "the gateway", hosts: ["localhost", "gateway.test"] })
  const received: Array<string> = []
  const behind = yield* listening(createServer((socket) => socket.on("data", (text) => received.push(String(text)))))
  const caFile = file(yield* temporary, "ca.pem", authority.cert)
  return { caFile, received, front: yield* TlsFront.make({ to: behind, server }) }
})

describe("an inspection", () => {
  it.scopedLive("reports each step to an https host, and sends nothing", () =>
    Effect.gen(function*() {
      const { caFile, front, received } = yield* makeGateway
      const stages = yield* inspect(front.url(), { caFile })
      assert.deepStrictEqual(stages.map(({ _tag }) => _tag), ["Route", "Dns", "Tcp", "Tls"])
      const [, dns, tcp] = stages
      assert.include(dns?._tag === "Dns" ? dns.addresses : [], "127.0.0.1")
      assert.deepInclude(tcp, { host: "localhost", port: front.port, address: "127.0.0.1" })
      const tls = findTls(stages)
      assert.deepInclude(tls, { protocol: "TLSv1.3", issuer: "Corp CA", subject: "the gateway" })
      assert.deepStrictEqual([tls.alpn, tls.problem], [Option.some("http/1.1"), Option.none()])
      assert.isAbove(tls.validTo.getTime(), Date.now())
      assert.deepStrictEqual(received, [])
    }))

  it.scopedLive("continues if the certificate is not trusted, and reports the problem", () =>
    Effect.gen(function*() {
      const { front } = yield* makeGateway
      const tls = findTls(yield* inspect(front.url()))
      assert.strictEqual(tls.issuer, "Corp CA")
      assert.match(
        Option.match(tls.problem, { onNone: () => "", onSome: ({ message }) => message }),
        /^its certificate was issued by Corp CA, which this machine does not trust$/
      )
    }))

  it.scopedLive("reports a trusted certificate for a different name", () =>
    Effect.gen(function*() {
      const { caFile, front } = yield* makeGateway
      const { problem } = findTls(yield* inspect(front.url("127.0.0.1"), { caFile }))
      assert.deepStrictEqual(Option.map(problem, ({ code }) => code), Option.some("ERR_TLS_CERT_ALTNAME_INVALID"))
    }))

  it.scopedLive("uses the proxy, and does not show its password", () =>
    Effect.gen(function*() {
      const { caFile, front } = yield* makeGateway
      const proxy = yield* ConnectProxy.make({ names: { "gateway.test": front.port } })
      const env = { HTTPS_PROXY: proxy.url("me:canary-proxy") }
      const stages = yield* inspect("https://gateway.test/x", { caFile, env })
      assert.deepStrictEqual(stages.map(({ _tag }) => _tag), ["Route", "Dns", "Tcp", "Tunnel", "Tls"])
      assert.notInclude(JSON.stringify(stages), "canary")
      assert.isTrue(Option.isNone(findTls(stages).problem))
    }))

  it.scopedLive("ends with the step that fails", () =>
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
        const { inspect } = yield* makeNetwork({ env })
        const stages: Array<string> = []
        const error = yield* Effect.flip(
          Stream.runForEach(inspect(url), ({ _tag }) => Effect.sync(() => stages.push(_tag)))
        )
        assert.deepStrictEqual(stages, [...seen])
        assert.strictEqual(error.reason, reason, error.message)
      }
    }))
})
