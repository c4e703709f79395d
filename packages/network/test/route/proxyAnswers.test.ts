import { assert, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import { createServer } from "node:https"
import { createServer as createTcpServer } from "node:net"
import { makeAuthority } from "../../../../test/Certificates.ts"
import * as ConnectProxy from "../../../../test/ConnectProxy.ts"
import { listening } from "../../../../test/Listening.ts"
import { failure, file, makeFetch, temporary } from "../machine.ts"

/** The error of a request when the proxy answers with this head and page. */
const answered = (head: string, page = "", login = "") =>
  Effect.gen(function*() {
    const text = `${head}\r\ncontent-length: ${Buffer.byteLength(page)}\r\n\r\n${page}`
    const port = yield* listening(createTcpServer((socket) => socket.once("data", () => socket.end(text))))
    const fetch = yield* makeFetch({ env: { HTTPS_PROXY: `http://${login}127.0.0.1:${port}` } })
    const { hint, message, reason } = yield* failure(fetch("https://gateway.test"))
    assert.strictEqual(reason, "Proxy")
    return { hint, message: message.replace(`the proxy http://127.0.0.1:${port} from HTTPS_PROXY`, "PROXY") }
  })

describe("a proxy's answer to CONNECT", () => {
  for (
    const [what, head, page, message] of [
      [
        "with the title of its page",
        "HTTP/1.1 403 Forbidden",
        "<html><title>Blocked: category AI tools</title>",
        "PROXY refused a connection to gateway.test:443 (HTTP 403): Blocked: category AI tools"
      ],
      [
        "with Squid's name for the error",
        "HTTP/1.1 403 Forbidden\r\nX-Squid-Error: ERR_ACCESS_DENIED 0",
        "",
        "PROXY refused a connection to gateway.test:443 (HTTP 403): ERR_ACCESS_DENIED"
      ],
      [
        "with a custom status text",
        "HTTP/1.1 503 DNS lookup failed",
        "",
        "PROXY can't reach gateway.test (HTTP 503): DNS lookup failed"
      ],
      [
        "with nothing but a status",
        "HTTP/1.1 403 Forbidden",
        "",
        "PROXY refused a connection to gateway.test:443 (HTTP 403)"
      ],
      [
        "without control characters",
        "HTTP/1.1 403 Forbidden",
        "<title>\u001b[31mNo</title>",
        "PROXY refused a connection to gateway.test:443 (HTTP 403): \\u{1b}[31mNo"
      ],
      [
        "with the page that it redirects to",
        "HTTP/1.1 302 Found\r\nLocation: https://login.corp.example/?token=secret-secret-secret",
        "",
        "PROXY sent a redirect to https://login.corp.example/?token=<redacted> "
        + "instead of connecting to gateway.test (HTTP 302)"
      ],
      [
        "if it requires a login",
        "HTTP/1.1 407 Proxy Authentication Required\r\nProxy-Authenticate: Basic realm=\"p\"",
        "",
        "PROXY requires a login (HTTP 407)"
      ]
    ] as const
  ) {
    it.scopedLive(`is reported ${what}`, () =>
      Effect.map(answered(head, page), (error) => assert.strictEqual(error.message, message)))
  }

  it.scopedLive("that rejects a login leads to a hint: correct it, or this kind of login is not supported", () =>
    Effect.gen(function*() {
      const basic = yield* answered("HTTP/1.1 407 No\r\nProxy-Authenticate: Basic", "", "me:canary@")
      assert.strictEqual(basic.message, "PROXY rejected the user name and password (HTTP 407)")
      assert.include(basic.hint, "Correct the user name and password in HTTPS_PROXY")
      const other = yield* answered("HTTP/1.1 407 No\r\nProxy-Authenticate: Negotiate\r\nProxy-Authenticate: NTLM")
      assert.strictEqual(other.message, "PROXY requires a login (HTTP 407)")
      assert.include(other.hint, "accepts only Negotiate, NTLM")
    }))

  it.scopedLive("is not confused with a 407 of the gateway behind the tunnel", () =>
    Effect.gen(function*() {
      const authority = yield* makeAuthority("Corp CA")
      const server = createServer(
        yield* authority.issue({ name: "gateway", hosts: ["gateway.test"] }),
        (_, answer) => answer.writeHead(407).end()
      )
      const proxy = yield* ConnectProxy.make({ names: { "gateway.test": yield* listening(server) } })
      const caFile = file(yield* temporary, "ca.pem", authority.cert)
      const fetch = yield* makeFetch({ caFile, env: { HTTPS_PROXY: proxy.url() } })
      assert.strictEqual((yield* Effect.promise(() => fetch("https://gateway.test"))).status, 407)
    }))
})
