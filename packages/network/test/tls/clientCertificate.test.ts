import { assert, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import { createPrivateKey } from "node:crypto"
import { join } from "node:path"
import { createServer } from "node:tls"
import { makeAuthority } from "../../../../test/Certificates.ts"
import { listening } from "../../../../test/Listening.ts"
import { rawGateway } from "../../../../test/RawGateway.ts"
import * as TlsFront from "../../../../test/TlsFront.ts"
import { type Configuration, makeHome } from "../machine.ts"

/** A line of the key itself, which must never be shown. */
const contentOf = (pem: string) => pem.split("\n")[1]!

/** A gateway that requires a certificate of the company's authority. */
const makeGuarded = (options: Partial<TlsFront.Options> = {}) =>
  Effect.gen(function*() {
    const authority = yield* makeAuthority("Corp CA")
    const server = yield* authority.issue({ name: "gateway", hosts: ["localhost"] })
    const client = yield* authority.issue({ name: "laptop-1" })
    const renewed = yield* authority.issue({ name: "laptop-1 renewed" })
    const home = yield* makeHome(contentOf(client.key), contentOf(renewed.key))
    const gateway = yield* rawGateway((response) => response.end("hello"))
    const front = yield* TlsFront.make({ to: gateway.port, server, clients: authority.cert, ...options })
    const write = ({ cert, key }: { readonly cert: string; readonly key: string }) => ({
      clientCert: home.write("client.pem", cert),
      clientKey: home.write("client.key", key)
    })
    return {
      ...home,
      authority,
      client,
      server,
      front,
      gateway,
      url: front.url(),
      files: { caFile: home.write("corp.pem", authority.cert), ...write(client) },
      replace: (issued: Parameters<typeof write>[0]) => Effect.sync(() => write(issued)),
      renew: Effect.sync(() => write(renewed))
    }
  })

describe("a client certificate", () => {
  for (const maxVersion of ["TLSv1.2", "TLSv1.3"] as const) {
    it.scopedLive(`is sent to a gateway that requires one, in ${maxVersion}`, () =>
      Effect.gen(function*() {
        const { assertAnswered, files, front, url } = yield* makeGuarded({ maxVersion })
        yield* assertAnswered(url, files)
        assert.deepStrictEqual(front.connections.map(({ client }) => client), ["laptop-1"])
      }))

    it.scopedLive(`that is missing is reported, in ${maxVersion}`, () =>
      Effect.gen(function*() {
        const { assertFailed, files: { caFile }, front, gateway, url } = yield* makeGuarded({ maxVersion })
        yield* assertFailed(
          url,
          { caFile },
          "ClientCertificate",
          `no connection to localhost:${front.port}: it requires a client certificate`,
          "Set clientCert and clientKey in options"
        )
        assert.deepStrictEqual(gateway.requests, [])
      }))

    it.scopedLive(`of another authority is rejected, and reported as a possible cause, in ${maxVersion}`, () =>
      Effect.gen(function*() {
        const { assertFailed, files, replace, url } = yield* makeGuarded({ maxVersion })
        const other = yield* makeAuthority("Other CA")
        yield* replace(yield* other.issue({ name: "stranger" }))
        yield* assertFailed(
          url,
          files,
          "Reset",
          "the connection was closed",
          "This can also happen if the gateway rejects the client certificate"
        )
      }))
  }

  it.scopedLive("is read again for each request, so a renewed one is used without a restart", () =>
    Effect.gen(function*() {
      const { connect, files, front, gateway, renew, url } = yield* makeGuarded()
      const send = yield* connect(files)
      yield* send(url)
      yield* renew
      yield* send(url)
      assert.lengthOf(gateway.requests, 2)
      assert.deepStrictEqual(front.connections.map(({ client }) => client), ["laptop-1", "laptop-1 renewed"])
    }))

  it.scopedLive("keeps its connection until it is renewed", () =>
    Effect.gen(function*() {
      const { connect, files, front, gateway, url } = yield* makeGuarded()
      const send = yield* connect(files)
      yield* send(url)
      yield* send(url)
      assert.lengthOf(gateway.requests, 2)
      assert.deepStrictEqual(front.connections.map(({ client }) => client), ["laptop-1"])
    }))

  it.scopedLive("whose files cannot be used is reported with its option, before anything is sent", () =>
    Effect.gen(function*() {
      const { assertFailed, authority, client, files, gateway, home, url, write } = yield* makeGuarded()
      const { clientCert, clientKey } = files
      const other = yield* authority.issue({ name: "other" })
      const assertRefused = (changed: Configuration, ...words: ReadonlyArray<string | RegExp>) =>
        assertFailed(url, { ...files, ...changed }, "File", ...words)
      yield* assertRefused(
        { clientKey: undefined },
        /clientCert is set \(.*altimate-code\.json.*\), but clientKey is not/,
        "Set clientKey as well"
      )
      yield* assertRefused(
        { clientCert: undefined },
        /clientKey is set \(.*\), but clientCert is not/,
        "Set clientCert as well"
      )
      yield* assertRefused({ clientCert: join(home, "none.pem") }, /clientCert \(.*\): .*none\.pem does not exist/)
      yield* assertRefused({ clientKey: join(home, "none.key") }, /clientKey \(.*\): .*none\.key does not exist/)
      yield* assertRefused({ clientCert: clientKey }, /clientCert \(.*\): .*client\.key contains no certificate/)
      yield* assertRefused({ clientKey: clientCert }, /clientKey \(.*\): .*client\.pem contains no private key/)
      yield* assertRefused(
        { clientKey: write("other.key", other.key) },
        `other.key is not the key for the certificate in ${clientCert}`
      )
      const encrypted = createPrivateKey(client.key).export({
        type: "pkcs8",
        format: "pem",
        cipher: "aes-256-cbc",
        passphrase: "canary"
      })
      yield* assertRefused({ clientKey: write("encrypted.key", String(encrypted)) }, "is encrypted with a passphrase")
      assert.deepStrictEqual(gateway.requests, [])
    }))

  it.scopedLive("is named as what may be missing if a gateway just closes the connection", () =>
    Effect.gen(function*() {
      const { assertFailed, files: { caFile }, server } = yield* makeGuarded()
      const port = yield* listening(createServer(server, (socket) => socket.destroy()))
      yield* assertFailed(
        `https://localhost:${port}`,
        { caFile },
        "Reset",
        `no response from localhost:${port}: the connection was closed`,
        "set clientCert and clientKey"
      )
    }))
})
