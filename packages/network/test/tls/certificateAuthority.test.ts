import { assert, describe, it } from "@effect/vitest"
import * as ConfigProvider from "effect/ConfigProvider"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import { join } from "node:path"
import { type Issued, makeAuthority, makeSelfSigned, type Names } from "../../../../test/Certificates.ts"
import * as ConnectProxy from "../../../../test/ConnectProxy.ts"
import { rawGateway } from "../../../../test/RawGateway.ts"
import * as TlsFront from "../../../../test/TlsFront.ts"
import * as Network from "../../src/Network.ts"
import { makeHome } from "../machine.ts"

const day = 24 * 60 * 60 * 1000

/** A gateway with this certificate. */
const makeGateway = (server: Issued) =>
  Effect.gen(function*() {
    const home = yield* makeHome()
    const gateway = yield* rawGateway((response) => response.end("hello"))
    const front = yield* TlsFront.make({ to: gateway.port, server })
    return { ...home, front, gateway, url: front.url() }
  })

/** A gateway with a certificate of a company's authority. */
const makeCorporate = (names: Partial<Names> = {}) =>
  Effect.gen(function*() {
    const authority = yield* makeAuthority("Corp Root CA")
    const server = yield* authority.issue({ name: "gateway", hosts: ["localhost", "127.0.0.1"], ...names })
    return { authority, ...yield* makeGateway(server) }
  })

describe("a company's certificate authority", () => {
  it.scopedLive("is trusted if it is in options.caFile, which is relative to the configuration file", () =>
    Effect.gen(function*() {
      const { assertAnswered, authority, front, url, write } = yield* makeCorporate()
      write(".config/altimate-code/corp.pem", `Corp Root CA\n${authority.cert}`)
      yield* assertAnswered(url, { caFile: "corp.pem" })
      yield* assertAnswered(front.url("127.0.0.1"), { caFile: "corp.pem" })
    }))

  it.scopedLive("is trusted by a program that gives its file in code, and needs no other layer", () =>
    Effect.gen(function*() {
      const { authority, url, write } = yield* makeCorporate()
      const caFile = write("corp.pem", authority.cert)
      const get = Effect.flatMap(
        Network.Network,
        ({ fetch }) => Effect.tryPromise({ try: async () => (await fetch(url)).text(), catch: String })
      )
      assert.strictEqual(yield* Effect.provide(get, Network.layer({ caFile })), "hello")
      const variables = Layer.setConfigProvider(
        ConfigProvider.fromMap(new Map([["AWS_CA_BUNDLE", `${caFile}.missing`]]))
      )
      const given = Layer.provideMerge(Network.layer({ caFile }), variables)
      assert.strictEqual(yield* Effect.provide(get, given), "hello")
      const error = yield* Effect.flip(Effect.provide(get, Network.layer({ caFile: `${caFile}.missing` })))
      assert.include(String(error), `caFile (the parameter caFile): ${caFile}.missing does not exist`)
      const untrusted = yield* Effect.flip(Effect.provide(get, Network.layer()))
      assert.include(String(untrusted), "Corp Root CA, which this machine does not trust")
    }))

  for (const variable of ["NODE_EXTRA_CA_CERTS", "SSL_CERT_FILE", "AWS_CA_BUNDLE"]) {
    it.scopedLive(`is trusted if it is in ${variable}, even if caFile names another one`, () =>
      Effect.gen(function*() {
        const { assertAnswered, authority, url, write } = yield* makeCorporate()
        const env = { [variable]: write("corp.pem", authority.cert) }
        yield* assertAnswered(url, { env })
        const other = yield* makeAuthority("Other CA")
        yield* assertAnswered(url, { env, caFile: write("other.pem", other.cert) })
      }))
  }

  it.scopedLive("is named if it is not trusted, and nothing is sent", () =>
    Effect.gen(function*() {
      const { assertFailed, front, gateway, url } = yield* makeCorporate()
      yield* assertFailed(
        url,
        {},
        "Certificate",
        `no connection to localhost:${front.port}: its certificate was issued by Corp Root CA, which this machine does not trust`,
        "set caFile in options (or NODE_EXTRA_CA_CERTS) to that file"
      )
      assert.deepStrictEqual(gateway.requests, [])
    }))

  it.scopedLive("is named behind a proxy as well, because it may be the proxy's", () =>
    Effect.gen(function*() {
      const { assertFailed, front } = yield* makeCorporate({ hosts: ["gateway.test"] })
      const proxy = yield* ConnectProxy.make({ names: { "gateway.test": front.port } })
      yield* assertFailed(
        "https://gateway.test/bedrock/v1",
        { env: { HTTPS_PROXY: proxy.url() } },
        "Certificate",
        "no connection to gateway.test: its certificate was issued by Corp Root CA, which this machine does not trust"
      )
      assert.isNotEmpty(proxy.requests)
    }))

  it.scopedLive("is verified even with NODE_TLS_REJECT_UNAUTHORIZED=0", () =>
    Effect.gen(function*() {
      const { assertFailed, gateway, url } = yield* makeCorporate()
      yield* Effect.acquireRelease(
        Effect.sync(() => void (process.env["NODE_TLS_REJECT_UNAUTHORIZED"] = "0")),
        () => Effect.sync(() => void delete process.env["NODE_TLS_REJECT_UNAUTHORIZED"])
      )
      yield* assertFailed(url, {}, "Certificate", "Corp Root CA, which this machine does not trust")
      assert.deepStrictEqual(gateway.requests, [])
    }))
})

describe("a rejected certificate", () => {
  it.scopedLive("that has expired is reported with the date and its issuer", () =>
    Effect.gen(function*() {
      const notAfter = new Date(Date.now() - 3 * day)
      const { assertFailed, authority, url, write } = yield* makeCorporate({ notAfter })
      yield* assertFailed(
        url,
        { caFile: write("corp.pem", authority.cert) },
        "Certificate",
        "its certificate expired on ",
        String(notAfter.getUTCFullYear()),
        "issued by Corp Root CA (CERT_HAS_EXPIRED)"
      )
    }))

  it.scopedLive("that is for a different name is reported with its names and its issuer", () =>
    Effect.gen(function*() {
      const { assertFailed, authority, url, write } = yield* makeCorporate({ hosts: ["other.example", "10.0.0.1"] })
      yield* assertFailed(
        url,
        { caFile: write("corp.pem", authority.cert) },
        "Certificate",
        "its certificate is for a different name: other.example, 10.0.0.1; issued by Corp Root CA",
        "check the host in baseURL"
      )
    }))

  it.scopedLive("that is self-signed is reported, and trusted if it is in caFile", () =>
    Effect.gen(function*() {
      const server = yield* makeSelfSigned({ name: "lonely gateway", hosts: ["localhost"] })
      const { assertAnswered, assertFailed, url, write } = yield* makeGateway(server)
      yield* assertFailed(url, {}, "Certificate", "its certificate is self-signed (lonely gateway)", "caFile")
      yield* assertAnswered(url, { caFile: write("gateway.pem", server.cert) })
    }))
})

describe("a file of certificates", () => {
  it.scopedLive("that cannot be used is reported with its option or variable, and nothing is sent", () =>
    Effect.gen(function*() {
      const { assertFailed, authority, gateway, home, url, write } = yield* makeCorporate()
      const missing = join(home, "missing.pem")
      const empty = write("empty.pem", "no certificate\n")
      const damaged = write("damaged.pem", authority.cert.replace(/\n[^\n]{20}/, "\nxxxx"))
      yield* assertFailed(
        url,
        { caFile: missing },
        "File",
        /caFile \(.*altimate-code\.json:\d+.*\): .*missing\.pem does not exist/
      )
      yield* assertFailed(url, { caFile: empty }, "File", /caFile \(.*\): .*empty\.pem contains no certificate/, "PEM")
      yield* assertFailed(url, { caFile: damaged }, "File", "damaged.pem contains a damaged certificate")
      yield* assertFailed(
        url,
        { env: { AWS_CA_BUNDLE: missing } },
        "File",
        `AWS_CA_BUNDLE: ${missing} does not exist`
      )
      assert.deepStrictEqual(gateway.requests, [])
    }))

  it.scopedLive("that other programs use too is ignored if it is missing, with a warning in the log", () =>
    Effect.gen(function*() {
      const { assertAnswered, authority, home, log, url, write } = yield* makeCorporate()
      const missing = join(home, "missing.pem")
      const env = { NODE_EXTRA_CA_CERTS: missing, SSL_CERT_FILE: missing }
      yield* assertAnswered(url, { caFile: write("corp.pem", authority.cert), env })
      for (const variable of Object.keys(env)) {
        assert.isTrue(log.some((line) => line.includes("WARN") && line.includes(`ignored: ${variable}`)), variable)
      }
    }))

  it.scopedLive("is not read without TLS", () =>
    Effect.gen(function*() {
      const { assertAnswered, gateway, home } = yield* makeCorporate()
      yield* assertAnswered(gateway.url, { caFile: join(home, "missing.pem") })
    }))
})
