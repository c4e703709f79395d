import type { Setting } from "@altimate-code/config/Origin"
import { BedrockRuntimeClient } from "@aws-sdk/client-bedrock-runtime"
import { assert, describe, it } from "@effect/vitest"
import * as ConfigProvider from "effect/ConfigProvider"
import * as Effect from "effect/Effect"
import * as Option from "effect/Option"
import { EndpointPolicy, layer } from "../src/EndpointPolicy.ts"
import { defaultHost } from "../src/internal/endpoint/defaultHost.ts"

const baseURL: Setting<string> = {
  value: "https://gw.example.com/bedrock/v1/",
  origin: { _tag: "File", path: "/p/altimate-code.json", scope: "project", line: 3, column: 5, key: "endpoint" }
}

const resolve = (
  environment: Record<string, string> = {},
  settings: { readonly baseURL?: Setting<string>; readonly region?: string } = {}
) =>
  Effect.flatMap(EndpointPolicy, (policy) =>
    policy.resolve({
      baseURL: Option.fromNullable(settings.baseURL),
      misplacedUrl: Option.none(),
      region: { value: settings.region ?? "us-east-1", origin: { _tag: "Environment", variable: "AWS_REGION" } }
    })).pipe(
      Effect.provide(layer),
      Effect.withConfigProvider(ConfigProvider.fromMap(new Map(Object.entries(environment))))
    )

const url = (value: string) => Effect.map(resolve({}, { baseURL: { ...baseURL, value } }), ({ url }) => url)

/** URLs as configured, and as used. */
const spellings = [
  ["https://gw.example.com/bedrock/model", "https://gw.example.com/bedrock"],
  ["https://gw.example.com/bedrock//model//", "https://gw.example.com/bedrock"],
  ["https://gw.example.com/model/", "https://gw.example.com"],
  ["https://gw.example.com/my-model", "https://gw.example.com/my-model"],
  ["https://gw.example.com/model?api-version=1", "https://gw.example.com?api-version=1"],
  ["https://gw.example.com/a//b//", "https://gw.example.com/a//b"]
] as const

const both = {
  AWS_ENDPOINT_URL_BEDROCK_RUNTIME: "https://runtime.example.com",
  AWS_ENDPOINT_URL: "https://all.example.com/aws"
}

describe("the endpoint", () => {
  for (const [written, used] of spellings) {
    it.effect(`does not end in a slash or /model: ${written}`, () =>
      Effect.map(url(written), (url) => assert.strictEqual(url, used)))
  }

  it.effect("is preferably the configured URL, with its path and without a trailing slash", () =>
    Effect.gen(function*() {
      const { url, why } = yield* resolve(both, { baseURL })
      assert.strictEqual(url, "https://gw.example.com/bedrock/v1")
      assert.strictEqual(why, "/p/altimate-code.json:3:5 (project config)")
    }))

  it.effect("is otherwise the URL in the service's own variable, or the one for all services", () =>
    Effect.gen(function*() {
      assert.deepStrictEqual(yield* resolve(both), {
        url: "https://runtime.example.com",
        origin: { _tag: "Environment", variable: "AWS_ENDPOINT_URL_BEDROCK_RUNTIME" },
        why: "AWS_ENDPOINT_URL_BEDROCK_RUNTIME"
      })
      const { url } = yield* resolve({ ...both, AWS_ENDPOINT_URL_BEDROCK_RUNTIME: " " })
      assert.strictEqual(url, "https://all.example.com/aws")
    }))

  it.effect("is the region's default host if the variables are disabled", () =>
    Effect.gen(function*() {
      assert.deepStrictEqual(yield* resolve({ ...both, AWS_IGNORE_CONFIGURED_ENDPOINT_URLS: "true" }), {
        url: "https://bedrock-runtime.us-east-1.amazonaws.com",
        origin: { _tag: "Environment", variable: "AWS_REGION" },
        why: "the default host of us-east-1 (region from AWS_REGION)"
      })
    }))

  it.effect("is the FIPS host if AWS_USE_FIPS_ENDPOINT is true", () =>
    Effect.gen(function*() {
      const { url } = yield* resolve({ AWS_USE_FIPS_ENDPOINT: "true" }, { region: "us-gov-west-1" })
      assert.strictEqual(url, "https://bedrock-runtime-fips.us-gov-west-1.amazonaws.com")
    }))

  it.effect("keeps the query and drops trailing slashes", () =>
    Effect.gen(function*() {
      assert.strictEqual(yield* url("https://h"), "https://h")
      assert.strictEqual(yield* url("https://h/"), "https://h")
      assert.strictEqual(yield* url("https://h/a//"), "https://h/a")
      assert.strictEqual(yield* url("https://h/a%20b/?key=1#x"), "https://h/a%20b?key=1")
      assert.strictEqual(yield* url("http://127.0.0.1:80/?k=v"), "http://127.0.0.1?k=v")
    }))

  it.effect("is rejected with its origin if it is not an http URL", () =>
    Effect.gen(function*() {
      for (const value of ["gw.example.com", "ftp://gw.example.com", "https://"]) {
        const error = yield* Effect.flip(resolve({ AWS_ENDPOINT_URL: value }))
        assert.strictEqual(error.reason, "Value")
        assert.include(error.message, "AWS_ENDPOINT_URL")
      }
    }))
})

it("the default host matches the SDK's own endpoint rules in every region of every partition", () => {
  const regions = [
    ["af-south-1", "ap-east-1", "ap-east-2", "ap-northeast-1", "ap-northeast-2", "ap-northeast-3", "ap-south-1"],
    ["ap-south-2", "ap-southeast-1", "ap-southeast-2", "ap-southeast-3", "ap-southeast-4", "ap-southeast-5"],
    ["ap-southeast-6", "ap-southeast-7", "ca-central-1", "ca-west-1", "eu-central-1", "eu-central-2", "eu-north-1"],
    ["eu-south-1", "eu-south-2", "eu-west-1", "eu-west-2", "eu-west-3", "il-central-1", "me-central-1", "me-south-1"],
    ["mx-central-1", "sa-east-1", "us-east-1", "us-east-2", "us-west-1", "us-west-2", "cn-north-1", "cn-northwest-1"],
    ["us-gov-east-1", "us-gov-west-1", "us-iso-east-1", "us-iso-west-1", "us-isob-east-1", "eu-isoe-west-1"],
    ["us-isof-east-1", "us-isof-south-1", "eusc-de-east-1"]
  ].flat()
  const { endpointProvider } = new BedrockRuntimeClient({ region: "us-east-1" }).config
  for (const Region of regions) {
    for (const UseFIPS of [false, true]) {
      assert.strictEqual(
        defaultHost(Region, UseFIPS),
        endpointProvider({ Region, UseFIPS, UseDualStack: false }).url.hostname
      )
    }
  }
})
