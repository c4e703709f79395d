import * as NodeContext from "@effect/platform-node/NodeContext"
import * as FileSystem from "@effect/platform/FileSystem"
import { assert, layer } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as Redacted from "effect/Redacted"
import { join } from "node:path"
import { makeAuthority } from "../../../../test/Certificates.ts"
import * as ConnectProxy from "../../../../test/ConnectProxy.ts"
import * as TlsFront from "../../../../test/TlsFront.ts"
import { assertAnswered, assertFailed, makeScene } from "./Scene.ts"

/** A gateway that speaks only HTTP/2, with TLS. */
const makeHttp2Gateway = (sandbox: Parameters<typeof makeScene>[0] = {}) =>
  Effect.gen(function*() {
    const fs = yield* FileSystem.FileSystem
    const scene = yield* makeScene(sandbox, "canary-proxy", "canary-http2-secret")
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
      front: yield* TlsFront.make({ to: scene.sandbox.port, server, http2: true })
    }
  })

const greeting = [{ blocks: [{ type: "text" as const, text: ["Hello from ", "the Bedrock sandbox"] }] }]

layer(NodeContext.layer)("http2: true", (it) => {
  it.scoped("is named if it is missing and the gateway speaks only HTTP/2", () =>
    Effect.gen(function*() {
      const { ask, caFile, front } = yield* makeHttp2Gateway()
      assertFailed(
        yield* ask({ baseURL: front.url(), caFile }),
        "it speaks only HTTP/2",
        "Set \"http2\": true in options."
      )
    }))

  it.scoped("works through a proxy, with a client certificate and with AWS signatures", () =>
    Effect.gen(function*() {
      const { ask, caFile, clientCert, clientKey, clients, sandbox, server } = yield* makeHttp2Gateway({
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
      assert.deepStrictEqual(proxy.requests.map(({ target }) => target), ["gateway.test:443"])
      assert.deepStrictEqual(front.connections, [{ client: "laptop-1", alpn: "h2" }])
      assert.isTrue((yield* sandbox.requests)[0]!.authorized)
    }))

  it.scoped("works in the built command, as HTTP/1.1 over TLS does, and each says that the gateway speaks only the other", () =>
    Effect.gen(function*() {
      const { ask, caFile, front, sandbox, server } = yield* makeHttp2Gateway()
      const older = yield* TlsFront.make({ to: sandbox.port, server })
      assertAnswered(yield* ask({ baseURL: front.url(), caFile, http2: true }, {}))
      assertAnswered(yield* ask({ baseURL: older.url(), caFile }, {}))
      assertFailed(yield* ask({ baseURL: older.url(), caFile, http2: true }, {}), "it does not speak HTTP/2")
      assertFailed(yield* ask({ baseURL: front.url(), caFile }, {}), "it speaks only HTTP/2")
    }))

  it.scoped("shows text as it arrives, and an interruption closes the stream", () =>
    Effect.gen(function*() {
      const { ask, caFile, front, sandbox } = yield* makeHttp2Gateway({
        script: [{ ...greeting[0]!, faults: [{ type: "stall", afterEvents: 3 }] }]
      })
      const result = yield* ask({ baseURL: front.url(), caFile, http2: true }, {
        onStdout: (stdout, kill) => stdout.includes("Hello from") && kill("SIGINT")
      })
      assert.strictEqual(result.code, 130, result.stderr)
      yield* sandbox.waitFor(([first]) => first?.aborted === true)
    }))

  it.scoped("retries when the stream breaks; once text has been shown, only if the settings allow it", () =>
    Effect.gen(function*() {
      const before = yield* makeHttp2Gateway({ script: [{ ...greeting[0]!, faults: [{ type: "reset", times: 1 }] }] })
      assertAnswered(yield* before.ask({ baseURL: before.front.url(), caFile: before.caFile, http2: true }))
      assert.strictEqual((yield* before.sandbox.requests).length, 2)

      const after = yield* makeHttp2Gateway({
        script: [{ ...greeting[0]!, faults: [{ type: "reset", afterEvents: 3 }] }]
      })
      const retry = { midAnswer: false }
      const result = yield* after.ask({ baseURL: after.front.url(), caFile: after.caFile, http2: true, retry })
      assert.strictEqual(result.code, 1)
      assert.match(result.stderr, /was cut off|ended before it was complete/)
      assert.strictEqual((yield* after.sandbox.requests).length, 1)
    }))
})
