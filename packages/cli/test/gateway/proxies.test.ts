import * as NodeContext from "@effect/platform-node/NodeContext"
import * as FileSystem from "@effect/platform/FileSystem"
import { assert, layer } from "@effect/vitest"
import * as Effect from "effect/Effect"
import { createHash } from "node:crypto"
import { createServer } from "node:http"
import { join } from "node:path"
import { makeAuthority } from "../../../../test/Certificates.ts"
import * as ConnectProxy from "../../../../test/ConnectProxy.ts"
import { listening } from "../../../../test/Listening.ts"
import * as TlsFront from "../../../../test/TlsFront.ts"
import { assertAnswered, assertFailed, makeScene, token } from "./Scene.ts"

const password = "canary-p@ss/word"
const login = "corp-user:canary-p%40ss%2Fword"

/** A gateway whose names only the proxy resolves: one with TLS and one without. */
const makeHidden = (options: ConnectProxy.Options = {}) =>
  Effect.gen(function*() {
    const fs = yield* FileSystem.FileSystem
    const scene = yield* makeScene(
      {},
      password,
      "canary-p%40ss%2Fword",
      Buffer.from(`corp-user:${password}`).toString("base64"),
      "canary-wrong"
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
    return { ...scene, caFile, proxy, baseURL: "https://gateway.test/bedrock/v1" }
  })

layer(NodeContext.layer)("a proxy", (it) => {
  it.scoped("gets its user name and password, decoded, and the gateway does not", () =>
    Effect.gen(function*() {
      const { ask, baseURL, caFile, proxy, sandbox } = yield* makeHidden({ login: `corp-user:${password}` })
      assertAnswered(yield* ask({ baseURL, caFile, env: { HTTPS_PROXY: proxy.url(login) } }))
      assertAnswered(
        yield* ask({
          allowInsecure: true,
          baseURL: "http://plain.test/bedrock/v1",
          proxy: "{env:CORP_PROXY}",
          env: { CORP_PROXY: proxy.url(login) }
        })
      )
      assert.deepStrictEqual(proxy.requests.map(({ login }) => login), Array(2).fill(`corp-user:${password}`))
      for (const { headers } of yield* sandbox.requests) assert.notProperty(headers, "proxy-authorization")
    }))

  it.scoped("is named if it rejects the login", () =>
    Effect.gen(function*() {
      const { ask, baseURL, caFile, proxy } = yield* makeHidden({ login: `corp-user:${password}` })
      assertFailed(
        yield* ask({ baseURL, caFile, env: { HTTPS_PROXY: proxy.url("corp-user:canary-wrong") } }),
        `the proxy http://localhost:${proxy.port} from HTTPS_PROXY rejected the user name and password (HTTP 407)`,
        "Correct the user name and password in HTTPS_PROXY"
      )
      assert.lengthOf(proxy.requests, 1)
    }))

  for (
    const [status, attempts, message, hint] of [
      [
        403,
        1,
        "refused a connection to gateway.test:443 (HTTP 403)",
        "Ask the operators of the proxy to allow gateway.test:443"
      ],
      [502, 4, "can't reach gateway.test (HTTP 502)", "If gateway.test can be reached directly, add it to NO_PROXY"]
    ] as const
  ) {
    it.scoped(`is ${attempts === 1 ? "not " : ""}tried again if it answers ${status}`, () =>
      Effect.gen(function*() {
        const { ask, baseURL, caFile, proxy } = yield* makeHidden({ status })
        assertFailed(
          yield* ask({ baseURL, caFile, env: { all_proxy: proxy.url() } }),
          `the proxy http://localhost:${proxy.port} from all_proxy ${message}`,
          hint
        )
        assert.lengthOf(proxy.requests, attempts)
      }))
  }
})

layer(NodeContext.layer)("the AWS credential chain", (it) => {
  /** STS with AssumeRole only, in its query protocol. */
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

  it.scoped("reaches STS through the proxy too, with the same certificate authorities", () =>
    Effect.gen(function*() {
      const { ask, bodies, caFile, env, front, sandbox } = yield* role
      const proxy = yield* ConnectProxy.make({ names: { "sts.test": front.port }, login: `corp-user:${password}` })
      assertAnswered(yield* ask({ caFile, env: { ...env, HTTPS_PROXY: proxy.url(login) } }))
      assert.deepStrictEqual(proxy.requests.map(({ target }) => target), ["sts.test:443"])
      assert.include(bodies[0], "Action=AssumeRole")
      assert.include((yield* sandbox.requests)[0]!.headers["authorization"], "Credential=ASIACANARYROLE/")
    }))

  it.scoped("names the proxy that refused the connection to STS", () =>
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

  it.scoped("reaches SSO through the proxy too", () =>
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
      assert.deepStrictEqual(proxy.requests.map(({ target }) => target), [`${host}:443`])
      assert.deepStrictEqual(tokens, [secrets[0]])
      assert.include((yield* sandbox.requests)[0]!.headers["authorization"], "Credential=ASIACANARYSSO/")
    }))

  it.scoped("is not used, nor a proxy for it, if there is a bearer token", () =>
    Effect.gen(function*() {
      const { ask, bodies, caFile, env } = yield* role
      const proxy = yield* ConnectProxy.make()
      assertAnswered(yield* ask({ caFile, env: { ...env, AWS_BEARER_TOKEN_BEDROCK: token, HTTPS_PROXY: proxy.url() } }))
      assert.deepStrictEqual([...proxy.requests, ...bodies], [])
    }))
})
