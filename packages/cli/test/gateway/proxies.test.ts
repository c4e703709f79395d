import * as NodeContext from "@effect/platform-node/NodeContext"
import * as FileSystem from "@effect/platform/FileSystem"
import { assert, layer } from "@effect/vitest"
import * as Effect from "effect/Effect"
import { createHash } from "node:crypto"
import { createServer } from "node:http"
import { createServer as createTcpServer } from "node:net"
import { join } from "node:path"
import { makeAuthority } from "./Certificates.ts"
import * as ConnectProxy from "./ConnectProxy.ts"
import { listening } from "./Listening.ts"
import { assertAnswered, assertFailed, makeScene, token } from "./Scene.ts"
import * as TlsFront from "./TlsFront.ts"

const password = "canary-p@ss/word"
const login = "corp-user:canary-p%40ss%2Fword"

/** A gateway with TLS whose name only the proxy knows. */
const hidden = (options: ConnectProxy.Options = {}) =>
  Effect.gen(function*() {
    const fs = yield* FileSystem.FileSystem
    const scene = yield* makeScene(
      {},
      password,
      "canary-p%40ss%2Fword",
      Buffer.from(`corp-user:${password}`).toString("base64")
    )
    const authority = yield* makeAuthority("Corp CA")
    const server = yield* authority.issue({ name: "gateway.test", hosts: ["gateway.test", "localhost"] })
    const front = yield* TlsFront.make({ to: scene.sandbox.port, server })
    const proxy = yield* ConnectProxy.make({
      names: { "gateway.test": front.port, "plain.test": scene.sandbox.port },
      ...options
    })
    const caFile = join(scene.home.home, "corp.pem")
    yield* fs.writeFileString(caFile, authority.cert)
    return { ...scene, authority, caFile, front, proxy, baseURL: "https://gateway.test/bedrock/v1" }
  })

layer(NodeContext.layer)("a proxy", (it) => {
  for (const variable of ["HTTPS_PROXY", "https_proxy", "ALL_PROXY", "all_proxy"]) {
    it.scoped(`in ${variable} opens a tunnel to an https gateway`, () =>
      Effect.gen(function*() {
        const { ask, baseURL, caFile, proxy, sandbox } = yield* hidden()
        assertAnswered(yield* ask({ baseURL, caFile, env: { [variable]: proxy.url() } }))
        assert.deepStrictEqual(proxy.asked, [{ method: "CONNECT", target: "gateway.test:443", login: undefined }])
        assert.strictEqual((yield* sandbox.requests)[0]!.headers["authorization"], `Bearer ${token}`)
      }))
  }

  for (const variable of ["HTTP_PROXY", "http_proxy", "ALL_PROXY"]) {
    it.scoped(`in ${variable} forwards requests to an http gateway`, () =>
      Effect.gen(function*() {
        const { ask, proxy, sandbox } = yield* hidden()
        const baseURL = "http://plain.test/bedrock/v1?key=value"
        assertAnswered(yield* ask({ allowInsecure: true, baseURL, env: { [variable]: proxy.url() } }))
        assert.strictEqual(proxy.asked[0]!.method, "POST")
        assert.match(
          proxy.asked[0]!.target,
          /^http:\/\/plain\.test\/bedrock\/v1\/model\/.*\/converse-stream\?key=value$/
        )
        const [sent] = yield* sandbox.requests
        assert.strictEqual(sent!.headers["host"], "plain.test")
        assert.isUndefined(sent!.headers["proxy-authorization"])
      }))
  }

  it.scoped("in options.proxy takes precedence over the environment", () =>
    Effect.gen(function*() {
      const { ask, baseURL, caFile, proxy } = yield* hidden()
      const env = { HTTPS_PROXY: "http://127.0.0.1:1", ALL_PROXY: "socks5://127.0.0.1:1" }
      assertAnswered(yield* ask({ baseURL, caFile, proxy: proxy.url(), env }))
      assert.strictEqual(proxy.asked.length, 1)
    }))

  it.scoped("gets its user name and password, decoded, and no other server does", () =>
    Effect.gen(function*() {
      const { ask, baseURL, caFile, proxy, sandbox } = yield* hidden({ login: `corp-user:${password}` })
      assertAnswered(yield* ask({ baseURL, caFile, env: { HTTPS_PROXY: proxy.url(login) } }))
      assertAnswered(
        yield* ask({
          allowInsecure: true,
          baseURL: "http://plain.test/bedrock/v1",
          proxy: "{env:CORP_PROXY}",
          env: { CORP_PROXY: proxy.url(login) }
        })
      )
      assert.deepStrictEqual(proxy.asked.map(({ login }) => login), Array(2).fill(`corp-user:${password}`))
      for (const { headers } of yield* sandbox.requests) assert.notProperty(headers, "proxy-authorization")
    }))

  it.scoped("can require TLS itself", () =>
    Effect.gen(function*() {
      const { ask, authority, baseURL, caFile, front } = yield* hidden()
      const server = yield* authority.issue({ name: "proxy", hosts: ["localhost"] })
      const proxy = yield* ConnectProxy.make({ names: { "gateway.test": front.port }, server })
      assertAnswered(yield* ask({ baseURL, caFile, env: { HTTPS_PROXY: proxy.url() } }))
      assert.strictEqual(proxy.asked.length, 1)
    }))

  for (const exclusion of ["localhost", "*", "LOCALHOST:PORT", "other.example, localhost", ".localhost"]) {
    it.scoped(`is not used for hosts in NO_PROXY: ${exclusion}`, () =>
      Effect.gen(function*() {
        const { ask, caFile, front, proxy } = yield* hidden()
        const env = { HTTPS_PROXY: proxy.url(), NO_PROXY: exclusion.replace("PORT", String(front.port)) }
        assertAnswered(yield* ask({ baseURL: front.url(), caFile, env }))
        assert.deepStrictEqual(proxy.asked, [])
      }))
  }

  for (const [exclusion, direct] of [["127.0.0.0/8", true], ["10.0.0.0/8,127.0.0.1:1", false]] as const) {
    it.scoped(`is ${direct ? "not " : ""}used for 127.0.0.1 with no_proxy=${exclusion}`, () =>
      Effect.gen(function*() {
        const { ask, proxy } = yield* hidden()
        assertAnswered(yield* ask({ env: { HTTP_PROXY: proxy.url(), no_proxy: exclusion } }))
        assert.strictEqual(proxy.asked.length, direct ? 0 : 1)
      }))
  }
})

layer(NodeContext.layer)("a proxy that does not work", (it) => {
  it.scoped("is named in the error if it requires a login", () =>
    Effect.gen(function*() {
      const { ask, baseURL, caFile, proxy } = yield* hidden({ login: `corp-user:${password}` })
      const where = `proxy http://localhost:${proxy.port} from HTTPS_PROXY`
      assertFailed(
        yield* ask({ baseURL, caFile, env: { HTTPS_PROXY: proxy.url() } }),
        `the ${where} requires a login (HTTP 407)`,
        "Add the user name and password in HTTPS_PROXY"
      )
      assertFailed(
        yield* ask({ baseURL, caFile, env: { HTTPS_PROXY: proxy.url("corp-user:canary-wrong") } }),
        `the ${where} rejected the user name and password (HTTP 407)`,
        "Correct the user name and password in HTTPS_PROXY"
      )
      assertFailed(
        yield* ask({ baseURL: "http://plain.test/bedrock/v1", allowInsecure: true, env: { HTTP_PROXY: proxy.url() } }),
        "from HTTP_PROXY requires a login (HTTP 407)"
      )
      assert.strictEqual(proxy.asked.length, 3)
    }))

  it.scoped("is named in the error if it accepts only another kind of login", () =>
    Effect.gen(function*() {
      const { ask, baseURL, caFile, proxy } = yield* hidden({ login: "x:y", challenge: "Negotiate, NTLM" })
      assertFailed(
        yield* ask({ baseURL, caFile, env: { HTTPS_PROXY: proxy.url(login) } }),
        "requires a login (HTTP 407)",
        "The proxy accepts only Negotiate, NTLM"
      )
    }))

  for (
    const [status, words, hint, attempts] of [
      [
        403,
        "refused a connection to gateway.test:443 (HTTP 403)",
        "Ask the operators of the proxy to allow gateway.test:443",
        1
      ],
      [502, "can't reach gateway.test (HTTP 502)", "add gateway.test to NO_PROXY", 4]
    ] as const
  ) {
    it.scoped(`is named in the error if it answers ${status}`, () =>
      Effect.gen(function*() {
        const { ask, baseURL, caFile, proxy } = yield* hidden({ status })
        assertFailed(
          yield* ask({ baseURL, caFile, env: { all_proxy: proxy.url() } }),
          `the proxy http://localhost:${proxy.port} from all_proxy ${words}`,
          hint
        )
        assert.strictEqual(proxy.asked.length, attempts)
      }))
  }

  it.scoped(
    "is named in the error if nothing listens, its host name is unknown, or it does not speak HTTP",
    () =>
      Effect.gen(function*() {
        const { ask, baseURL, caFile } = yield* hidden()
        const closed = yield* Effect.scoped(listening(createServer()))
        assertFailed(
          yield* ask({ baseURL, caFile, env: { HTTPS_PROXY: `http://127.0.0.1:${closed}` } }),
          `no connection to the proxy http://127.0.0.1:${closed} from HTTPS_PROXY: ECONNREFUSED`,
          "Check the proxy's host and port in HTTPS_PROXY"
        )
        assertFailed(
          yield* ask({ baseURL, caFile, proxy: "http://proxy.invalid:3128" }),
          /no connection to the proxy http:\/\/proxy\.invalid:3128 from .*altimate-code\.json:\d+:\d+ \(global config\): DNS has no address for proxy\.invalid \(ENOTFOUND\)/
        )
        const greeting = yield* listening(createTcpServer((socket) => socket.end("220 mail.example.com ESMTP\r\n")))
        assertFailed(
          yield* ask({ baseURL, caFile, env: { HTTPS_PROXY: `http://127.0.0.1:${greeting}` } }),
          "its response is not HTTP"
        )
        const plain = yield* ConnectProxy.make()
        assertFailed(
          yield* ask({ baseURL, caFile, env: { HTTPS_PROXY: plain.url().replace("http:", "https:") } }),
          "it does not speak TLS",
          "Most proxies' own URLs begin with http://"
        )
      }),
    60_000
  )

  it.scoped("is named in the error if its kind is not supported, and nothing is sent", () =>
    Effect.gen(function*() {
      const { ask, baseURL, caFile, sandbox } = yield* hidden()
      assertFailed(
        yield* ask({ baseURL, caFile, env: { ALL_PROXY: "socks5://u:canary-p%40ss%2Fword@127.0.0.1:1080" } }),
        "ALL_PROXY: SOCKS proxies (socks5://) are not supported",
        "NO_PROXY"
      )
      assert.deepStrictEqual(yield* sandbox.requests, [])
    }))
})

layer(NodeContext.layer)("the AWS credential chain", (it) => {
  /** STS as far as AssumeRole goes, by its query protocol. */
  const sts = Effect.gen(function*() {
    const bodies: Array<string> = []
    const port = yield* listening(createServer((request, response) => {
      let body = ""
      request.on("data", (chunk) => body += String(chunk)).on("end", () => {
        bodies.push(body)
        response.writeHead(200, { "content-type": "text/xml" }).end(
          `<AssumeRoleResponse xmlns="https://sts.amazonaws.com/doc/2011-06-15/"><AssumeRoleResult>`
            + `<AssumedRoleUser><Arn>arn:aws:sts::1:assumed-role/dev/x</Arn><AssumedRoleId>A:x</AssumedRoleId></AssumedRoleUser>`
            + `<Credentials><AccessKeyId>ASIACANARYROLE</AccessKeyId><SecretAccessKey>canary-role-secret</SecretAccessKey>`
            + `<SessionToken>canary-role-session</SessionToken><Expiration>2199-01-01T00:00:00Z</Expiration></Credentials>`
            + `</AssumeRoleResult><ResponseMetadata><RequestId>r</RequestId></ResponseMetadata></AssumeRoleResponse>`
        )
      })
    }))
    return { port, bodies }
  })

  const role = Effect.gen(function*() {
    const fs = yield* FileSystem.FileSystem
    const { bodies, port } = yield* sts
    const scene = yield* makeScene({}, password, "canary-role-secret", "canary-role-session", "canary-source-secret")
    const authority = yield* makeAuthority("Corp CA")
    const front = yield* TlsFront.make({
      to: port,
      server: yield* authority.issue({ name: "sts", hosts: ["sts.test"] })
    })
    yield* fs.makeDirectory(join(scene.home.home, ".aws"))
    yield* fs.writeFileString(
      join(scene.home.home, ".aws/config"),
      [
        "[profile dev]",
        "role_arn = arn:aws:iam::1:role/dev",
        "source_profile = base",
        "[profile base]",
        "aws_access_key_id = AKIABASE",
        "aws_secret_access_key = canary-source-secret"
      ].join("\n")
    )
    const caFile = join(scene.home.home, "corp.pem")
    yield* fs.writeFileString(caFile, authority.cert)
    const env = { AWS_BEARER_TOKEN_BEDROCK: "", AWS_PROFILE: "dev", AWS_ENDPOINT_URL_STS: "https://sts.test" }
    return { ...scene, bodies, caFile, env, front }
  })

  it.scoped("calls STS through the proxy, with the same certificate authorities", () =>
    Effect.gen(function*() {
      const { ask, bodies, caFile, env, front, sandbox } = yield* role
      const proxy = yield* ConnectProxy.make({ names: { "sts.test": front.port }, login: `corp-user:${password}` })
      assertAnswered(yield* ask({ caFile, env: { ...env, HTTPS_PROXY: proxy.url(login) } }))
      assert.deepStrictEqual(proxy.asked.map(({ target }) => target), ["sts.test:443"])
      assert.include(bodies[0], "Action=AssumeRole")
      assert.include((yield* sandbox.requests)[0]!.headers["authorization"], "Credential=ASIACANARYROLE/")
    }))

  it.scoped("names the proxy if that failed", () =>
    Effect.gen(function*() {
      const { ask, caFile, env, sandbox } = yield* role
      const proxy = yield* ConnectProxy.make({ status: 403 })
      assertFailed(
        yield* ask({ caFile, env: { ...env, HTTPS_PROXY: proxy.url() } }),
        `AWS profile dev, chosen by AWS_PROFILE, has no usable credentials: the proxy http://localhost:${proxy.port} `
          + "from HTTPS_PROXY refused a connection to sts.test:443 (HTTP 403)",
        "Ask the operators of the proxy to allow sts.test:443"
      )
      assert.deepStrictEqual(yield* sandbox.requests, [])
    }))

  it.scoped("calls SSO through the proxy", () =>
    Effect.gen(function*() {
      const fs = yield* FileSystem.FileSystem
      const secrets = ["canary-sso-token", "canary-sso-secret", "canary-sso-session"] as const
      const { ask, home, sandbox } = yield* makeScene({}, ...secrets)
      const tokens: Array<unknown> = []
      const portal = yield* listening(createServer((request, response) => {
        tokens.push(request.headers["x-amz-sso_bearer_token"])
        response.writeHead(200, { "content-type": "application/json" }).end(JSON.stringify({
          roleCredentials: {
            accessKeyId: "ASIACANARYSSO",
            secretAccessKey: secrets[1],
            sessionToken: secrets[2],
            expiration: Date.parse("2199-01-01T00:00:00Z")
          }
        }))
      }))
      const authority = yield* makeAuthority("Corp CA")
      const host = "portal.sso.eu-west-1.amazonaws.com"
      const front = yield* TlsFront.make({
        to: portal,
        server: yield* authority.issue({ name: "sso", hosts: [host] })
      })
      const proxy = yield* ConnectProxy.make({ names: { [host]: front.port } })
      const start = "https://corp.awsapps.com/start"
      yield* fs.makeDirectory(join(home.home, ".aws/sso/cache"), { recursive: true })
      yield* fs.writeFileString(
        join(home.home, ".aws/config"),
        [
          "[profile corp]",
          `sso_start_url = ${start}`,
          "sso_region = eu-west-1",
          "sso_account_id = 1",
          "sso_role_name = dev"
        ].join("\n")
      )
      yield* fs.writeFileString(
        join(home.home, ".aws/sso/cache", `${createHash("sha1").update(start).digest("hex")}.json`),
        JSON.stringify({ startUrl: start, accessToken: secrets[0], expiresAt: "2199-01-01T00:00:00Z" })
      )
      const caFile = join(home.home, "corp.pem")
      yield* fs.writeFileString(caFile, authority.cert)
      const env = { AWS_BEARER_TOKEN_BEDROCK: "", AWS_PROFILE: "corp", HTTPS_PROXY: proxy.url() }
      assertAnswered(yield* ask({ caFile, env }))
      assert.deepStrictEqual(proxy.asked.map(({ target }) => target), [`${host}:443`])
      assert.deepStrictEqual(tokens, [secrets[0]])
      assert.include((yield* sandbox.requests)[0]!.headers["authorization"], "Credential=ASIACANARYSSO/")
    }))

  it.scoped("is not used if there is a bearer token", () =>
    Effect.gen(function*() {
      const { ask, bodies, caFile, env } = yield* role
      const proxy = yield* ConnectProxy.make()
      assertAnswered(yield* ask({ caFile, env: { ...env, AWS_BEARER_TOKEN_BEDROCK: token, HTTPS_PROXY: proxy.url() } }))
      assert.deepStrictEqual([...proxy.asked, ...bodies], [])
    }))
})
