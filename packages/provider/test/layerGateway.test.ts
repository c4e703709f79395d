import * as Auth from "@altimate-code/auth/Auth"
import * as Secrets from "@altimate-code/log/Secrets"
import * as PrefixRules from "@altimate-code/model-id/PrefixRules"
import * as Sandbox from "@altimate-code/sandbox/Sandbox"
import * as LanguageModel from "@effect/ai/LanguageModel"
import * as Model from "@effect/ai/Model"
import { assert, describe, it } from "@effect/vitest"
import * as Config from "effect/Config"
import * as ConfigProvider from "effect/ConfigProvider"
import * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Logger from "effect/Logger"
import * as LogLevel from "effect/LogLevel"
import * as Option from "effect/Option"
import * as Redacted from "effect/Redacted"
import * as Schedule from "effect/Schedule"
import { inspect } from "node:util"
import * as BedrockClient from "../src/BedrockClient.ts"
import { BedrockError } from "../src/BedrockError.ts"
import * as BedrockLanguageModel from "../src/BedrockLanguageModel.ts"
import * as RetryPolicy from "../src/RetryPolicy.ts"
import { faulty, hello } from "./protocol/fixture.ts"

const token = Redacted.make("gateway-token-canary")
const model = "anthropic.claude-sonnet-4-6-v1"

/** A gateway that accepts only this token. */
const makeGateway = (options: Sandbox.Options = {}) =>
  Sandbox.make({ prefix: "/bedrock/v1", auth: { bearer: [token] }, script: [hello, hello], ...options })

/** Another token and another region are in the environment. */
const environment = Layer.setConfigProvider(ConfigProvider.fromMap(
  new Map([["AWS_BEARER_TOKEN_BEDROCK", "environment-token"], ["AWS_REGION", "eu-west-1"]])
))

const say = LanguageModel.generateText({ prompt: "Hi" }).pipe(Effect.map(({ text }) => text))

const silent = Logger.replace(Logger.defaultLogger, Logger.none)

describe("a model from a URL, a token and an ID", () => {
  it.scopedLive("answers, and needs no other layer", () =>
    Effect.gen(function*() {
      const gateway = yield* makeGateway()
      const bedrock: Layer.Layer<LanguageModel.LanguageModel, unknown> = BedrockLanguageModel.layerGateway({
        url: gateway.url,
        token,
        region: "us-east-1",
        model
      })
      assert.strictEqual(yield* Effect.provide(say, [bedrock, environment, silent]), "Hello")
      const [request] = yield* gateway.requests
      assert.strictEqual(request?.headers["authorization"], `Bearer ${Redacted.value(token)}`)
      assert.strictEqual(request?.rawPath, `/bedrock/v1/model/us.${model}/converse`)
    }))

  it.scopedLive("uses the region of the environment if none is given", () =>
    Effect.gen(function*() {
      const gateway = yield* makeGateway()
      const bedrock = BedrockLanguageModel.layerGateway({ url: gateway.url, token, model })
      yield* Effect.provide(say, bedrock).pipe(Effect.provide([environment, silent]))
      assert.strictEqual((yield* gateway.requests)[0]?.rawPath, `/bedrock/v1/model/eu.${model}/converse`)
    }))

  it.scopedLive("sends what else is given: headers, fields of the request, and a model's own settings", () =>
    Effect.gen(function*() {
      const gateway = yield* makeGateway()
      const bedrock = BedrockLanguageModel.layerGateway({
        url: Redacted.make(gateway.url),
        token,
        model: "house-model",
        headers: { "x-team": "data", "x-api-key": Redacted.make("api-key-canary") },
        maxTokens: 77,
        latency: "optimized",
        anthropicBeta: ["context-1m-2025-08-07"],
        timeout: { firstByte: "10 seconds" },
        retry: { total: "1 second" },
        models: { "house-model": { id: model, crossRegion: "off", headers: { "x-model": "house" } } }
      })
      yield* Effect.provide(say, [bedrock, silent])
      const [request] = yield* gateway.requests
      assert.strictEqual(request?.rawPath, `/bedrock/v1/model/${model}/converse`)
      assert.strictEqual(request?.headers["x-team"], "data")
      assert.strictEqual(request?.headers["x-api-key"], "api-key-canary")
      assert.strictEqual(request?.headers["x-model"], "house")
      assert.deepInclude(request?.body, {
        inferenceConfig: { maxTokens: 77 },
        performanceConfig: { latency: "optimized" }
      })
      const body = request?.body as { readonly additionalModelRequestFields?: Readonly<Record<string, unknown>> }
      assert.deepStrictEqual(body.additionalModelRequestFields?.["anthropic_beta"], ["context-1m-2025-08-07"])
    }))

  it.scopedLive("follows a policy that the program replaces", () =>
    Effect.gen(function*() {
      const gateway = yield* makeGateway()
      const bedrock = BedrockLanguageModel.layerGateway({ url: gateway.url, token, region: "us-east-1", model })
      yield* Effect.provide(say, Layer.provide(bedrock, [PrefixRules.off, silent]))
      assert.strictEqual((yield* gateway.requests)[0]?.rawPath, `/bedrock/v1/model/${model}/converse`)
    }))

  it.scopedLive("can be used beside another gateway", () =>
    Effect.gen(function*() {
      const other = Redacted.make("other-token-canary")
      const gateways = { one: yield* makeGateway(), two: yield* makeGateway({ auth: { bearer: [other] } }) }
      class One extends Context.Tag("One")<One, string>() {}
      class Two extends Context.Tag("Two")<Two, string>() {}
      const answers = Layer.merge(
        Layer.provide(
          Layer.effect(One, say),
          BedrockLanguageModel.layerGateway({ url: gateways.one.url, token, region: "us-east-1", model })
        ),
        Layer.provide(
          Layer.effect(Two, say),
          BedrockLanguageModel.layerGateway({ url: gateways.two.url, token: other, region: "eu-west-1", model })
        )
      )
      yield* Effect.provide(Effect.all([One, Two]), Layer.provide(answers, silent))
      assert.strictEqual((yield* gateways.one.requests)[0]?.headers["authorization"], "Bearer gateway-token-canary")
      assert.strictEqual((yield* gateways.two.requests)[0]?.headers["authorization"], "Bearer other-token-canary")
      assert.strictEqual((yield* gateways.two.requests)[0]?.rawPath, `/bedrock/v1/model/eu.${model}/converse`)
    }))

  const mistakes = [
    [
      { url: "gw.example.com/bedrock" },
      "the parameter url: the URL must be a complete URL that starts with http:// or https://"
    ],
    [{ timeout: "Infinity" as "1 second" }, "the parameter timeout: expected a finite duration above 0, or false"],
    [{ timeout: 0 }, "the parameter timeout: expected a finite duration above 0, or false"],
    [{ timeout: { idle: Infinity } }, "the parameter timeout.idle: expected a finite duration above 0"],
    [{ retry: { total: -1 } }, "the parameter retry.total: expected a finite duration above 0"],
    [{ url: "http://gw.example.com" }, "the parameter url: http://gw.example.com begins with http://"],
    [{ region: "US East" }, "the parameter region: expected an AWS region"],
    [{ headers: { "x-team": "a\nb" } }, "the parameter headers.x-team: the header x-team has a line break"],
    [
      { headers: { authorization: "Bearer x" } },
      "the parameter headers.authorization: the token is sent in this header"
    ],
    [
      { models: { [model]: { headers: { Authorization: "Bearer x" } } } },
      `the parameter models."${model}".headers.Authorization: the token is sent in this header`
    ],
    [{ crossRegion: "us." }, "the parameter crossRegion: expected \"auto\", \"off\" or a prefix"],
    [{ proxy: "http://proxy.example.com/path" }, "the parameter proxy: proxy must be a proxy URL without a path"],
    [{ temperature: 7 }, "the parameter temperature: expected a number from 0 to 1"],
    [
      { models: { [model]: { cacheTtl: "2h" as "1h" } } },
      `the parameter models."${model}".cacheTtl: expected "5m" or "1h"`
    ]
  ] as const
  for (const [given, message] of mistakes) {
    it.scopedLive(`reports a mistake in ${Object.keys(given)[0]} before a request is sent`, () =>
      Effect.gen(function*() {
        const options = { url: "https://gw.example.com", token, region: "us-east-1", model, ...given }
        const error = yield* Effect.flip(Layer.build(BedrockLanguageModel.layerGateway(options)))
        assert.strictEqual(error._tag, "ConfigError")
        assert.include(error.message, message)
        assert.notMatch(`${error.message} ${error.hint}`, /provider\.amazon-bedrock|options\./)
      }))
  }
})

describe("a failed request", () => {
  const bedrockOf = (url: string) =>
    Layer.provide(
      BedrockLanguageModel.layerGateway({ url, token, region: "us-east-1", model }),
      Layer.succeed(RetryPolicy.RetryPolicy, { schedule: Schedule.stop, retryable: () => false })
    )

  it.scopedLive("is an HttpResponseError with its status, as of other providers", () =>
    Effect.gen(function*() {
      const throttle = { type: "throttle", message: "Too many tokens", retryAfter: 7 } as const
      const gateway = yield* makeGateway({ script: [faulty(throttle)] })
      const failure = yield* Effect.flip(Effect.provide(say, [bedrockOf(gateway.url), silent]))
      assert(failure._tag === "HttpResponseError")
      assert.strictEqual(failure.reason, "StatusCode")
      assert.strictEqual(failure.response.status, 429)
      assert.strictEqual(failure.response.headers["retry-after"], "7")
      assert.match(failure.response.headers["x-amzn-errortype"] ?? "", /^ThrottlingException:/)
      assert.match(failure.response.headers["x-amzn-requestid"] ?? "", /^[0-9a-f-]{36}$/)
      assert.include(failure.description, "Too many tokens")
      assert.strictEqual(failure.request.url, `${gateway.url}/model/us.${model}/converse`)
      assert.strictEqual(Option.getOrThrow(BedrockError.fromAiError(failure)).reason, "Throttled")
    }))

  it.scopedLive("shows no token that the gateway echoes, neither in the error nor in the log", () =>
    Effect.gen(function*() {
      const secret = Redacted.value(token)
      const gateway = yield* makeGateway({ script: [faulty({ type: "throttle", message: `no quota for ${secret}` })] })
      const lines: Array<string> = []
      const logger = Logger.replace(
        Logger.defaultLogger,
        Logger.map(Logger.logfmtLogger, (line) => void lines.push(line))
      )
      const layers = [bedrockOf(gateway.url), logger, Logger.minimumLogLevel(LogLevel.All)] as const
      const failure = yield* Effect.flip(Effect.provide(say, Layer.mergeAll(...layers)))
      assert.include(failure.message, "no quota for <redacted>")
      assert.notInclude(inspect(failure, { depth: 9 }), secret)
      assert.include(lines.join(), "no quota for <redacted>")
      assert.notInclude(lines.join(), secret)
      assert.strictEqual((yield* Secrets.Secrets).mask(`my own line with ${secret}`), "my own line with <redacted>")
    }))

  it.scopedLive("is an HttpRequestError if there is no connection", () =>
    Effect.gen(function*() {
      const failure = yield* Effect.flip(Effect.provide(say, [bedrockOf("http://127.0.0.1:1"), silent]))
      assert(failure._tag === "HttpRequestError")
      assert.strictEqual(failure.reason, "Transport")
      assert.strictEqual(Option.getOrThrow(BedrockError.fromAiError(failure)).type, "ECONNREFUSED")
    }))
})

describe("the credential", () => {
  it.scopedLive("can be an effect, which is run again when its token is refused", () =>
    Effect.gen(function*() {
      const gateway = yield* makeGateway()
      const tokens = ["expired-token-canary", Redacted.value(token)]
      const next = Effect.sync(() => Redacted.make(tokens.shift() ?? "no token is left"))
      const bedrock = BedrockLanguageModel.layerGateway({ url: gateway.url, token: next, model })
      assert.strictEqual(yield* Effect.provide(say, [bedrock, silent]), "Hello")
      assert.strictEqual((yield* gateway.requests).length, 2)
    }))

  it.scopedLive("can be a function, which is given the refused token and whose tokens are forgotten in time", () =>
    Effect.gen(function*() {
      const gateway = yield* makeGateway()
      const refusals: Array<string> = []
      let cached = "expired-token-canary"
      const getToken = (refused: Option.Option<Redacted.Redacted<string>>) =>
        Effect.sync(() => {
          if (Option.isSome(refused)) {
            refusals.push(Redacted.value(refused.value))
            cached = Redacted.value(token)
          }
          return Redacted.make(cached)
        })
      const bedrock = BedrockLanguageModel.layerGateway({ url: gateway.url, token: getToken, model })
      assert.strictEqual(yield* Effect.provide(say, [bedrock, silent]), "Hello")
      assert.deepStrictEqual(refusals, ["expired-token-canary"])
      const { mask, registerShortLived } = yield* Secrets.Secrets
      assert.strictEqual(mask("expired-token-canary"), "<redacted>")
      yield* Effect.forEach(
        Array.from({ length: 100 }, (_, index) => Redacted.make(`minted-${index}-token`)),
        registerShortLived
      )
      assert.strictEqual(mask("expired-token-canary"), "expired-token-canary")
      assert.strictEqual(mask("minted-0-token"), "<redacted>")
    }))

  it.scopedLive("reports the error of the program's own effect as the cause", () =>
    Effect.gen(function*() {
      const cause = new Error("the vault is sealed")
      const bedrock = BedrockLanguageModel.layerGateway({
        url: "https://gw.example.com",
        token: Effect.fail(cause),
        model
      })
      const failure = yield* Effect.flip(Effect.provide(say, [bedrock, silent]))
      assert(failure._tag !== "ConfigError")
      assert.include(failure.message, "The program could not get the token.")
      const error = Option.getOrThrow(BedrockError.fromAiError(failure))
      assert.strictEqual(String((error.cause as Error).cause), "Error: the vault is sealed")
    }))

  it.scopedLive("can be AWS keys, which sign the request", () =>
    Effect.gen(function*() {
      const secretAccessKey = Redacted.make("secret-key-canary")
      const key = { accessKeyId: "AKIAGIVEN", secretAccessKey, region: "us-east-1" }
      const gateway = yield* makeGateway({ auth: { sigv4: [key] } })
      const auth = Auth.keys({ accessKeyId: "AKIAGIVEN", secretAccessKey })
      const bedrock = BedrockLanguageModel.layerGateway({ url: gateway.url, auth, region: "us-east-1", model })
      assert.strictEqual(yield* Effect.provide(say, [bedrock, environment, silent]), "Hello")
    }))

  it.scopedLive("can be the AWS credential chain, from the environment", () =>
    Effect.gen(function*() {
      const secretAccessKey = Redacted.make("chain-key-canary")
      const gateway = yield* makeGateway({
        auth: { sigv4: [{ accessKeyId: "AKIACHAIN", secretAccessKey, region: "us-east-1" }] }
      })
      const bedrock = BedrockLanguageModel.layerGateway({
        url: gateway.url,
        auth: Auth.chain(),
        region: "us-east-1",
        model
      })
      const variables = new Map([["AWS_ACCESS_KEY_ID", "AKIACHAIN"], ["AWS_SECRET_ACCESS_KEY", "chain-key-canary"]])
      const provided = Layer.setConfigProvider(ConfigProvider.fromMap(variables))
      assert.strictEqual(yield* Effect.provide(say, bedrock).pipe(Effect.provide([provided, silent])), "Hello")
    }))

  it.scopedLive("can be left to a header", () =>
    Effect.gen(function*() {
      const gateway = yield* Sandbox.make({ script: [hello] })
      const headers = { "x-api-key": Redacted.make("api-key-canary") }
      const bedrock = BedrockLanguageModel.layerGateway({ url: gateway.url, auth: Auth.none(), headers, model })
      yield* Effect.provide(say, [bedrock, environment, silent])
      const [request] = yield* gateway.requests
      assert.strictEqual(request?.headers["authorization"], undefined)
      assert.strictEqual(request?.headers["x-api-key"], "api-key-canary")
    }))

  it.scopedLive("can be an Authorization header of the program's own", () =>
    Effect.gen(function*() {
      const gateway = yield* makeGateway()
      const headers = { Authorization: Redacted.make(`Bearer ${Redacted.value(token)}`) }
      const bedrock = BedrockLanguageModel.layerGateway({ url: gateway.url, auth: Auth.none(), headers, model })
      assert.strictEqual(yield* Effect.provide(say, [bedrock, environment, silent]), "Hello")
    }))

  const signed = {
    "Auth.keys": Auth.keys({ accessKeyId: "AKIAGIVEN", secretAccessKey: Redacted.make("secret-key-canary") }),
    "Auth.chain": Auth.chain()
  }
  const secondCredentials = [
    { headers: { authorization: "Basic canary" } },
    { models: { [model]: { headers: { authorization: "Basic canary" } } } }
  ]
  for (const [name, auth] of Object.entries(signed)) {
    it.scopedLive(`of ${name} allows no Authorization header, neither for all models nor for one`, () =>
      Effect.gen(function*() {
        for (const given of secondCredentials) {
          const options = { url: "https://gw.example.com", auth, region: "us-east-1", model, ...given }
          const error = yield* Effect.flip(Layer.build(BedrockLanguageModel.layerGateway(options)))
          assert.strictEqual(error._tag, "ConfigError")
          assert.include(error.message, "headers.authorization: the AWS signature is sent in this header")
          assert.strictEqual(error.hint, "Leave out the AWS credentials or the header.")
        }
      }))
  }

  it.scopedLive("is refused with its position if it can't be sent", () =>
    Effect.gen(function*() {
      const bad = Redacted.make("broken\u200btoken-canary")
      const bedrock = BedrockLanguageModel.layerGateway({ url: "https://gw.example.com", token: bad, model })
      const error = yield* Effect.flip(Effect.provide(say, [bedrock, silent]))
      assert.include(error.message, "The token from the parameter token has")
    }))
})

describe("a client of a gateway", () => {
  it.scopedLive("can be configured with Effect's Config, which reports what is missing", () =>
    Effect.gen(function*() {
      const gateway = yield* makeGateway()
      const bedrock = BedrockLanguageModel.layerConfig({
        url: Config.string("GATEWAY_URL"),
        token: Config.redacted("GATEWAY_TOKEN"),
        region: Config.withDefault(Config.string("GATEWAY_REGION"), undefined),
        model: Config.string("MODEL")
      })
      const variables = { GATEWAY_URL: gateway.url, MODEL: model }
      const provider = (map: Readonly<Record<string, string>>) =>
        Layer.setConfigProvider(ConfigProvider.fromMap(new Map(Object.entries(map))))
      const complete = provider({ ...variables, GATEWAY_TOKEN: Redacted.value(token) })
      assert.strictEqual(yield* Effect.provide(say, bedrock).pipe(Effect.provide([complete, silent])), "Hello")
      const error = yield* Effect.flip(Effect.provide(say, bedrock).pipe(Effect.provide([provider(variables), silent])))
      assert.include(String(error), "GATEWAY_TOKEN")
    }))

  it.scopedLive("serves models of @effect/ai, which name their provider", () =>
    Effect.gen(function*() {
      const gateway = yield* makeGateway()
      const client = BedrockClient.layerGateway({ url: gateway.url, token, region: "us-east-1" })
      const ask = Effect.all([say, Model.ProviderName])
      const answer = yield* Effect.provide(ask, BedrockLanguageModel.model(model)).pipe(
        Effect.provide([client, silent])
      )
      assert.deepStrictEqual(answer, ["Hello", "amazon-bedrock"])
    }))

  it.scopedLive("serves several models", () =>
    Effect.gen(function*() {
      const gateway = yield* makeGateway()
      const client = BedrockClient.layerGateway({ url: gateway.url, token, region: "us-east-1" })
      const ask = (model: string) => Effect.provide(say, BedrockLanguageModel.layer({ model }))
      yield* Effect.provide(Effect.all([ask(model), ask("amazon.nova-pro-v1:0")]), [client, silent])
      assert.deepStrictEqual(
        (yield* gateway.requests).map(({ rawPath }) => rawPath),
        [`/bedrock/v1/model/us.${model}/converse`, "/bedrock/v1/model/us.amazon.nova-pro-v1%3A0/converse"]
      )
    }))
})
