import { assert, describe, it } from "@effect/vitest"
import * as Chunk from "effect/Chunk"
import * as Effect from "effect/Effect"
import * as Stream from "effect/Stream"
import { createServer } from "node:https"
import { makeAuthority } from "../../../test/Certificates.ts"
import * as ConnectProxy from "../../../test/ConnectProxy.ts"
import { listening } from "../../../test/Listening.ts"
import { file, makeNetwork, temporary } from "./machine.ts"

describe("a host whose name ends with a dot", () => {
  it.scopedLive("is used without the dot for TLS and its certificate, and with the dot in the Host header", () =>
    Effect.gen(function*() {
      const authority = yield* makeAuthority("Corp CA")
      const asked: Array<unknown> = []
      const server = createServer(
        yield* authority.issue({ name: "gateway", hosts: ["gateway.test"] }),
        ({ headers, socket }, answer) => {
          asked.push([(socket as { readonly servername?: string }).servername, headers.host])
          answer.end()
        }
      )
      const proxy = yield* ConnectProxy.make({ names: { "gateway.test.": yield* listening(server) } })
      const caFile = file(yield* temporary, "ca.pem", authority.cert)
      const network = yield* makeNetwork({ caFile, env: { HTTPS_PROXY: proxy.url() } })
      yield* Effect.promise(() => network.fetch("https://gateway.test./"))
      assert.deepStrictEqual(asked, [["gateway.test", "gateway.test."]])
      const stages = yield* Stream.runCollect(network.inspect("https://gateway.test./"))
      assert.strictEqual(Chunk.toReadonlyArray(stages).at(-1)?._tag, "Tls")
    }))
})
