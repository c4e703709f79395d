import { assert, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import { createServer } from "node:http"
import { createServer as createTcpServer } from "node:net"
import { makeAuthority } from "../../../../test/Certificates.ts"
import * as ConnectProxy from "../../../../test/ConnectProxy.ts"
import { listening } from "../../../../test/Listening.ts"
import { rawGateway } from "../../../../test/RawGateway.ts"
import * as TlsFront from "../../../../test/TlsFront.ts"
import { makeHome, token } from "../machine.ts"

const password = "canary-p@ss/word"
const encodedPassword = "canary-p%40ss%2Fword"
const login = `corp-user:${encodedPassword}`

const httpsUrl = "https://gateway.test/bedrock/v1"
const httpUrl = "http://plain.test/bedrock/v1"

/** A gateway whose names only the proxy resolves: one with TLS and one without. */
const makeHidden = (options: ConnectProxy.Options = {}) =>
  Effect.gen(function*() {
    const home = yield* makeHome(
      password,
      encodedPassword,
      Buffer.from(`corp-user:${password}`).toString("base64"),
      "canary-wrong"
    )
    const gateway = yield* rawGateway((response) => response.end("hello"))
    const authority = yield* makeAuthority("Corp CA")
    const server = yield* authority.issue({ name: "gateway.test", hosts: ["gateway.test", "localhost"] })
    const front = yield* TlsFront.make({ to: gateway.port, server })
    const proxy = yield* ConnectProxy.make({
      names: { "gateway.test": front.port, "plain.test": gateway.port },
      ...options
    })
    return { ...home, authority, caFile: home.write("corp.pem", authority.cert), front, gateway, proxy }
  })

describe("a proxy", () => {
  for (const variable of ["HTTPS_PROXY", "https_proxy", "ALL_PROXY", "all_proxy"]) {
    it.scopedLive(`in ${variable} opens a tunnel to an https gateway`, () =>
      Effect.gen(function*() {
        const { assertAnswered, caFile, gateway, proxy } = yield* makeHidden()
        yield* assertAnswered(httpsUrl, { caFile, env: { [variable]: proxy.url() } })
        assert.deepStrictEqual(proxy.requests, [{ method: "CONNECT", target: "gateway.test:443", login: undefined }])
        assert.strictEqual(gateway.requests[0]!.headers.authorization, `Bearer ${token}`)
      }))
  }

  for (const variable of ["HTTP_PROXY", "http_proxy", "ALL_PROXY"]) {
    it.scopedLive(`in ${variable} forwards requests to an http gateway`, () =>
      Effect.gen(function*() {
        const { assertAnswered, gateway, proxy } = yield* makeHidden()
        yield* assertAnswered(`${httpUrl}/model/m/converse-stream?key=value`, { env: { [variable]: proxy.url() } })
        assert.deepStrictEqual(proxy.requests, [{
          method: "POST",
          target: `${httpUrl}/model/m/converse-stream?key=value`,
          login: undefined
        }])
        const { headers } = gateway.requests[0]!
        assert.strictEqual(headers.host, "plain.test")
        assert.notProperty(headers, "proxy-authorization")
      }))
  }

  it.scopedLive("in options.proxy takes precedence over the environment", () =>
    Effect.gen(function*() {
      const { assertAnswered, caFile, proxy } = yield* makeHidden()
      const env = { HTTPS_PROXY: "http://127.0.0.1:1", ALL_PROXY: "socks5://127.0.0.1:1" }
      yield* assertAnswered(httpsUrl, { caFile, proxy: proxy.url(), env })
      assert.lengthOf(proxy.requests, 1)
    }))

  it.scopedLive("gets its user name and password, decoded, and the gateway does not", () =>
    Effect.gen(function*() {
      const { assertAnswered, caFile, gateway, proxy } = yield* makeHidden({ login: `corp-user:${password}` })
      yield* assertAnswered(httpsUrl, { caFile, env: { HTTPS_PROXY: proxy.url(login) } })
      yield* assertAnswered(httpUrl, { proxy: "{env:CORP_PROXY}", env: { CORP_PROXY: proxy.url(login) } })
      assert.deepStrictEqual(proxy.requests.map(({ login }) => login), Array(2).fill(`corp-user:${password}`))
      assert.lengthOf(gateway.requests, 2)
      for (const { headers } of gateway.requests) assert.notProperty(headers, "proxy-authorization")
    }))

  it.scopedLive("may itself require TLS", () =>
    Effect.gen(function*() {
      const { assertAnswered, authority, caFile, front } = yield* makeHidden()
      const server = yield* authority.issue({ name: "proxy", hosts: ["localhost"] })
      const proxy = yield* ConnectProxy.make({ names: { "gateway.test": front.port }, server })
      yield* assertAnswered(httpsUrl, { caFile, env: { HTTPS_PROXY: proxy.url() } })
      assert.lengthOf(proxy.requests, 1)
    }))

  for (const exclusion of ["localhost", "*", "LOCALHOST:PORT", "other.example, localhost", ".localhost"]) {
    it.scopedLive(`is not used for a host in NO_PROXY: ${exclusion}`, () =>
      Effect.gen(function*() {
        const { assertAnswered, caFile, front, proxy } = yield* makeHidden()
        const env = { HTTPS_PROXY: proxy.url(), NO_PROXY: exclusion.replace("PORT", String(front.port)) }
        yield* assertAnswered(front.url(), { caFile, env })
        assert.deepStrictEqual(proxy.requests, [])
      }))
  }

  for (const [exclusion, isDirect] of [["127.0.0.0/8", true], ["10.0.0.0/8,127.0.0.1:1", false]] as const) {
    it.scopedLive(`is ${isDirect ? "not " : ""}used for 127.0.0.1 with no_proxy=${exclusion}`, () =>
      Effect.gen(function*() {
        const { assertAnswered, gateway, proxy } = yield* makeHidden()
        yield* assertAnswered(gateway.url, { env: { HTTP_PROXY: proxy.url(), no_proxy: exclusion } })
        assert.lengthOf(proxy.requests, isDirect ? 0 : 1)
      }))
  }
})

describe("a proxy that does not work is named", () => {
  it.scopedLive("when it requires a login", () =>
    Effect.gen(function*() {
      const { assertFailed, caFile, proxy } = yield* makeHidden({ login: `corp-user:${password}` })
      const name = `proxy http://localhost:${proxy.port} from HTTPS_PROXY`
      yield* assertFailed(
        httpsUrl,
        { caFile, env: { HTTPS_PROXY: proxy.url() } },
        "Proxy",
        `the ${name} requires a login (HTTP 407)`,
        "Add the user name and password in HTTPS_PROXY"
      )
      yield* assertFailed(
        httpsUrl,
        { caFile, env: { HTTPS_PROXY: proxy.url("corp-user:canary-wrong") } },
        "Proxy",
        `the ${name} rejected the user name and password (HTTP 407)`,
        "Correct the user name and password in HTTPS_PROXY"
      )
      yield* assertFailed(
        httpUrl,
        { env: { HTTP_PROXY: proxy.url() } },
        "Proxy",
        "from HTTP_PROXY requires a login (HTTP 407)"
      )
      assert.lengthOf(proxy.requests, 3)
    }))

  it.scopedLive("when it accepts only another kind of login", () =>
    Effect.gen(function*() {
      const { assertFailed, caFile, proxy } = yield* makeHidden({ login: "x:y", challenge: "Negotiate, NTLM" })
      yield* assertFailed(
        httpsUrl,
        { caFile, env: { HTTPS_PROXY: proxy.url(login) } },
        "Proxy",
        "requires a login (HTTP 407)",
        "The proxy accepts only Negotiate, NTLM"
      )
    }))

  for (
    const [status, message, hint] of [
      [
        403,
        "refused a connection to gateway.test:443 (HTTP 403)",
        "Ask the operators of the proxy to allow gateway.test:443"
      ],
      [502, "can't reach gateway.test (HTTP 502)", "If gateway.test can be reached directly, add it to NO_PROXY"]
    ] as const
  ) {
    it.scopedLive(`when it answers ${status}`, () =>
      Effect.gen(function*() {
        const { assertFailed, caFile, proxy } = yield* makeHidden({ status })
        const name = `the proxy http://localhost:${proxy.port} from all_proxy`
        yield* assertFailed(httpsUrl, { caFile, env: { all_proxy: proxy.url() } }, "Proxy", `${name} ${message}`, hint)
        assert.lengthOf(proxy.requests, 1)
      }))
  }

  it.scopedLive("when nothing listens there, its name is unknown, or it does not speak HTTP", () =>
    Effect.gen(function*() {
      const { assertFailed, caFile } = yield* makeHidden()
      const closed = yield* Effect.scoped(listening(createServer()))
      yield* assertFailed(
        httpsUrl,
        { caFile, env: { HTTPS_PROXY: `http://127.0.0.1:${closed}` } },
        "Proxy",
        `no connection to the proxy http://127.0.0.1:${closed} from HTTPS_PROXY: ECONNREFUSED`,
        "Check the proxy's host and port in HTTPS_PROXY"
      )
      yield* assertFailed(
        httpsUrl,
        { caFile, proxy: "http://proxy.invalid:3128" },
        "Proxy",
        /no connection to the proxy http:\/\/proxy\.invalid:3128 from .*altimate-code\.json:\d+:\d+ \(global config\): DNS has no address for proxy\.invalid \(ENOTFOUND\)/
      )
      const mailServer = yield* listening(createTcpServer((socket) => socket.end("220 mail.example.com ESMTP\r\n")))
      yield* assertFailed(
        httpsUrl,
        { caFile, env: { HTTPS_PROXY: `http://127.0.0.1:${mailServer}` } },
        "Proxy",
        "its response is not HTTP"
      )
      const plain = yield* ConnectProxy.make()
      yield* assertFailed(
        httpsUrl,
        { caFile, env: { HTTPS_PROXY: plain.url().replace("http:", "https:") } },
        "Proxy",
        "it does not speak TLS",
        "the URL of most proxies begins with http://"
      )
    }))

  it.scopedLive("when it is a SOCKS proxy, before anything is sent", () =>
    Effect.gen(function*() {
      const { assertFailed, caFile, gateway } = yield* makeHidden()
      yield* assertFailed(
        httpsUrl,
        { caFile, env: { ALL_PROXY: `socks5://u:${encodedPassword}@127.0.0.1:1080` } },
        "Proxy",
        "ALL_PROXY: SOCKS proxies (socks5://) are not supported",
        "NO_PROXY"
      )
      assert.deepStrictEqual(gateway.requests, [])
    }))
})
