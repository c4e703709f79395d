import * as NodeContext from "@effect/platform-node/NodeContext"
import * as FileSystem from "@effect/platform/FileSystem"
import { assert, layer } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as Redacted from "effect/Redacted"
import { join } from "node:path"
import { makeAuthority } from "./Certificates.ts"
import * as ConnectProxy from "./ConnectProxy.ts"
import { assertAnswered, assertFailed, makeScene, token } from "./Scene.ts"
import * as TlsFront from "./TlsFront.ts"

/** Fronts for both versions of HTTP, with TLS and without. */
const fronts = (sandbox: Parameters<typeof makeScene>[0] = {}) =>
  Effect.gen(function*() {
    const fs = yield* FileSystem.FileSystem
    const scene = yield* makeScene(sandbox)
    const to = scene.sandbox.port
    const authority = yield* makeAuthority("Corp CA")
    const server = yield* authority.issue({ name: "gateway", hosts: ["localhost", "gateway.test"] })
    const client = yield* authority.issue({ name: "laptop-1" })
    const write = (name: string, text: string) => {
      const path = join(scene.home.home, name)
      return Effect.as(fs.writeFileString(path, text), path)
    }
    return {
      ...scene,
      clients: authority.cert,
      server,
      caFile: yield* write("corp.pem", authority.cert),
      clientCert: yield* write("client.pem", client.cert),
      clientKey: yield* write("client.key", client.key),
      one: yield* TlsFront.make({ to, server }),
      two: yield* TlsFront.make({ to, server, http2: true }),
      clear: yield* TlsFront.make({ to, http2: true })
    }
  })

const greeting = [{ blocks: [{ type: "text" as const, text: ["Hello from ", "the Bedrock sandbox"] }] }]

layer(NodeContext.layer)("HTTP/1.1", (it) => {
  it.scoped("is the default", () =>
    Effect.gen(function*() {
      const { ask, caFile, one } = yield* fronts()
      assertAnswered(yield* ask({ baseURL: one.url(), caFile }))
      assert.deepStrictEqual(one.connections.map(({ alpn }) => alpn), ["http/1.1"])
    }))

  it.scoped("fails with a gateway that supports only HTTP/2: the message names the option", () =>
    Effect.gen(function*() {
      const { ask, caFile, clear, two } = yield* fronts()
      for (const baseURL of [two.url(), clear.url("127.0.0.1")]) {
        assertFailed(
          yield* ask({ baseURL, caFile }),
          "it speaks only HTTP/2",
          "Set \"http2\": true in options."
        )
      }
    }))
})

layer(NodeContext.layer)("http2: true", (it) => {
  it.scoped("uses HTTP/2 with TLS", () =>
    Effect.gen(function*() {
      const { ask, caFile, sandbox, two } = yield* fronts()
      assertAnswered(yield* ask({ baseURL: `${two.url()}?key=value`, caFile, http2: true }))
      assert.deepStrictEqual(two.connections.map(({ alpn }) => alpn), ["h2"])
      assert.deepStrictEqual(two.versions, ["2.0"])
      const [sent] = yield* sandbox.requests
      assert.strictEqual(sent!.headers["authorization"], `Bearer ${token}`)
      assert.match(sent!.rawPath, /^\/bedrock\/v1\/model\/us\.anthropic[^/]*\/converse-stream\?key=value$/)
    }))

  it.scoped("uses HTTP/2 without TLS", () =>
    Effect.gen(function*() {
      const { ask, clear } = yield* fronts()
      assertAnswered(yield* ask({ baseURL: clear.url("127.0.0.1"), http2: true }))
      assert.deepStrictEqual(clear.versions, ["2.0"])
    }))

  it.scoped("works with a proxy, a client certificate and signatures", () =>
    Effect.gen(function*() {
      const { ask, caFile, clientCert, clientKey, clients, sandbox, server } = yield* fronts({
        auth: {
          sigv4: [{
            accessKeyId: "AKIAHTTPTWO",
            secretAccessKey: Redacted.make("canary-http2-secret"),
            region: "us-east-1"
          }]
        }
      })
      const front = yield* TlsFront.make({ to: sandbox.port, server, clients, http2: true })
      const proxy = yield* ConnectProxy.make({ names: { "gateway.test": front.port }, login: "me:canary-proxy" })
      assertAnswered(
        yield* ask({
          baseURL: "https://gateway.test/bedrock/v1",
          caFile,
          clientCert,
          clientKey,
          http2: true,
          env: {
            AWS_BEARER_TOKEN_BEDROCK: "",
            AWS_ACCESS_KEY_ID: "AKIAHTTPTWO",
            AWS_SECRET_ACCESS_KEY: "canary-http2-secret",
            HTTPS_PROXY: proxy.url("me:canary-proxy")
          }
        })
      )
      assert.deepStrictEqual(proxy.asked.map(({ target }) => target), ["gateway.test:443"])
      assert.deepStrictEqual(front.connections, [{ client: "laptop-1", alpn: "h2" }])
      assert.isTrue((yield* sandbox.requests)[0]!.authorized)
    }))

  it.scoped("shows text as it arrives, and closes its stream when it is interrupted", () =>
    Effect.gen(function*() {
      const { ask, caFile, sandbox, two } = yield* fronts({
        script: [{ ...greeting[0]!, faults: [{ type: "stall", afterEvents: 3 }] }]
      })
      const result = yield* ask({ baseURL: two.url(), caFile, http2: true }, {
        onStdout: (stdout, kill) => stdout.includes("Hello from") && kill("SIGINT")
      })
      assert.strictEqual(result.code, 130, result.stderr)
      yield* sandbox.waitFor(([first]) => first?.aborted === true)
    }))

  it.scoped("retries after a broken stream, and after some text only if the settings allow it", () =>
    Effect.gen(function*() {
      const before = yield* fronts({ script: [{ ...greeting[0]!, faults: [{ type: "reset", times: 1 }] }] })
      assertAnswered(yield* before.ask({ baseURL: before.two.url(), caFile: before.caFile, http2: true }))
      assert.strictEqual((yield* before.sandbox.requests).length, 2)

      const after = yield* fronts({ script: [{ ...greeting[0]!, faults: [{ type: "reset", afterEvents: 3 }] }] })
      const retry = { midAnswer: false }
      const result = yield* after.ask({ baseURL: after.two.url(), caFile: after.caFile, http2: true, retry })
      assert.strictEqual(result.code, 1)
      assert.match(result.stderr, /was cut off|ended before it was complete/)
      assert.strictEqual((yield* after.sandbox.requests).length, 1)
    }))

  it.scoped("fails with a gateway that supports only HTTP/1.1: the message names the option", () =>
    Effect.gen(function*() {
      const { ask, caFile, one, sandbox } = yield* fronts()
      for (const baseURL of [one.url(), sandbox.url]) {
        assertFailed(
          yield* ask({ baseURL, caFile, http2: true }),
          "it does not speak HTTP/2",
          "Remove \"http2\": true from options"
        )
      }
    }))

  it.scoped("reports problems with certificates as HTTP/1.1 does", () =>
    Effect.gen(function*() {
      const { ask, caFile, clients, sandbox, server, two } = yield* fronts()
      assertFailed(
        yield* ask({ baseURL: two.url(), http2: true }),
        "was issued by Corp CA, which this machine does not trust"
      )
      const front = yield* TlsFront.make({ to: sandbox.port, server, clients, http2: true })
      assertFailed(yield* ask({ baseURL: front.url(), caFile, http2: true }), "it requires a client certificate")
    }))
})
