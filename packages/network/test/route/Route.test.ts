import { defaults, Settings } from "@altimate-code/config/Settings"
import * as Secrets from "@altimate-code/log/Secrets"
import * as NodeContext from "@effect/platform-node/NodeContext"
import { assert, describe, it } from "@effect/vitest"
import * as ConfigProvider from "effect/ConfigProvider"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Option from "effect/Option"
import * as Redacted from "effect/Redacted"
import * as Network from "../../src/Network.ts"
import * as Route from "../../src/Route.ts"

/** The network with these variables, and with this `options.proxy`. */
const network = (env: Readonly<Record<string, string>>, proxy?: string) =>
  Network.layerSettings.pipe(
    Layer.provideMerge(Secrets.layer),
    Layer.provide(Layer.succeed(Settings, {
      ...defaults,
      gateway: {
        ...defaults.gateway,
        proxy: Option.map(Option.fromNullable(proxy), (value) => ({
          value,
          origin: { _tag: "Inline" as const, variable: "ALTIMATE_CLI_CONFIG_CONTENT", line: 3, column: 5, key: "proxy" }
        }))
      }
    })),
    Layer.provide(NodeContext.layer),
    Layer.provideMerge(Layer.setConfigProvider(ConfigProvider.fromMap(new Map(Object.entries(env)))))
  )

const route = (url: string) => Effect.flatMap(Network.Network, ({ route }) => route(url))

const words = (url: string, env: Readonly<Record<string, string>>, proxy?: string) =>
  route(url).pipe(Effect.map(Route.describe), Effect.provide(network(env, proxy)))

const https = "https://gw.example.com/v1"
const http = "http://gw.example.com/v1"

describe("the route", () => {
  it.effect("uses a proxy that the program gives in code, whatever NO_PROXY says", () =>
    Effect.gen(function*() {
      const variables = Layer.setConfigProvider(ConfigProvider.fromMap(new Map([["NO_PROXY", "*"]])))
      const given = Layer.provideMerge(Network.layer({ proxy: "http://p:1" }), variables)
      const chosen = yield* Effect.provide(route(https), given)
      assert.strictEqual(Route.describe(chosen), "through the proxy http://p:1 from the parameter proxy")
    }))

  for (
    const [what, url, env, expected] of [
      ["is direct without a proxy", https, {}, "direct"],
      [
        "uses HTTPS_PROXY for https",
        https,
        { HTTPS_PROXY: "http://p:1", HTTP_PROXY: "http://q:1" },
        "through the proxy http://p:1 from HTTPS_PROXY"
      ],
      [
        "uses HTTP_PROXY for http",
        http,
        { HTTPS_PROXY: "http://p:1", HTTP_PROXY: "http://q:1" },
        "through the proxy http://q:1 from HTTP_PROXY"
      ],
      ["does not use the proxy of the other scheme", http, { HTTPS_PROXY: "http://p:1" }, "direct"],
      [
        "otherwise uses ALL_PROXY",
        http,
        { HTTPS_PROXY: "http://p:1", ALL_PROXY: "http://r:1" },
        "through the proxy http://r:1 from ALL_PROXY"
      ],
      [
        "prefers the variable in lower case",
        https,
        { HTTPS_PROXY: "http://p:1", https_proxy: "http://l:1" },
        "through the proxy http://l:1 from https_proxy"
      ],
      [
        "prefers https_proxy to ALL_PROXY",
        https,
        { ALL_PROXY: "http://p:1", https_proxy: "http://l:1" },
        "through the proxy http://l:1 from https_proxy"
      ],
      [
        "treats a blank variable as unset",
        https,
        { https_proxy: " ", HTTPS_PROXY: "http://p:1" },
        "through the proxy http://p:1 from HTTPS_PROXY"
      ],
      [
        "reads a proxy without a scheme as http",
        https,
        { HTTPS_PROXY: "p.example.com:3128" },
        "through the proxy http://p.example.com:3128 from HTTPS_PROXY"
      ],
      [
        "may use a proxy with TLS",
        https,
        { HTTPS_PROXY: "https://p.example.com" },
        "through the proxy https://p.example.com from HTTPS_PROXY"
      ],
      [
        "is direct for a host in NO_PROXY",
        https,
        { HTTPS_PROXY: "http://p:1", NO_PROXY: "a,.example.com" },
        "direct (.example.com in NO_PROXY)"
      ],
      [
        "prefers no_proxy to NO_PROXY",
        https,
        { HTTPS_PROXY: "http://p:1", NO_PROXY: "*", no_proxy: "a" },
        "through the proxy http://p:1 from HTTPS_PROXY"
      ],
      [
        "uses the proxy for this machine too",
        "http://127.0.0.1:8080",
        { HTTP_PROXY: "http://p:1" },
        "through the proxy http://p:1 from HTTP_PROXY"
      ]
    ] as const
  ) {
    it.effect(what, () => Effect.map(words(url, env), (words) => assert.strictEqual(words, expected)))
  }

  it.effect("uses the option rather than the environment, and NO_PROXY applies to it too", () =>
    Effect.gen(function*() {
      const env = { HTTPS_PROXY: "http://p:1", ALL_PROXY: "socks5://s:1" }
      assert.match(
        yield* words(https, env, "http://o:1"),
        /^through the proxy http:\/\/o:1 from ALTIMATE_CLI_CONFIG_CONTENT/
      )
      assert.match(yield* words(http, env, "http://o:1"), /^through the proxy http:\/\/o:1 from/)
      assert.strictEqual(
        yield* words(https, { NO_PROXY: "gw.example.com:443" }, "http://o:1"),
        "direct (gw.example.com:443 in NO_PROXY)"
      )
    }))

  it.effect("never shows the user name and password, and keeps them out of logs", () =>
    Effect.gen(function*() {
      const { mask } = yield* Secrets.Secrets
      const found = yield* route(https)
      assert.strictEqual(Route.describe(found), "through the proxy http://p.example.com:3128 from HTTPS_PROXY")
      assert.notInclude(JSON.stringify(found), "canary")
      assert.deepStrictEqual(
        found._tag === "Proxy" ? Option.map(found.proxy.login, Redacted.value) : undefined,
        Option.some("us:er:canary@p/ss")
      )
      const basic = Buffer.from("us:er:canary@p/ss").toString("base64")
      for (const text of ["canary@p/ss", "canary%40p%2Fss", basic]) {
        assert.notInclude(mask(`a ${text} b`), text)
      }
    }).pipe(Effect.provide(network({ HTTPS_PROXY: "us%3Aer:canary%40p%2Fss@p.example.com:3128" }))))

  it.effect("takes a % in the user name or password literally if it encodes nothing", () =>
    Effect.gen(function*() {
      const { mask } = yield* Secrets.Secrets
      const found = yield* route(https)
      assert.deepStrictEqual(
        found._tag === "Proxy" ? Option.map(found.proxy.login, Redacted.value) : undefined,
        Option.some("50%user:canary@ss%zz%")
      )
      for (const text of ["canary@ss%zz%", Buffer.from("50%user:canary@ss%zz%").toString("base64")]) {
        assert.notInclude(mask(`a ${text} b`), text)
      }
    }).pipe(Effect.provide(network({ HTTPS_PROXY: "http://50%user:canary%40ss%zz%@p.example.com:3128" }))))

  it.effect("names the entries of NO_PROXY that match nothing, if there is a proxy", () =>
    Effect.gen(function*() {
      const ignored = (env: Readonly<Record<string, string>>) =>
        route(https).pipe(
          Effect.map(({ ignored }) => ignored.map(({ entry, variable }) => `${variable} ${entry}`)),
          Effect.provide(network(env))
        )
      const NO_PROXY = "localhost, http://a.example, 10.*"
      assert.deepStrictEqual(yield* ignored({ NO_PROXY }), [])
      assert.deepStrictEqual(
        yield* ignored({ HTTPS_PROXY: "http://p:1", NO_PROXY }),
        ["NO_PROXY http://a.example", "NO_PROXY 10.*"]
      )
      assert.deepStrictEqual(
        yield* ignored({ HTTPS_PROXY: "http://p:1", NO_PROXY, no_proxy: "gw.example.com a:b" }),
        ["no_proxy a:b"]
      )
    }))

  for (
    const [what, value, expected] of [
      ["SOCKS", "socks5://user:canary@p:1080", "ALL_PROXY: SOCKS proxies (socks5://) are not supported"],
      ["another scheme", "ftp://user:canary@p", "ALL_PROXY: this is not the URL of an HTTP proxy"],
      ["no URL", "http://user:can/ary@p:x", "ALL_PROXY: this is not a valid URL"],
      [
        "a password with a slash that looks like a port",
        "http://user:12/canary@p",
        "ALL_PROXY: this is not a valid URL"
      ]
    ] as const
  ) {
    it.effect(`fails for ${what}, with the variable and without its value`, () =>
      Effect.gen(function*() {
        const error = yield* Effect.flip(Effect.provide(route(https), network({ ALL_PROXY: value })))
        assert.strictEqual(error.reason, "Proxy")
        assert.strictEqual(error.message, expected)
        assert.notMatch(`${error.message}${error.hint}`, /can\/?ary/)
        assert.notStrictEqual(error.hint, "")
      }))
  }

  it.effect("ignores an invalid proxy that would not be used", () =>
    Effect.gen(function*() {
      assert.strictEqual(
        yield* words(https, { HTTPS_PROXY: "http://p:1", ALL_PROXY: "socks5://s" }),
        "through the proxy http://p:1 from HTTPS_PROXY"
      )
      assert.strictEqual(yield* words(https, { ALL_PROXY: "socks5://s", NO_PROXY: "*" }), "direct (* in NO_PROXY)")
    }))
})
