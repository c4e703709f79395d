import * as NodeContext from "@effect/platform-node/NodeContext"
import { assert, describe, layer } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as Option from "effect/Option"
import { bedrock, makeFixture } from "./fixture.ts"

const url = "https://gw.example.com/bedrock/v1"

const options = (id: string, name = "baseURL", value: unknown = url) => ({
  provider: { [id]: { options: { [name]: value } } }
})

const own = (entry: unknown) => ({ provider: { "amazon-bedrock": entry } })

/** Places where the gateway's URL has no effect, with the path that the message names. */
const misplaced: ReadonlyArray<readonly [where: string, file: unknown]> = [
  ...[
    "bedrock",
    "aws-bedrock",
    "amazon_bedrock",
    "amazonBedrock",
    "Amazon-Bedrock",
    "AmazonBedrock",
    "amazon bedrock",
    "bedrok",
    "aws"
  ]
    .map((id) => [`provider.${/ /.test(id) ? JSON.stringify(id) : id}.options.baseURL`, options(id)] as const),
  ["provider.bedrock.options.endpoint", options("bedrock", "endpoint")],
  ["provider.bedrock.api", { provider: { bedrock: { api: url } } }],
  ["provider.gateway.options.baseURL", options("gateway")],
  ["provider.corp.options.baseURL", {
    provider: { corp: { npm: "@ai-sdk/amazon-bedrock", options: { baseURL: url } } }
  }],
  ["provider.baseURL", { provider: { baseURL: url } }],
  ["providers.amazon-bedrock.options.baseURL", { providers: { "amazon-bedrock": { options: { baseURL: url } } } }],
  ["Provider.bedrock.options.baseURL", { Provider: { bedrock: { options: { baseURL: url } } } }],
  ["provider.amazon-bedrock.baseURL", own({ baseURL: url })],
  ["provider.amazon-bedrock.option.baseURL", own({ option: { baseURL: url } })],
  ["provider.amazon-bedrock.options.options.baseURL", own({ options: { options: { baseURL: url } } })],
  ["provider.amazon-bedrock.models.m.options.baseURL", own({ models: { m: { options: { baseURL: url } } } })],
  ["provider.amazon-bedrock.models.m.baseURL", own({ models: { m: { baseURL: url } } })],
  ...[
    "baseUrl",
    "base_url",
    "base-url",
    "baseURl",
    "BASEURL",
    "url",
    "endpointUrl",
    "endpoint_url",
    "endpointURL",
    "Endpoint",
    "endpoints",
    "apiBase",
    "api_base",
    "host",
    "gateway",
    "somewhere"
  ].map((name) => [`provider.amazon-bedrock.options.${name}`, options("amazon-bedrock", name)] as const),
  ["provider.amazon-bedrock.options.urls", options("amazon-bedrock", "urls", [url])],
  ["provider.amazon-bedrock.options.base_url", options("amazon-bedrock", "base_url", "{env:GATEWAY}")],
  ["provider.amazon-bedrock.options.base_url", options("amazon-bedrock", "base_url", "{file:~/gateway}")],
  ["provider.amazon-bedrock.options.base_url", options("amazon-bedrock", "base_url", "https://{env:GATEWAY}/v1")],
  ["provider.amazon-bedrock.options.somewhere", options("amazon-bedrock", "somewhere", "{env:SOMETHING}")],
  ["provider.amazon-bedrock.options.host", options("amazon-bedrock", "host", "gw.example.com:8443/bedrock")],
  ["provider.amazon-bedrock.options.host", options("amazon-bedrock", "host", " HTTP://GW.EXAMPLE.COM ")],
  ...[
    "10.1.2.3",
    "[::1]:8080/bedrock",
    "localhost",
    "gateway",
    "gateway/bedrock",
    "wss://gw.example.com",
    "$GATEWAY",
    "${GATEWAY}",
    "${GATEWAY}/v1",
    "https:/gw.example.com"
  ].map((value) => ["provider.amazon-bedrock.options.baseUrl", options("amazon-bedrock", "baseUrl", value)] as const),
  ["baseURL", { baseURL: url }],
  ["endpoint", { endpoint: url }],
  ["somewhere", { somewhere: url }],
  ["options.baseURL", { options: { baseURL: url } }],
  ["amazon-bedrock.options.baseURL", { "amazon-bedrock": { options: { baseURL: url } } }],
  ["env.AWS_ENDPOINT_URL_BEDROCK_RUNTIME", { env: { AWS_ENDPOINT_URL_BEDROCK_RUNTIME: url } }],
  [
    "provider.amazon-bedrock.options.baseURL",
    `{"provider": {"amazon-bedrock": {"options": {"baseURL": "${url}"}}}, "provider": {"amazon-bedrock": {}}}`
  ],
  [
    "provider.amazon-bedrock.options.endpoint",
    `{"provider": {"amazon-bedrock": {"options": {"endpoint": "${url}"}, "options": {"region": "eu-west-1"}}}}`
  ]
]

/** Files whose URLs are not a gateway's. */
const harmless: ReadonlyArray<unknown> = [
  { $schema: "https://altimate.example/config.json" },
  { mcp: { wiki: { type: "remote", url, oauth: { issuer: url }, somewhere: url } } },
  { instructions: ["https://example.com/style.md"] },
  bedrock({ proxy: "http://proxy.example:3128", headers: { "x-gateway": url } }),
  bedrock({ httpsProxy: url, headers: {}, ssoStartUrl: url, tokenUrl: url, docs: { url } }),
  bedrock({
    api_token: "{env:BEDROCK_TOKEN}",
    bearer: "{file:~/gateway-token}",
    awsRegion: "{env:AWS_REGION}",
    api: "converse",
    base_model: "anthropic.claude-sonnet-4-6",
    "model-origin": "amazon.nova-lite-v1:0",
    host_check: "strict",
    url: "see the wiki",
    retries: 3
  }),
  { proxy: url, telemetry: { endpoint: url }, env: { HTTPS_PROXY: url, AWS_ENDPOINT_URL_S3: url, OTEL_ENDPOINT: url } },
  {
    share: "auto",
    theme: "https://example.com/theme.json",
    enterprise: { url },
    server: { hostname: "code.example.com", cors: [url] },
    plugin: [url],
    skills: { urls: [url] },
    lsp: { x: { initialization: { schemas: { [url]: url }, url } } },
    agent: { x: { prompt: url } },
    command: { x: { template: url } },
    experimental: { url },
    username: "{env:USER}",
    model: "amazon-bedrock/x"
  },
  { provider: { bedrock: { options: { region: "eu-west-1", profile: "x" } } } },
  { somewhere: "see https://example.com", else: "ftp://example.com", more: "{env:SOMETHING}", options: { a: 1 } },
  ...["openai", "anthropic", "ollama", "Azure", "google-vertex", "openai_compatible"].map((id) =>
    id === "openai_compatible"
      ? { provider: { [id]: { npm: "@ai-sdk/openai-compatible", options: { baseURL: url } } } }
      : options(id)
  )
]

layer(NodeContext.layer)("A misplaced gateway URL", (it) => {
  describe("is an error with its position", () => {
    for (const [where, file] of misplaced) {
      it.scoped(`${where} in ${typeof file === "string" ? file : JSON.stringify(file)}`, () =>
        Effect.gen(function*() {
          const { globalFile, load, write } = yield* makeFixture
          yield* write(globalFile, file)
          const { baseURL, misplacedUrl } = yield* load()
          assert.isTrue(Option.isNone(baseURL))
          const error = Option.getOrThrow(misplacedUrl)
          assert.deepStrictEqual([error.reason, error.path], ["Misplaced", globalFile])
          assert.strictEqual(
            error.message,
            `${globalFile}:${error.line}:${error.column}: the gateway's URL is in ${where}, where it has no effect`
          )
        }))
    }
  })

  describe("is not reported for URLs of other things", () => {
    for (const file of harmless) {
      it.scoped(JSON.stringify(file), () =>
        Effect.gen(function*() {
          const { globalFile, load, write } = yield* makeFixture
          yield* write(globalFile, file)
          assert.deepStrictEqual((yield* load()).misplacedUrl, Option.none())
        }))
    }
  })

  it.scoped("is reported with the lines to write, including the options beside it", () =>
    Effect.gen(function*() {
      const { load, projectFile, write } = yield* makeFixture
      yield* write(projectFile, {
        provider: {
          bedrock: {
            options: { baseURL: "{env:GATEWAY}", region: "eu-west-1", http2: true, apiKey: "k", headers: { a: "b" } }
          }
        }
      })
      const { hint, line } = Option.getOrThrow((yield* load()).misplacedUrl)
      assert.strictEqual(line, 5)
      assert.include(hint, `in ${projectFile}:\n`)
      const lines = hint.slice(hint.indexOf("{"))
      assert.deepStrictEqual(JSON.parse(lines), bedrock({ baseURL: "{env:GATEWAY}", region: "eu-west-1", http2: true }))
      yield* write(projectFile, lines)
      const { baseURL, misplacedUrl, region, warnings } = yield* load({ env: { GATEWAY: url } })
      assert.strictEqual(Option.getOrThrow(baseURL).value, url)
      assert.strictEqual(region.value, "eu-west-1")
      assert.deepStrictEqual([misplacedUrl, warnings], [Option.none(), []])
    }))

  it.scoped("is completed if it has no scheme or has a variable in another tool's form", () =>
    Effect.gen(function*() {
      const { globalFile, load, write } = yield* makeFixture
      for (
        const [written, shown] of [
          ["gw.example.com/v1", "https://gw.example.com/v1"],
          ["localhost:4000", "http://localhost:4000"],
          ["[::1]:4000", "http://[::1]:4000"],
          ["wss://gw.example.com", "https://gw.example.com"],
          ["${GATEWAY}/v1", "${GATEWAY}/v1"],
          ["${GATEWAY:-https://gw.example}/v1", "${GATEWAY:-https://gw.example}/v1"],
          ["${env:GATEWAY}", "${env:GATEWAY}"],
          ["$GATEWAY", "{env:GATEWAY}"]
        ] as const
      ) {
        yield* write(globalFile, options("amazon-bedrock", "base_url", written))
        const { hint } = Option.getOrThrow((yield* load()).misplacedUrl)
        assert.deepStrictEqual(JSON.parse(hint.slice(hint.indexOf("{\n"))), bedrock({ baseURL: shown }))
      }
    }))

  it.scoped("is shown without secrets", () =>
    Effect.gen(function*() {
      const { load, projectFile, write } = yield* makeFixture
      yield* write(projectFile, options("bedrock", "baseURL", "https://user:canary@gw.example/x?key=canary#canary"))
      const error = Option.getOrThrow((yield* load()).misplacedUrl)
      assert.notInclude(JSON.stringify(error), "canary")
      assert.include(error.hint, "https://user:<redacted>@gw.example/x?key=<redacted>#<redacted>")
      assert.include(error.hint, "replace <redacted> with")
    }))

  it.scoped("is reported for the nearest file, and in ALTIMATE_CLI_CONFIG_CONTENT", () =>
    Effect.gen(function*() {
      const { globalFile, load, projectFile, write } = yield* makeFixture
      yield* write(globalFile, options("bedrock"))
      yield* write(projectFile, options("bedrock"))
      assert.strictEqual(Option.getOrThrow((yield* load()).misplacedUrl).path, projectFile)
      const inline = yield* load({ env: { ALTIMATE_CLI_CONFIG_CONTENT: JSON.stringify({ baseURL: url }) } })
      const { hint, message } = Option.getOrThrow(inline.misplacedUrl)
      assert.match(message, /^ALTIMATE_CLI_CONFIG_CONTENT:1:2: /)
      assert.include(hint, "in ALTIMATE_CLI_CONFIG_CONTENT:")
    }))
})

layer(NodeContext.layer)("Entries under provider", (it) => {
  it.scoped("of other providers are ignored, with a single warning about their URLs", () =>
    Effect.gen(function*() {
      const { load, projectFile, write } = yield* makeFixture
      yield* write(projectFile, {
        provider: {
          openai: { options: { baseURL: url, apiKey: "{env:OPENAI_API_KEY}", proxy: "http://p.example" } },
          anthropic: { options: { timeout: 1 } },
          "my-llm": { npm: "@ai-sdk/openai-compatible", api: url },
          "amazon-bedrock": { options: { region: "eu-west-1" } }
        }
      })
      const { misplacedUrl, warnings } = yield* load()
      assert.isTrue(Option.isNone(misplacedUrl))
      assert.deepStrictEqual(warnings, [
        "provider.openai.options.baseURL (~/work/project/altimate-code.json:5:9), provider.my-llm.api "
        + "(~/work/project/altimate-code.json:17:7): not used. Requests go only to Amazon Bedrock; these settings are for other providers."
      ])
    }))
})
