import { Secrets } from "@altimate-code/log/Secrets"
import * as NodeContext from "@effect/platform-node/NodeContext"
import { assert, describe, layer } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as Option from "effect/Option"
import { Settings } from "../src/Settings.ts"
import { bedrock, makeFixture } from "./fixture.ts"

layer(NodeContext.layer)("The effective settings", (it) => {
  describe("the gateway's URL", () => {
    it.scoped("is endpoint, even if a file of higher precedence has baseURL", () =>
      Effect.gen(function*() {
        const { globalFile, load, projectFile, write } = yield* makeFixture
        yield* write(globalFile, bedrock({ endpoint: "https://endpoint.example/v1/" }))
        yield* write(projectFile, bedrock({ baseURL: "https://base.example" }))
        assert.deepStrictEqual(Option.getOrThrow((yield* load()).baseURL), {
          value: "https://endpoint.example/v1/",
          origin: {
            _tag: "File",
            path: globalFile,
            scope: "global",
            line: 5,
            column: 9,
            key: "provider.amazon-bedrock.options.endpoint"
          } as const
        })
      }))

    it.scoped("is baseURL if endpoint is blank", () =>
      Effect.gen(function*() {
        const { load, projectFile, write } = yield* makeFixture
        yield* write(projectFile, bedrock({ endpoint: " ", baseURL: "http://127.0.0.1:8080" }))
        assert.strictEqual(Option.getOrThrow((yield* load()).baseURL).value, "http://127.0.0.1:8080")
      }))

    for (
      const url of [
        "gateway.example.com/bedrock",
        "/bedrock",
        "ftp://gateway.example.com",
        "https://",
        "https:///bedrock",
        "https:gateway.example.com",
        "https://gateway.example.com:port",
        "{env}"
      ]
    ) {
      it.scoped(`cannot be ${JSON.stringify(url)}`, () =>
        Effect.gen(function*() {
          const { failure, projectFile, write } = yield* makeFixture
          yield* write(projectFile, bedrock({ region: "eu-west-1", baseURL: url.replaceAll("\\n", "\n") }))
          const error = yield* failure()
          assert.strictEqual(error.reason, "Value")
          assert.strictEqual(
            error.message,
            `${projectFile}:6:9: baseURL must be a complete URL that starts with http:// or https://`
          )
          assert.deepStrictEqual([error.path, error.line, error.column], [projectFile, 6, 9])
        }))
    }

    for (
      const [url, what] of [
        ["https://gate way.example.com", "a space at position 13"],
        [" https://gateway.example.com", "a space at position 1"],
        ["https://gateway.example.com\\n", "a line break at position 28"],
        ["https://gateway.example.com/bed\u200brock", "a zero-width space (U+200B) at position 32"],
        ["https://gateway.example.com/\u201d", "a typographic quotation mark (U+201D) at position 29"]
      ] as const
    ) {
      it.scoped(`cannot have ${what}, and the error names it`, () =>
        Effect.gen(function*() {
          const { failure, projectFile, write } = yield* makeFixture
          yield* write(projectFile, bedrock({ region: "eu-west-1", baseURL: url.replaceAll("\\n", "\n") }))
          const error = yield* failure()
          assert.strictEqual(error.reason, "Value")
          assert.strictEqual(error.message, `${projectFile}:6:9: baseURL has ${what}`)
        }))
    }

    it.scoped("can have letters of any script", () =>
      Effect.gen(function*() {
        const { load, projectFile, write } = yield* makeFixture
        yield* write(projectFile, bedrock({ baseURL: "https://büro.example/größe" }))
        assert.strictEqual(Option.getOrThrow((yield* load()).baseURL).value, "https://büro.example/größe")
      }))

    it.scoped("cannot have a path if it is a proxy's, such as the rest of a password with an unencoded slash", () =>
      Effect.gen(function*() {
        const { failure, projectFile, write } = yield* makeFixture
        for (const proxy of ["http://user:12/canary@p:3128", "http://user:12?canary@p", "http://user:12#canary@p"]) {
          yield* write(projectFile, bedrock({ region: "eu-west-1", proxy }))
          const error = yield* failure()
          assert.strictEqual(
            error.message,
            `${projectFile}:6:9: proxy must be a proxy URL without a path`
          )
          assert.notInclude(`${error.message}${error.hint}`, "canary")
        }
      }))

    it.scoped("has its password and the keys in its query masked, but no plain words", () =>
      Effect.gen(function*() {
        const { projectFile, services, write } = yield* makeFixture
        yield* write(
          projectFile,
          bedrock({ baseURL: "https://user:pass%2Fword@gw.example/v1?apikey=canary-0123456789&v=bedrock" })
        )
        const [masked, settings] = yield* Effect.provide(
          Effect.all([
            Effect.map(Secrets, ({ mask }) => mask("pass%2Fword pass/word canary-0123456789 bedrock gw.example")),
            Settings
          ]),
          services({})
        )
        assert.strictEqual(masked, "<redacted> <redacted> <redacted> bedrock gw.example")
        assert.deepStrictEqual(settings.leaves.map(({ value }) => value), [
          "https://user:<redacted>@gw.example/v1?apikey=<redacted>&v=<redacted>"
        ])
      }))

    it.scoped("has its secrets masked even if it cannot be used", () =>
      Effect.gen(function*() {
        const { failure, log, projectFile, write } = yield* makeFixture
        yield* write(projectFile, bedrock({ baseURL: "https://user:canary/1@gw.example" }))
        assert.notInclude(JSON.stringify([yield* failure(), log]), "canary")
      }))
  })

  describe("the region", () => {
    it.scoped("is AWS_REGION if no file has one", () =>
      Effect.gen(function*() {
        const { load } = yield* makeFixture
        assert.deepStrictEqual(
          (yield* load({ env: { AWS_REGION: "eu-west-1", AWS_DEFAULT_REGION: "eu-west-2" } })).region,
          {
            value: "eu-west-1",
            origin: { _tag: "Environment", variable: "AWS_REGION" }
          }
        )
      }))

    it.scoped("is the file's if both have one", () =>
      Effect.gen(function*() {
        const { load, projectFile, write } = yield* makeFixture
        yield* write(projectFile, bedrock({ region: "ap-northeast-1" }))
        assert.strictEqual((yield* load({ env: { AWS_REGION: "eu-west-1" } })).region.value, "ap-northeast-1")
      }))

    it.scoped("is us-east-1 if AWS_REGION is blank, and AWS_DEFAULT_REGION is ignored", () =>
      Effect.gen(function*() {
        const { load } = yield* makeFixture
        assert.deepStrictEqual((yield* load({ env: { AWS_REGION: " ", AWS_DEFAULT_REGION: "eu-west-2" } })).region, {
          value: "us-east-1",
          origin: { _tag: "Default" }
        })
      }))

    it.scoped("must have the form of a region, wherever it comes from", () =>
      Effect.gen(function*() {
        const { failure, projectFile, write } = yield* makeFixture
        const environment = yield* failure({ env: { AWS_REGION: "evil.example/" } })
        assert.strictEqual(environment.reason, "Value")
        assert.strictEqual(
          environment.message,
          "AWS_REGION: expected an AWS region, found characters other than a-z, 0-9 and -"
        )
        yield* write(projectFile, bedrock({ region: "US-EAST-1" }))
        const file = yield* failure()
        assert.deepStrictEqual([file.reason, file.path, file.line, file.column], ["Value", projectFile, 5, 9])
      }))
  })

  describe("the profiles", () => {
    it.scoped("are separate: the file's choice and AWS_PROFILE", () =>
      Effect.gen(function*() {
        const { load, projectFile, write } = yield* makeFixture
        yield* write(projectFile, bedrock({ profile: "chosen" }))
        const settings = yield* load({ env: { AWS_PROFILE: "ambient" } })
        assert.strictEqual(Option.getOrThrow(settings.profile).value, "chosen")
        assert.deepStrictEqual(Option.getOrThrow(settings.awsProfile), {
          value: "ambient",
          origin: { _tag: "Environment", variable: "AWS_PROFILE" } as const
        })
        assert.isTrue(Option.isNone((yield* load({ env: { AWS_PROFILE: " " } })).awsProfile))
      }))
  })

  describe("unknown keys", () => {
    it.scoped("are listed, with one warning for each probable typo", () =>
      Effect.gen(function*() {
        const { globalFile, load, log, write } = yield* makeFixture
        yield* write(globalFile, {
          colour: "dark",
          Model: "x",
          ...bedrock({ region: "us-east-1", baseUrl: "https://gw.example", base_url: 1, retries: 5 })
        })
        const settings = yield* load()
        const warnings = [
          "Model is not a known setting and is ignored (~/.config/altimate-code/altimate-code.json:3:3). Did you mean model?",
          "provider.amazon-bedrock.options.baseUrl is not a known setting and is ignored (~/.config/altimate-code/altimate-code.json:8:9). Did you mean baseURL?",
          "provider.amazon-bedrock.options.base_url is not a known setting and is ignored (~/.config/altimate-code/altimate-code.json:9:9). Did you mean baseURL?"
        ]
        assert.deepStrictEqual(settings.warnings, warnings)
        assert.deepStrictEqual(
          log.filter((line) => line.includes("is not a known setting")),
          warnings.map((warning) => `DEBUG service=config ${warning}`)
        )
        assert.deepStrictEqual(settings.unknown.map(({ key }) => key), [
          "colour",
          "Model",
          "provider.amazon-bedrock.options.baseUrl",
          "provider.amazon-bedrock.options.base_url",
          "provider.amazon-bedrock.options.retries"
        ])
        assert.deepStrictEqual(settings.leaves.map(({ key }) => key), [
          "colour",
          "Model",
          "provider.amazon-bedrock.options.region",
          "provider.amazon-bedrock.options.baseUrl",
          "provider.amazon-bedrock.options.base_url",
          "provider.amazon-bedrock.options.retries"
        ])
        assert.isTrue(Option.isNone(settings.baseURL))
      }))

    it.scoped("are reported under provider too, except for other providers' entries", () =>
      Effect.gen(function*() {
        const { load, projectFile, write } = yield* makeFixture
        yield* write(projectFile, {
          provider: {
            openai: { npm: "x", options: 5 },
            "my-llm": { npm: "@ai-sdk/openai-compatible" },
            "Google-Vertex": {},
            "amazon-bedrock-eu": {},
            bedrock: [],
            amazon_bedrok: {},
            somebody: { options: {} }
          }
        })
        const { unknown, warnings } = yield* load()
        assert.strictEqual(unknown.at(-1)?.key, "provider.somebody")
        assert.deepStrictEqual(
          warnings.map((warning) => warning.replace(/\(\S+:(\d+:\d+)\)/, "($1)")),
          [
            "provider.amazon-bedrock-eu is not a known setting and is ignored (11:5). Did you mean amazon-bedrock?",
            "provider.bedrock is not a known setting and is ignored (12:5). Did you mean amazon-bedrock?",
            "provider.amazon_bedrok is not a known setting and is ignored (13:5). Did you mean amazon-bedrock?"
          ]
        )
      }))

    it.scoped("cannot send control characters to the terminal", () =>
      Effect.gen(function*() {
        const { load, projectFile, write } = yield* makeFixture
        yield* write(projectFile, { "a.b": { "\u001b[2J\u202e\u009b": 1 }, "mode\u001bl": 1 })
        const { leaves, unknown, warnings } = yield* load()
        const mistaken = "\"mode\\u001bl\""
        assert.deepStrictEqual(unknown.map(({ key }) => key), ["\"a.b\"", mistaken])
        assert.deepStrictEqual(warnings, [
          `${mistaken} is not a known setting and is ignored (~/work/project/altimate-code.json:5:3). Did you mean model?`
        ])
        assert.deepStrictEqual(leaves.map(({ key }) => key), [
          "\"a.b\".\"\\u001b[2J\\u{202e}\\u{9b}\"",
          mistaken
        ])
      }))
  })

  describe("the leaves", () => {
    it.scoped("are masked if their name suggests a secret, and show URLs without secrets", () =>
      Effect.gen(function*() {
        const { load, projectFile, write } = yield* makeFixture
        const secret = "canary"
        yield* write(projectFile, {
          author: "me",
          keybinds: { leader: "ctrl+x" },
          provider: {
            openai: {
              apiKey: secret,
              api_key: secret,
              APIKEY: [secret, { x: secret }],
              key: { id: secret },
              authToken: secret,
              Authorization: secret,
              "client-secret": secret,
              password: 12345,
              passphrase: secret,
              headers: { "x-anything": secret, list: [secret] },
              customHeaders: { y: secret },
              proxy: `via http://user:${secret}@proxy.example:8080/?q=${secret} and ws://${secret}@h`,
              list: [1, { token: secret, plain: "shown" }, `https://u:${secret}@h`],
              tokens: true,
              nothing: null
            }
          }
        })
        const leaves = new Map(
          (yield* load()).leaves.map(({ key, value }) => [key.replace("provider.openai.", ""), value])
        )
        assert.notInclude(JSON.stringify([...leaves]), secret)
        assert.notInclude(JSON.stringify([...leaves]), "12345")
        assert.strictEqual(leaves.get("author"), "me")
        assert.strictEqual(leaves.get("keybinds.leader"), "ctrl+x")
        assert.strictEqual(leaves.get("apiKey"), "<redacted>")
        assert.strictEqual(leaves.get("headers.x-anything"), "<redacted>")
        assert.strictEqual(
          leaves.get("proxy"),
          "via http://user:<redacted>@proxy.example:8080/?q=<redacted> and ws://<redacted>@h"
        )
        assert.deepStrictEqual(leaves.get("list"), [
          1,
          { token: "<redacted>", plain: "shown" },
          "https://u:<redacted>@h"
        ])
        assert.isTrue(leaves.get("tokens"))
        assert.isNull(leaves.get("nothing"))
      }))

    it.scoped("are found quickly, however long a value is", () =>
      Effect.gen(function*() {
        const { load, project, projectFile, write } = yield* makeFixture
        yield* write(`${project}/newlines`, `${"\n".repeat(200_000)}x`)
        yield* write(projectFile, { theme: "a".repeat(200_000), model: `${"{env:".repeat(80_000)}{file:newlines}` })
        const { model } = yield* load()
        assert.lengthOf(Option.getOrThrow(model).value, 600_001)
      }), 30_000)

    it.scoped("can be named __proto__ or constructor", () =>
      Effect.gen(function*() {
        const { globalFile, load, projectFile, write } = yield* makeFixture
        const text =
          "{\"__proto__\": {\"model\": \"x\", \"polluted\": 1}, \"constructor\": {\"prototype\": {\"polluted\": 2}}," +
          "\"provider\": {\"__proto__\": {\"amazon-bedrock\": 1}}, \"list\": [{\"__proto__\": {\"polluted\": 3}}]}"
        yield* write(globalFile, text)
        yield* write(projectFile, text)
        const settings = yield* load()
        assert.isTrue(Option.isNone(settings.model))
        assert.deepStrictEqual(settings.leaves.map(({ key }) => key), [
          "__proto__.model",
          "__proto__.polluted",
          "constructor.prototype.polluted",
          "provider.__proto__.amazon-bedrock",
          "list"
        ])
        assert.isFalse("polluted" in {})
        assert.isFalse(settings.leaves.some(({ value }) => typeof value === "object" && "polluted" in ({ ...value })))
      }))
  })
})
