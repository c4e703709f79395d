import { assert, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import { makeAuthority } from "../../../../test/Certificates.ts"
import * as ConnectProxy from "../../../../test/ConnectProxy.ts"
import { rawGateway } from "../../../../test/RawGateway.ts"
import * as TlsFront from "../../../../test/TlsFront.ts"
import { makeHome, token } from "../machine.ts"

/** A gateway for each version of HTTP, with TLS and without. */
const makeGateways = Effect.gen(function*() {
  const home = yield* makeHome("canary-proxy")
  const gateway = yield* rawGateway((response) => response.end("hello"))
  const to = gateway.port
  const authority = yield* makeAuthority("Corp CA")
  const server = yield* authority.issue({ name: "gateway", hosts: ["localhost", "gateway.test"] })
  const client = yield* authority.issue({ name: "laptop-1" })
  return {
    ...home,
    gateway,
    caFile: home.write("corp.pem", authority.cert),
    clientCert: home.write("client.pem", client.cert),
    clientKey: home.write("client.key", client.key),
    http1: yield* TlsFront.make({ to, server }),
    http2: yield* TlsFront.make({ to, server, http2: true }),
    clear: yield* TlsFront.make({ to, http2: true }),
    guarded: yield* TlsFront.make({ to, server, clients: authority.cert, http2: true })
  }
})

describe("HTTP/1.1", () => {
  it.scopedLive("is used by default", () =>
    Effect.gen(function*() {
      const { assertAnswered, caFile, http1 } = yield* makeGateways
      yield* assertAnswered(http1.url(), { caFile })
      assert.deepStrictEqual(http1.connections.map(({ alpn }) => alpn), ["http/1.1"])
    }))

  it.scopedLive("fails with a gateway that speaks only HTTP/2, and the option to set is named", () =>
    Effect.gen(function*() {
      const { assertFailed, caFile, clear, http2 } = yield* makeGateways
      for (const url of [http2.url(), clear.url("127.0.0.1")]) {
        yield* assertFailed(url, { caFile }, "Protocol", "it speaks only HTTP/2", "Set \"http2\": true in options.")
      }
    }))
})

describe("http2: true", () => {
  it.scopedLive("uses HTTP/2 with TLS", () =>
    Effect.gen(function*() {
      const { assertAnswered, caFile, gateway, http2 } = yield* makeGateways
      yield* assertAnswered(`${http2.url()}?key=value`, { caFile, http2: true })
      assert.deepStrictEqual(http2.connections.map(({ alpn }) => alpn), ["h2"])
      assert.deepStrictEqual(http2.versions, ["2.0"])
      const [{ headers, url }] = gateway.requests as [typeof gateway.requests[0]]
      assert.strictEqual(headers.authorization, `Bearer ${token}`)
      assert.strictEqual(url, "/bedrock/v1?key=value")
    }))

  it.scopedLive("uses HTTP/2 without TLS", () =>
    Effect.gen(function*() {
      const { assertAnswered, clear } = yield* makeGateways
      yield* assertAnswered(clear.url("127.0.0.1"), { http2: true })
      assert.deepStrictEqual(clear.versions, ["2.0"])
    }))

  it.scopedLive("works through a proxy and with a client certificate", () =>
    Effect.gen(function*() {
      const { assertAnswered, caFile, clientCert, clientKey, guarded } = yield* makeGateways
      const proxy = yield* ConnectProxy.make({ names: { "gateway.test": guarded.port }, login: "me:canary-proxy" })
      yield* assertAnswered("https://gateway.test/bedrock/v1", {
        caFile,
        clientCert,
        clientKey,
        http2: true,
        env: { HTTPS_PROXY: proxy.url("me:canary-proxy") }
      })
      assert.deepStrictEqual(proxy.requests.map(({ target }) => target), ["gateway.test:443"])
      assert.deepStrictEqual(guarded.connections, [{ client: "laptop-1", alpn: "h2" }])
    }))

  it.scopedLive("fails with a gateway that speaks only HTTP/1.1, and the option to remove is named", () =>
    Effect.gen(function*() {
      const { assertFailed, caFile, gateway, http1 } = yield* makeGateways
      for (const url of [http1.url(), gateway.url]) {
        yield* assertFailed(
          url,
          { caFile, http2: true },
          "Protocol",
          "it does not speak HTTP/2",
          "Remove \"http2\": true from options"
        )
      }
    }))

  it.scopedLive("reports certificate errors as with HTTP/1.1", () =>
    Effect.gen(function*() {
      const { assertFailed, caFile, guarded, http2 } = yield* makeGateways
      yield* assertFailed(
        http2.url(),
        { http2: true },
        "Certificate",
        "was issued by Corp CA, which this machine does not trust"
      )
      yield* assertFailed(
        guarded.url(),
        { caFile, http2: true },
        "ClientCertificate",
        "it requires a client certificate"
      )
    }))
})
