import * as NodeContext from "@effect/platform-node/NodeContext"
import * as FileSystem from "@effect/platform/FileSystem"
import { assert, layer } from "@effect/vitest"
import * as Effect from "effect/Effect"
import { join } from "node:path"
import { type Issued, makeAuthority, makeSelfSigned, type Names } from "./Certificates.ts"
import * as ConnectProxy from "./ConnectProxy.ts"
import { assertAnswered, assertFailed, makeScene } from "./Scene.ts"
import * as TlsFront from "./TlsFront.ts"

const day = 24 * 60 * 60 * 1000

/** A gateway with a certificate of a company's authority. */
const corporate = (names: Partial<Names> = {}) =>
  Effect.gen(function*() {
    const authority = yield* makeAuthority("Corp Root CA")
    const server = yield* authority.issue({ name: "gateway", hosts: ["localhost", "127.0.0.1"], ...names })
    return { authority, ...yield* behind(server) }
  })

const behind = (server: Issued) =>
  Effect.gen(function*() {
    const fs = yield* FileSystem.FileSystem
    const scene = yield* makeScene()
    const front = yield* TlsFront.make({ to: scene.sandbox.port, server })
    return {
      ...scene,
      front,
      baseURL: front.url(),
      write: (name: string, text: string) => {
        const path = join(scene.home.home, name)
        return Effect.as(fs.writeFileString(path, text), path)
      }
    }
  })

layer(NodeContext.layer)("a company's certificate authority", (it) => {
  it.scoped("is trusted with options.caFile, relative to the configuration file", () =>
    Effect.gen(function*() {
      const { ask, authority, baseURL, front, home } = yield* corporate()
      const fs = yield* FileSystem.FileSystem
      yield* fs.makeDirectory(join(home.home, ".config/altimate-code"), { recursive: true })
      yield* fs.writeFileString(join(home.home, ".config/altimate-code/corp.pem"), `Corp Root CA\n${authority.cert}`)
      assertAnswered(yield* ask({ baseURL, caFile: "corp.pem" }))
      assertAnswered(yield* ask({ baseURL: front.url("127.0.0.1"), caFile: "corp.pem" }))
    }))

  for (const variable of ["NODE_EXTRA_CA_CERTS", "SSL_CERT_FILE", "AWS_CA_BUNDLE"]) {
    it.scoped(`is trusted with ${variable}, also if caFile names another one`, () =>
      Effect.gen(function*() {
        const { ask, authority, baseURL, write } = yield* corporate()
        const env = { [variable]: yield* write("corp.pem", authority.cert) }
        assertAnswered(yield* ask({ baseURL, env }))
        const other = yield* makeAuthority("Other CA")
        assertAnswered(yield* ask({ baseURL, env, caFile: yield* write("other.pem", other.cert) }))
      }))
  }

  it.scoped("that is not trusted is reported with the option, and nothing is sent", () =>
    Effect.gen(function*() {
      const { ask, baseURL, front, sandbox } = yield* corporate()
      assertFailed(
        yield* ask({ baseURL }),
        `no connection to localhost:${front.port}: its certificate was issued by Corp Root CA, which this machine does not trust`,
        "set caFile in options (or NODE_EXTRA_CA_CERTS) to that file"
      )
      assert.deepStrictEqual(yield* sandbox.requests, [])
    }))

  it.scoped("is reported through a proxy as well, where it may be the proxy's", () =>
    Effect.gen(function*() {
      const { ask, front } = yield* corporate({ hosts: ["gateway.test"] })
      const proxy = yield* ConnectProxy.make({ names: { "gateway.test": front.port } })
      assertFailed(
        yield* ask({ baseURL: "https://gateway.test/bedrock/v1", env: { HTTPS_PROXY: proxy.url() } }),
        "no connection to gateway.test: its certificate was issued by Corp Root CA, which this machine does not trust"
      )
      assert.isAbove(proxy.asked.length, 0)
    }))

  it.scoped("is required whatever the value of NODE_TLS_REJECT_UNAUTHORIZED", () =>
    Effect.gen(function*() {
      const { ask, baseURL, sandbox } = yield* corporate()
      const { code, stderr } = yield* ask({ baseURL, env: { NODE_TLS_REJECT_UNAUTHORIZED: "0" } })
      assert.strictEqual(code, 1)
      assert.include(stderr, "which is not trusted here")
      assert.deepStrictEqual(yield* sandbox.requests, [])
    }))
})

layer(NodeContext.layer)("a certificate that is not accepted", (it) => {
  it.scoped("because it has expired is reported with the date and the issuer", () =>
    Effect.gen(function*() {
      const notAfter = new Date(Date.now() - 3 * day)
      const { ask, authority, baseURL, write } = yield* corporate({ notAfter })
      assertFailed(
        yield* ask({ baseURL, caFile: yield* write("corp.pem", authority.cert) }),
        "its certificate expired on ",
        String(notAfter.getUTCFullYear()),
        "issued by Corp Root CA (CERT_HAS_EXPIRED)"
      )
    }))

  it.scoped("because it is for a different name is reported with its names and the issuer", () =>
    Effect.gen(function*() {
      const { ask, authority, baseURL, write } = yield* corporate({ hosts: ["other.example", "10.0.0.1"] })
      assertFailed(
        yield* ask({ baseURL, caFile: yield* write("corp.pem", authority.cert) }),
        "its certificate is for a different name: other.example, 10.0.0.1; issued by Corp Root CA",
        "check the host in baseURL"
      )
    }))

  it.scoped("because it is self-signed is reported, and trusted with caFile", () =>
    Effect.gen(function*() {
      const server = yield* makeSelfSigned({ name: "lonely gateway", hosts: ["localhost"] })
      const { ask, baseURL, write } = yield* behind(server)
      assertFailed(
        yield* ask({ baseURL }),
        "its certificate is self-signed (lonely gateway)",
        "caFile"
      )
      assertAnswered(yield* ask({ baseURL, caFile: yield* write("gateway.pem", server.cert) }))
    }))
})

layer(NodeContext.layer)("a file of certificates", (it) => {
  it.scoped("that can't be used is reported with its option", () =>
    Effect.gen(function*() {
      const { ask, authority, baseURL, home, sandbox, write } = yield* corporate()
      const missing = join(home.home, "missing.pem")
      const empty = yield* write("empty.pem", "no certificate\n")
      const damaged = yield* write("damaged.pem", authority.cert.replace(/\n[^\n]{20}/, "\nxxxx"))
      assertFailed(
        yield* ask({ baseURL, caFile: missing }),
        /caFile \(.*altimate-code\.json:\d+.*\): .*missing\.pem does not exist/
      )
      assertFailed(yield* ask({ baseURL, caFile: empty }), /caFile \(.*\): .*empty\.pem contains no certificate/, "PEM")
      assertFailed(yield* ask({ baseURL, caFile: damaged }), "damaged.pem contains a damaged certificate")
      assertFailed(yield* ask({ baseURL, env: { AWS_CA_BUNDLE: missing } }), `AWS_CA_BUNDLE: ${missing} does not exist`)
      assert.deepStrictEqual(yield* sandbox.requests, [])
    }))

  it.scoped("for all programs does not prevent the request if it can't be used", () =>
    Effect.gen(function*() {
      const { ask, authority, baseURL, home, write } = yield* corporate()
      const caFile = yield* write("corp.pem", authority.cert)
      const missing = join(home.home, "missing.pem")
      assertAnswered(yield* ask({ baseURL, caFile, env: { NODE_EXTRA_CA_CERTS: missing, SSL_CERT_FILE: missing } }))
      assert.include(yield* home.logs, "ignored: SSL_CERT_FILE")
    }))

  it.scoped("is not read without TLS", () =>
    Effect.gen(function*() {
      const { ask, home } = yield* corporate()
      assertAnswered(yield* ask({ caFile: join(home.home, "missing.pem") }))
    }))
})
