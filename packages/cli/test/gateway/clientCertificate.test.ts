import type * as Sandbox from "@altimate-code/sandbox/Sandbox"
import * as NodeContext from "@effect/platform-node/NodeContext"
import * as FileSystem from "@effect/platform/FileSystem"
import { assert, layer } from "@effect/vitest"
import * as Effect from "effect/Effect"
import { createPrivateKey } from "node:crypto"
import { createServer } from "node:http"
import { join } from "node:path"
import { createServer as createTlsServer } from "node:tls"
import { makeAuthority } from "./Certificates.ts"
import { listening } from "./Listening.ts"
import { assertAnswered, assertFailed, makeScene } from "./Scene.ts"
import * as TlsFront from "./TlsFront.ts"

/** The inner line of a key, which nothing may show. */
const inside = (pem: string) => pem.split("\n")[1]!

/** A gateway that lets in whoever has a certificate of the company's. */
const guarded = (options: Partial<TlsFront.Options> = {}, sandbox: Sandbox.Options = {}) =>
  Effect.gen(function*() {
    const fs = yield* FileSystem.FileSystem
    const authority = yield* makeAuthority("Corp CA")
    const server = yield* authority.issue({ name: "gateway", hosts: ["localhost"] })
    const client = yield* authority.issue({ name: "laptop-1" })
    const renewed = yield* authority.issue({ name: "laptop-1 renewed" })
    const scene = yield* makeScene(sandbox, inside(client.key), inside(renewed.key))
    const front = yield* TlsFront.make({ to: scene.sandbox.port, server, clients: authority.cert, ...options })
    const write = (name: string, text: string) => {
      const path = join(scene.home.home, name)
      return Effect.as(fs.writeFileString(path, text), path)
    }
    return {
      ...scene,
      authority,
      client,
      server,
      front,
      write,
      baseURL: front.url(),
      files: {
        caFile: yield* write("corp.pem", authority.cert),
        clientCert: yield* write("client.pem", client.cert),
        clientKey: yield* write("client.key", client.key)
      },
      renew: Effect.zip(write("new.pem", renewed.cert), write("new.key", renewed.key))
    }
  })

layer(NodeContext.layer)("a client certificate", (it) => {
  for (const maxVersion of ["TLSv1.2", "TLSv1.3"] as const) {
    it.scoped(`is sent to a gateway that requests one, in ${maxVersion}`, () =>
      Effect.gen(function*() {
        const { ask, baseURL, files, front } = yield* guarded({ maxVersion })
        assertAnswered(yield* ask({ baseURL, ...files }))
        assert.deepStrictEqual(front.connections.map(({ client }) => client), ["laptop-1"])
      }))

    it.scoped(`that is missing is explained, in ${maxVersion}`, () =>
      Effect.gen(function*() {
        const { ask, baseURL, files: { caFile }, front, sandbox } = yield* guarded({ maxVersion })
        assertFailed(
          yield* ask({ baseURL, caFile }),
          `no connection to localhost:${front.port}: it requires a client certificate`,
          "Set clientCert and clientKey in options"
        )
        assert.deepStrictEqual(yield* sandbox.requests, [])
      }))

    it.scoped(`of another authority is refused, and the error explains that, in ${maxVersion}`, () =>
      Effect.gen(function*() {
        const { ask, baseURL, files, write } = yield* guarded({ maxVersion })
        const other = yield* Effect.flatMap(makeAuthority("Other CA"), ({ issue }) => issue({ name: "stranger" }))
        yield* write("client.pem", other.cert)
        yield* write("client.key", other.key)
        assertFailed(
          yield* ask({ baseURL, ...files }),
          "the connection was closed",
          "A gateway that does not accept the client's certificate can look like this too"
        )
      }))
  }

  it.scoped("is read again when it has been renewed, without a restart", () =>
    Effect.gen(function*() {
      const command = "cp new.pem client.pem && cp new.key client.key"
      const script = [
        { blocks: [{ type: "toolUse" as const, name: "bash", input: { command, description: "renew" } }] },
        { blocks: [{ type: "text" as const, text: ["Hello from the Bedrock sandbox"] }] }
      ]
      const { ask, baseURL, files, front, renew, sandbox } = yield* guarded({}, { script })
      yield* renew
      assertAnswered(yield* ask({ baseURL, ...files, args: ["run", "renew it", "--yolo"] }))
      assert.strictEqual((yield* sandbox.requests).length, 2)
      assert.deepStrictEqual(front.connections.map(({ client }) => client), ["laptop-1", "laptop-1 renewed"])
    }))

  it.scoped("does not open a new connection unless it changes", () =>
    Effect.gen(function*() {
      const script = [
        { blocks: [{ type: "toolUse" as const, name: "bash", input: { command: "true", description: "nothing" } }] },
        { blocks: [{ type: "text" as const, text: ["Hello from the Bedrock sandbox"] }] }
      ]
      const { ask, baseURL, files, front, sandbox } = yield* guarded({}, { script })
      assertAnswered(yield* ask({ baseURL, ...files, args: ["run", "twice", "--yolo"] }))
      assert.strictEqual((yield* sandbox.requests).length, 2)
      assert.deepStrictEqual(front.connections.map(({ client }) => client), ["laptop-1"])
    }))

  it.scoped(
    "whose files can't be used is reported with its option, and nothing is sent",
    () =>
      Effect.gen(function*() {
        const { ask, authority, baseURL, client, files, home, sandbox, write } = yield* guarded()
        const { clientCert, clientKey } = files
        const other = yield* authority.issue({ name: "other" })
        const failing = (changed: Record<string, string | undefined>, ...words: ReadonlyArray<string | RegExp>) =>
          Effect.map(ask({ baseURL, ...files, ...changed }), (result) => assertFailed(result, ...words))
        yield* failing(
          { clientKey: undefined },
          /clientCert is set \(.*altimate-code\.json.*\), clientKey is not/,
          "Set clientKey as well"
        )
        yield* failing(
          { clientCert: undefined },
          /clientKey is set \(.*\), clientCert is not/,
          "Set clientCert as well"
        )
        yield* failing({ clientCert: join(home.home, "none.pem") }, /clientCert \(.*\): .*none\.pem does not exist/)
        yield* failing({ clientKey: join(home.home, "none.key") }, /clientKey \(.*\): .*none\.key does not exist/)
        yield* failing({ clientCert: clientKey }, /clientCert \(.*\): .*client\.key contains no certificate/)
        yield* failing({ clientKey: clientCert }, /clientKey \(.*\): .*client\.pem contains no private key/)
        yield* failing(
          { clientKey: yield* write("other.key", other.key) },
          `other.key is not the key for the certificate in ${clientCert}`
        )
        const encrypted = createPrivateKey(client.key).export({
          type: "pkcs8",
          format: "pem",
          cipher: "aes-256-cbc",
          passphrase: "canary"
        })
        yield* failing(
          { clientKey: yield* write("encrypted.key", String(encrypted)) },
          "is encrypted with a passphrase"
        )
        assert.deepStrictEqual(yield* sandbox.requests, [])
      }),
    60_000
  )

  it.scoped("is suggested if a gateway only closes the connection", () =>
    Effect.gen(function*() {
      const { ask, files: { caFile }, server } = yield* guarded()
      const port = yield* listening(createTlsServer(server, (socket) => socket.destroy()))
      assertFailed(
        yield* ask({ baseURL: `https://localhost:${port}`, caFile }),
        `no response from localhost:${port}: the connection was closed`,
        "set clientCert and clientKey"
      )
    }))

  it.scoped("is suggested if a gateway's error page mentions it", () =>
    Effect.gen(function*() {
      const { ask } = yield* guarded()
      const port = yield* listening(createServer((_, response) => {
        response.writeHead(400, { "content-type": "text/html" }).end(
          "<html><head><title>400 No required SSL certificate was sent</title></head><body>nginx</body></html>"
        )
      }))
      assertFailed(
        yield* ask({ baseURL: `http://127.0.0.1:${port}` }),
        "400 No required SSL certificate was sent",
        "Set clientCert and clientKey in options"
      )
    }))
})
