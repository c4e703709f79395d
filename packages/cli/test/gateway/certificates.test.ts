import * as NodeContext from "@effect/platform-node/NodeContext"
import * as FileSystem from "@effect/platform/FileSystem"
import { assert, layer } from "@effect/vitest"
import * as Effect from "effect/Effect"
import { join } from "node:path"
import { makeAuthority } from "../../../../test/Certificates.ts"
import { rawGateway } from "../../../../test/RawGateway.ts"
import * as TlsFront from "../../../../test/TlsFront.ts"
import { assertAnswered, assertFailed, makeScene } from "./Scene.ts"

/** A gateway with a certificate of a company's authority. With `isGuarded` it also requires one of the client. */
const makeCorporate = ({ isGuarded = false, script = [] }: {
  readonly isGuarded?: boolean
  readonly script?: NonNullable<Parameters<typeof makeScene>[0]>["script"]
} = {}) =>
  Effect.gen(function*() {
    const fs = yield* FileSystem.FileSystem
    const authority = yield* makeAuthority("Corp Root CA")
    const server = yield* authority.issue({ name: "gateway", hosts: ["localhost"] })
    const client = yield* authority.issue({ name: "laptop-1" })
    const scene = yield* makeScene(script.length === 0 ? {} : { script }, client.key.split("\n")[1]!)
    const front = yield* TlsFront.make({
      to: scene.sandbox.port,
      server,
      ...(isGuarded ? { clients: authority.cert } : {})
    })
    const config = join(scene.home.home, ".config/altimate-code")
    yield* fs.makeDirectory(config, { recursive: true })
    yield* fs.writeFileString(join(config, "corp.pem"), authority.cert)
    yield* fs.writeFileString(join(config, "client.pem"), client.cert)
    yield* fs.writeFileString(join(config, "client.key"), client.key)
    return { ...scene, front, baseURL: front.url() }
  })

const caFile = "corp.pem"
const clientFiles = { clientCert: "client.pem", clientKey: "client.key" }

layer(NodeContext.layer)("a company's certificate authority", (it) => {
  it.scoped("is trusted if it is in options.caFile", () =>
    Effect.gen(function*() {
      const { ask, baseURL } = yield* makeCorporate()
      assertAnswered(yield* ask({ baseURL, caFile }))
    }))

  it.scoped("is named if it is not trusted or its file is missing, and nothing is sent", () =>
    Effect.gen(function*() {
      const { ask, baseURL, front, sandbox } = yield* makeCorporate()
      assertFailed(
        yield* ask({ baseURL }),
        `no connection to localhost:${front.port}: its certificate was issued by Corp Root CA, which this machine does not trust`,
        "set caFile in options (or NODE_EXTRA_CA_CERTS) to that file"
      )
      assertFailed(
        yield* ask({ baseURL, caFile: "missing.pem" }),
        /caFile \(.*altimate-code\.json:\d+.*\): .*missing\.pem does not exist/
      )
      assert.deepStrictEqual(yield* sandbox.requests, [])
    }))
})

layer(NodeContext.layer)("a client certificate", (it) => {
  it.scoped("is sent on one connection, which all requests of a prompt use", () =>
    Effect.gen(function*() {
      const script = [
        { blocks: [{ type: "toolUse" as const, name: "bash", input: { command: "true", description: "nothing" } }] },
        { blocks: [{ type: "text" as const, text: ["Hello from the Bedrock sandbox"] }] }
      ]
      const { ask, baseURL, front, sandbox } = yield* makeCorporate({ isGuarded: true, script })
      assertAnswered(yield* ask({ baseURL, caFile, ...clientFiles, args: ["run", "twice", "--yolo"] }))
      assert.strictEqual((yield* sandbox.requests).length, 2)
      assert.deepStrictEqual(front.connections.map(({ client }) => client), ["laptop-1"])
    }))

  it.scoped("is named if it is missing, and nothing is sent", () =>
    Effect.gen(function*() {
      const { ask, baseURL, front, sandbox } = yield* makeCorporate({ isGuarded: true })
      assertFailed(
        yield* ask({ baseURL, caFile }),
        `no connection to localhost:${front.port}: it requires a client certificate`,
        "Set clientCert and clientKey in options"
      )
      assert.deepStrictEqual(yield* sandbox.requests, [])
    }))

  it.scoped("is named if a gateway asks for it in a web page", () =>
    Effect.gen(function*() {
      const { ask } = yield* makeScene()
      const { url } = yield* rawGateway((response) => {
        response.writeHead(400, { "content-type": "text/html" }).end(
          "<html><head><title>400 No required SSL certificate was sent</title></head><body>nginx</body></html>"
        )
      })
      assertFailed(
        yield* ask({ baseURL: url }),
        "400 No required SSL certificate was sent",
        "Set clientCert and clientKey in options"
      )
    }))
})
