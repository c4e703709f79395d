import { assert, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import { createServer } from "node:http"
import { createSecureServer } from "node:http2"
import { createServer as createTcpServer } from "node:net"
import { makeAuthority } from "../../../../test/Certificates.ts"
import { listening } from "../../../../test/Listening.ts"
import { failure, file, makeFetch, temporary } from "../machine.ts"

/** Headers of about this many KiB. */
const headers = (kibibytes: number) =>
  Object.fromEntries(Array.from({ length: kibibytes }, (_, index) => [`x-policy-${index}`, "a".repeat(1000)]))

/** More than the 128 that Node accepts in HTTP/2 by default. */
const many = Object.fromEntries(Array.from({ length: 200 }, (_, index) => [`x-${index}`, String(index)]))

const tooLarge = (who: string) => `the response headers from ${who} are larger than 64 KiB`

describe("the headers of a response", () => {
  it.scopedLive("may have 60 KiB in HTTP/1.1; more than 64 are an error with an explanation", () =>
    Effect.gen(function*() {
      const server = createServer(({ url }, answer) => answer.writeHead(200, headers(Number(url!.slice(1)))).end())
      const port = yield* listening(server)
      const fetch = yield* makeFetch()
      const answer = yield* Effect.promise(() => fetch(`http://127.0.0.1:${port}/60`))
      assert.lengthOf(answer.headers.get("x-policy-59")!, 1000)
      const error = yield* failure(fetch(`http://127.0.0.1:${port}/70`))
      assert.deepStrictEqual([error.reason, error.message], ["Protocol", tooLarge(`127.0.0.1:${port}`)])
    }))

  it.scopedLive("may have as many in HTTP/2, where one request with too many does not affect the others", () =>
    Effect.gen(function*() {
      const authority = yield* makeAuthority("Corp CA")
      let sessions = 0
      const server = createSecureServer({
        ...yield* authority.issue({ name: "gateway", hosts: ["localhost"] }),
        maxSendHeaderBlockLength: 2 ** 20
      }, ({ url }, answer) => {
        answer.writeHead(200, url === "/many" ? many : headers(Number(url.slice(1)))).end()
      }).on("session", () => sessions++)
      const port = yield* listening(server)
      const fetch = yield* makeFetch({ caFile: file(yield* temporary, "ca.pem", authority.cert) })
      for (let i = 0; i < 2; i++) {
        const answer = yield* Effect.promise(() => fetch(`https://localhost:${port}/60`))
        assert.lengthOf(answer.headers.get("x-policy-59")!, 1000)
        const error = yield* failure(fetch(`https://localhost:${port}/70`))
        assert.deepStrictEqual([error.reason, error.message], ["Protocol", tooLarge(`localhost:${port}`)])
      }
      const answer = yield* Effect.promise(() => fetch(`https://localhost:${port}/many`))
      assert.strictEqual(answer.headers.get("x-199"), "199")
      assert.strictEqual(sessions, 1)
    }))

  it.scopedLive("and those of a proxy are counted separately", () =>
    Effect.gen(function*() {
      const lines = (count: number) => Object.entries(headers(count)).map((pair) => pair.join(": ")).join("\r\n")
      const proxy = (count: number) =>
        listening(createTcpServer((socket) =>
          socket.once("data", () => socket.write(`HTTP/1.1 403 Forbidden\r\n${lines(count)}\r\n\r\n`))
        ))
      const ask = (port: number) =>
        Effect.flatMap(
          makeFetch({ env: { HTTPS_PROXY: `http://127.0.0.1:${port}` } }),
          (fetch) =>
            failure(fetch("https://gateway.test"))
        )
      assert.include((yield* ask(yield* proxy(60))).message, "refused a connection to gateway.test:443 (HTTP 403)")
      const port = yield* proxy(70)
      const error = yield* ask(port)
      assert.deepStrictEqual(
        [error.reason, error.message],
        ["Proxy", tooLarge(`the proxy http://127.0.0.1:${port} from HTTPS_PROXY`)]
      )
    }))
})
