import * as Gateway from "@altimate-code/config/Gateway"
import * as Sandbox from "@altimate-code/sandbox/Sandbox"
import { DecisionLevel } from "@altimate-code/system/logging/DecisionLevel"
import { assert, describe, it } from "@effect/vitest"
import * as ConfigProvider from "effect/ConfigProvider"
import * as Effect from "effect/Effect"
import * as Logger from "effect/Logger"
import * as LogLevel from "effect/LogLevel"
import * as Option from "effect/Option"
import * as Redacted from "effect/Redacted"
import { createHmac } from "node:crypto"
import * as ConnectProxy from "../../../test/ConnectProxy.ts"
import { resolve } from "../src/SigningScope.ts"
import { gateway } from "./gateway.ts"
import { awsKey, chain, client, complete, keys, preferChain, stream } from "./protocol/fixture.ts"

const configured = (service: string) =>
  Option.some({ value: service, origin: { _tag: "Flag" as const, flag: "options.signingService" } })

const scope = (url: string, signingService: Gateway.Gateway["signingService"] = Option.none()) => {
  const { region, service } = resolve({
    gateway: { ...Gateway.defaults, signingService },
    region: { value: "us-east-1", origin: { _tag: "Default" } }
  }, url)
  return `${region}/${service}`
}

describe("the scope of a signature", () => {
  const hosts: ReadonlyArray<readonly [string, string]> = [
    ["https://bedrock-runtime.eu-west-1.amazonaws.com", "us-east-1/bedrock"],
    ["https://vpce-0a1-b2.bedrock-runtime.us-east-1.vpce.amazonaws.com", "us-east-1/bedrock"],
    ["https://gateway.example.com/execute-api.eu-west-1.amazonaws.com", "us-east-1/bedrock"],
    ["https://a1b2.execute-api.eu-west-1.amazonaws.com.example.com/prod", "us-east-1/bedrock"],
    ["https://a1b2.execute-api.eu-west-1.amazonaws.com/prod", "eu-west-1/execute-api"],
    [
      "https://A1B2-vpce-0f9e8d.execute-api.ap-southeast-2.amazonaws.com:443/prod/bedrock",
      "ap-southeast-2/execute-api"
    ],
    ["https://vpce-0f9e-8d7c-us-west-2a.execute-api.us-west-2.vpce.amazonaws.com/prod", "us-west-2/execute-api"],
    ["https://a1b2.execute-api.cn-north-1.amazonaws.com.cn/prod", "cn-north-1/execute-api"],
    ["https://svc-0a1b2.7d67968.vpc-lattice-svcs.us-west-2.on.aws", "us-west-2/vpc-lattice-svcs"],
    ["https://abcdefghijkl.lambda-url.eu-central-1.on.aws/", "eu-central-1/lambda"]
  ]
  for (const [url, expected] of hosts) {
    it(`is ${expected} for ${url}`, () => assert.strictEqual(scope(url), expected))
  }

  it("has the configured service, with the host's region if the host belongs to that service", () => {
    assert.strictEqual(scope("https://gw.example.com", configured("execute-api")), "us-east-1/execute-api")
    assert.strictEqual(
      scope("https://a1.execute-api.eu-west-1.amazonaws.com", configured("execute-api")),
      "eu-west-1/execute-api"
    )
    assert.strictEqual(
      scope("https://a1.execute-api.eu-west-1.amazonaws.com", configured("bedrock")),
      "us-east-1/bedrock"
    )
  })
})

const credentials = { auth: preferChain, chain: chain(keys("ONE")) }

/** A sandbox under this host name, which only a proxy can resolve. */
const behind = (name: string, key: Partial<Sandbox.AwsKey>) =>
  Effect.gen(function*() {
    const sandbox = yield* Sandbox.make({ auth: { sigv4: [{ ...awsKey("ONE"), ...key }] } })
    const proxy = yield* ConnectProxy.make({ names: { [name]: sandbox.port } })
    const settings = {
      allowInsecure: true,
      proxy: Option.some({ value: proxy.url(), origin: { _tag: "Default" as const } })
    }
    return { sandbox, settings }
  })

describe("a signature", () => {
  const names: ReadonlyArray<readonly [string, string, string]> = [
    ["a1b2c3.execute-api.eu-west-1.amazonaws.com", "execute-api", "eu-west-1"],
    ["vpce-0f9e-8d7c.execute-api.us-west-2.vpce.amazonaws.com", "execute-api", "us-west-2"],
    ["svc-0a1b2.7d67968.vpc-lattice-svcs.us-west-2.on.aws", "vpc-lattice-svcs", "us-west-2"]
  ]
  for (const [name, service, region] of names) {
    it.scopedLive(`is accepted by ${service} at ${name}, with a session token and a custom header`, () =>
      Effect.gen(function*() {
        const { sandbox, settings } = yield* behind(name, { service, region })
        const headers = { "x-tenant": { value: Redacted.make("seven"), origin: { _tag: "Default" as const } } }
        yield* Effect.provide(
          Effect.zip(stream, complete),
          client(`http://${name}`, { ...credentials, gateway: { ...settings, headers } })
        ).pipe(Effect.withConfigProvider(ConfigProvider.fromMap(new Map())))
        const requests = yield* sandbox.requests
        assert.deepStrictEqual(requests.map(({ authorized }) => authorized), [true, true])
        for (const { headers } of requests) {
          assert.include(headers["authorization"], `/${region}/${service}/aws4_request`)
          assert.strictEqual(headers["x-amz-content-sha256"] === "UNSIGNED-PAYLOAD", service === "vpc-lattice-svcs")
        }
      }))
  }

  it.scopedLive("is accepted at any host if the service is configured, and refused otherwise", () =>
    Effect.gen(function*() {
      const sandbox = yield* Sandbox.make({ auth: { sigv4: [{ ...awsKey("ONE"), service: "execute-api" }] } })
      const error = yield* Effect.flip(Effect.provide(complete, client(sandbox.url, credentials)))
      assert.include(error.message, "Credential should be scoped to correct service: 'execute-api'")
      yield* Effect.provide(
        complete,
        client(sandbox.url, { ...credentials, gateway: { signingService: configured("execute-api") } })
      )
    }))
})

describe("a refused signature", () => {
  it.scopedLive("logs what each side signed, without secrets", () =>
    Effect.gen(function*() {
      const theirs =
        "The Canonical String for this request should have been\n'POST\n/prod/model/x\n\nx-amz-security-token:session-ONE'"
      let signature: string | undefined
      const url = yield* gateway((response, { headers }) => {
        signature = /Signature=(\w+)/.exec(headers.authorization ?? "")?.[1]
        response.writeHead(403, { "x-amzn-errortype": "InvalidSignatureException", "content-type": "application/json" })
          .end(
            JSON.stringify({
              message: `The request signature we calculated does not match. ${theirs}${" ".repeat(600)}END`
            })
          )
      })
      const lines: Array<Record<string, unknown>> = []
      const logger = Logger.make<unknown, void>(({ annotations, message }) => {
        if (String(message) === "signature refused") lines.push(Object.fromEntries(annotations))
      })
      const headers = { "x-own": { value: Redacted.make("canary-own"), origin: { _tag: "Default" as const } } }
      yield* Effect.flip(complete).pipe(
        Effect.provide(client(`${url}/prod?key=canary-query&b=(2)`, { ...credentials, logger, gateway: { headers } })),
        Logger.withMinimumLogLevel(LogLevel.Info),
        Effect.provideService(DecisionLevel, LogLevel.Info)
      )
      assert.lengthOf(lines, 1)
      const { canonicalRequest, response, stringToSign } = lines[0] as Record<string, string>
      const requestLines = canonicalRequest!.split("\n")
      assert.deepStrictEqual(requestLines.slice(0, 3), [
        "POST",
        "/prod/model/us.anthropic.claude-sonnet-4-6-v1/converse",
        "b=<redacted>&key=<redacted>"
      ])
      assert.includeMembers(requestLines, ["x-own:<redacted>", "x-amz-security-token:<redacted>"])
      assert.include(response, "The Canonical String for this request should have been")
      assert.include(response, "END")
      assert.notMatch(JSON.stringify(lines), /canary|secret-ONE|session-ONE|AKIAONE/)

      // The signature that was sent matches this string.
      const hmac = (key: string | Buffer, data: string) => createHmac("sha256", key).update(data).digest()
      const [, , scope = ""] = stringToSign!.split("\n")
      const key = scope.split("/").reduce<string | Buffer>(hmac, "AWS4secret-ONE") as Buffer
      assert.strictEqual(hmac(key, stringToSign!).toString("hex"), signature)
    }))
})
