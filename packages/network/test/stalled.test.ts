import { assert, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as Stream from "effect/Stream"
import { promises } from "node:dns"
import { syncBuiltinESMExports } from "node:module"
import { createServer } from "node:net"
import { afterAll, beforeAll } from "vitest"
import { listening } from "../../../test/Listening.ts"
import { failure, makeFetch, makeNetwork } from "./machine.ts"

const lookups: Array<string> = []

// No machine can be made to leave a DNS lookup unanswered, so this one function is replaced while these tests run.
const { lookup } = promises
const replaceLookup = (replacement: unknown) => {
  promises.lookup = replacement as typeof lookup
  syncBuiltinESMExports()
}

beforeAll(() =>
  replaceLookup((host: string, options: { readonly all: true }) => {
    lookups.push(host)
    return host === "silent.test" ? new Promise(() => {}) : lookup(host, options)
  })
)
afterAll(() => replaceLookup(lookup))

/** A server that accepts connections and never answers. */
const silent = Effect.map(listening(createServer((socket) => socket.resume())), (port) => `127.0.0.1:${port}`)

const limits = { connect: 300 }
const within = "within 300ms (options.timeout.connect):"

describe("options.timeout.connect names the step that was not answered", () => {
  it.scopedLive("by the DNS server", () =>
    Effect.gen(function*() {
      const { reason, message } = yield* failure((yield* makeFetch({ limits }))("http://silent.test"))
      assert.strictEqual(reason, "Timeout")
      assert.strictEqual(
        message,
        `no connection to silent.test ${within} the DNS lookup of silent.test got no answer`
      )
      const env = { HTTPS_PROXY: "http://silent.test:3128" }
      assert.strictEqual(
        (yield* failure((yield* makeFetch({ limits, env }))("https://gateway.test"))).message,
        "no connection to the proxy http://silent.test:3128 from HTTPS_PROXY "
          + `${within} the DNS lookup of silent.test got no answer`
      )
    }))

  it.scopedLive("by the DNS server, and requests for the same name share one lookup", () =>
    Effect.gen(function*() {
      const fetch = yield* makeFetch({ limits })
      lookups.length = 0
      yield* Effect.all(Array.from({ length: 3 }, () => failure(fetch("http://silent.test"))), {
        concurrency: "unbounded"
      })
      yield* failure(fetch("http://silent.test"))
      assert.deepStrictEqual(lookups, ["silent.test"])
    }))

  it.scopedLive("by a host that never completes the TLS handshake", () =>
    Effect.gen(function*() {
      const host = yield* silent
      const { message, reason } = yield* failure((yield* makeFetch({ limits }))(`https://${host}`))
      assert.deepStrictEqual(
        [reason, message],
        ["Timeout", `no connection to ${host} ${within} the TLS handshake was not answered`]
      )
    }))

  it.scopedLive("by a proxy, for CONNECT or for TLS with the proxy itself", () =>
    Effect.gen(function*() {
      const host = yield* silent
      for (
        const [url, message] of [
          [
            `http://${host}`,
            `no connection to gateway.test ${within} the proxy http://${host} from HTTPS_PROXY did not answer CONNECT`
          ],
          [
            `https://${host}`,
            `no connection to the proxy https://${host} from HTTPS_PROXY ${within} the TLS handshake was not answered`
          ]
        ] as const
      ) {
        const fetch = yield* makeFetch({ limits, env: { HTTPS_PROXY: url } })
        const error = yield* failure(fetch("https://gateway.test"))
        assert.deepStrictEqual([error.reason, error.message], ["Timeout", message])
        assert.include(error.hint, "options.timeout.connect")
      }
    }))

  it.scopedLive("in an inspection too, where it limits each connection separately", () =>
    Effect.gen(function*() {
      const host = yield* silent
      const network = yield* makeNetwork({ limits, env: { HTTPS_PROXY: `http://${host}` } })
      const seen: Array<string> = []
      const error = yield* Effect.flip(
        Stream.runForEach(network.inspect("https://gateway.test"), ({ _tag }) => Effect.sync(() => seen.push(_tag)))
      )
      assert.deepStrictEqual(seen, ["Route", "Dns", "Tcp"])
      assert.strictEqual(error.reason, "Timeout")
      assert.include(error.message, "did not answer CONNECT")
    }))
})
