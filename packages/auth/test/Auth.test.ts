import type { Gateway } from "@altimate-code/config/Gateway"
import type { Setting } from "@altimate-code/config/Origin"
import * as Secrets from "@altimate-code/log/Secrets"
import { assert, describe, it } from "@effect/vitest"
import * as ConfigProvider from "effect/ConfigProvider"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Option from "effect/Option"
import * as Redacted from "effect/Redacted"
import { Auth, layer } from "../src/Auth.ts"
import { AuthError } from "../src/AuthError.ts"
import { notice, type Source } from "../src/Credential.ts"
import { CredentialStore } from "../src/CredentialStore.ts"
import { TokenCommand } from "../src/TokenCommand.ts"
import * as TokenPrecedence from "../src/TokenPrecedence.ts"
import { settings } from "./settings.ts"

interface Start {
  readonly env?: Record<string, string>
  /** The stored token; if absent, reading the store is a defect. */
  readonly stored?: Effect.Effect<Option.Option<string>, AuthError>
  readonly precedence?: ReadonlyArray<Source>
  readonly profile?: Setting<string>
  readonly gateway?: Partial<Gateway>
  /** The output of `tokenCommand`; if absent, running it is a defect. */
  readonly command?: (refused: string | undefined) => string
}

const services = ({ command, env = {}, gateway, precedence, profile, stored }: Start) =>
  layer.pipe(
    Layer.provide([
      precedence === undefined ? TokenPrecedence.layer : Layer.succeed(TokenPrecedence.TokenPrecedence, precedence),
      Layer.mock(CredentialStore, {
        path: "/data/auth.json",
        get: (provider) =>
          stored !== undefined && provider === "amazon-bedrock"
            ? Effect.map(stored, Option.map(Redacted.make))
            : Effect.dieMessage("the store was read")
      }),
      Layer.succeed(TokenCommand, {
        token: (_, refused) =>
          command === undefined
            ? Effect.dieMessage("the command was run")
            : Effect.sync(() => ({ token: Redacted.make(command(refused && Redacted.value(refused))), leftOut: [] }))
      }),
      settings({ profile, gateway })
    ]),
    Layer.provideMerge(Secrets.layer),
    Layer.provideMerge(Layer.setConfigProvider(ConfigProvider.fromMap(new Map(Object.entries(env)))))
  )

/** Reveals the secret and the option, because `deepStrictEqual` considers all hidden values equal. */
const resolve = (start: Start) =>
  Effect.flatMap(Auth, ({ credential }) => credential).pipe(
    Effect.map((credential) =>
      credential._tag === "Bearer"
        ? { ...credential, token: Redacted.value(credential.token) }
        : credential._tag === "AwsChain"
        ? { ...credential, profile: Option.getOrNull(credential.profile) }
        : credential
    ),
    Effect.provide(services(start))
  )

const none = Effect.succeedNone
const some = Effect.succeedSome("stored-token")
const environment = { AWS_BEARER_TOKEN_BEDROCK: "environment-token" }

describe("the credential", () => {
  it.effect("is the environment's token, without reading the store", () =>
    Effect.gen(function*() {
      assert.deepStrictEqual(yield* resolve({ env: environment }), {
        _tag: "Bearer",
        token: "environment-token",
        source: "environment",
        where: "AWS_BEARER_TOKEN_BEDROCK",
        considered: [
          { source: "environment", where: "AWS_BEARER_TOKEN_BEDROCK", outcome: "used" },
          { source: "stored", where: "/data/auth.json", outcome: "skipped: AWS_BEARER_TOKEN_BEDROCK takes precedence" },
          { source: "configured", where: "options.apiKey", outcome: "not set" },
          { source: "command", where: "tokenCommand", outcome: "skipped: AWS_BEARER_TOKEN_BEDROCK takes precedence" },
          {
            source: "aws-chain",
            where: "AWS credential chain",
            outcome: "skipped: AWS_BEARER_TOKEN_BEDROCK takes precedence"
          }
        ]
      })
    }))

  it.effect("is the stored token if the environment has none", () =>
    Effect.gen(function*() {
      assert.deepStrictEqual(yield* resolve({ stored: some }), {
        _tag: "Bearer",
        token: "stored-token",
        source: "stored",
        where: "/data/auth.json",
        considered: [
          { source: "environment", where: "AWS_BEARER_TOKEN_BEDROCK", outcome: "not set" },
          { source: "stored", where: "/data/auth.json", outcome: "used" },
          { source: "configured", where: "options.apiKey", outcome: "not set" },
          { source: "command", where: "tokenCommand", outcome: "skipped: the stored token takes precedence" },
          { source: "aws-chain", where: "AWS credential chain", outcome: "skipped: the stored token takes precedence" }
        ]
      })
    }))

  it.effect("is the AWS credential chain if there is no token", () =>
    Effect.gen(function*() {
      assert.deepStrictEqual(yield* resolve({ stored: none }), {
        _tag: "AwsChain",
        profile: null,
        where: "AWS credential chain",
        considered: [
          { source: "environment", where: "AWS_BEARER_TOKEN_BEDROCK", outcome: "not set" },
          { source: "stored", where: "/data/auth.json", outcome: "not set" },
          { source: "configured", where: "options.apiKey", outcome: "not set" },
          { source: "command", where: "tokenCommand", outcome: "not set" },
          { source: "aws-chain", where: "AWS credential chain", outcome: "used" }
        ]
      })
    }))

  it.effect("names the configured profile and where it is configured", () =>
    Effect.gen(function*() {
      const profile: Setting<string> = {
        value: "dev",
        origin: { _tag: "File", path: "/p/altimate-code.json", scope: "project", line: 2, column: 5, key: "profile" }
      }
      const credential = yield* resolve({ stored: none, profile })
      assert.deepStrictEqual(credential._tag === "AwsChain" && credential.profile, profile)
      assert.strictEqual(credential.where, "AWS profile dev, chosen by /p/altimate-code.json:2:5 (project config)")
      assert.strictEqual((yield* resolve({ env: environment, profile }))._tag, "Bearer")
    }))

  for (const blank of ["", " ", "\t\n"]) {
    it.effect(`is not the environment's token if that is blank: ${JSON.stringify(blank)}`, () =>
      Effect.gen(function*() {
        const { considered, where } = yield* resolve({ env: { AWS_BEARER_TOKEN_BEDROCK: blank }, stored: some })
        assert.strictEqual(where, "/data/auth.json")
        assert.strictEqual(considered[0]?.outcome, "blank")
      }))
  }

  it.effect("is the environment's token without surrounding white space", () =>
    Effect.gen(function*() {
      const credential = yield* resolve({ env: { AWS_BEARER_TOKEN_BEDROCK: " environment-token\n" } })
      assert.strictEqual(credential._tag === "Bearer" && credential.token, "environment-token")
    }))

  it.effect("is resolved again each time", () =>
    Effect.gen(function*() {
      let stored = Option.none<string>()
      yield* Effect.gen(function*() {
        const { credential } = yield* Auth
        assert.strictEqual((yield* credential)._tag, "AwsChain")
        stored = Option.some("stored-token")
        assert.strictEqual((yield* credential)._tag, "Bearer")
      }).pipe(Effect.provide(services({ stored: Effect.sync(() => stored) })))
    }))

  it.effect("is registered as a secret", () =>
    Effect.gen(function*() {
      const { credential } = yield* Auth
      yield* credential
      assert.strictEqual((yield* Secrets.Secrets).mask("Bearer environment-token"), "Bearer <redacted>")
    }).pipe(Effect.provide(services({ env: environment }))))

  it.effect("fails because of a corrupt store only if the store is read", () =>
    Effect.gen(function*() {
      const stored = Effect.fail(new AuthError({ reason: "CorruptStore", message: "corrupt" }))
      assert.strictEqual((yield* Effect.flip(resolve({ stored }))).reason, "CorruptStore")
      assert.strictEqual((yield* resolve({ stored, env: environment }))._tag, "Bearer")
    }))

  describe("from options.apiKey", () => {
    const origin = { _tag: "Inline", variable: "ALTIMATE_CLI_CONFIG_CONTENT", line: 2, column: 5, key: "" } as const
    const gateway = { apiKey: Option.some({ value: Redacted.make("configured-token"), origin }) }
    const where = "options.apiKey, ALTIMATE_CLI_CONFIG_CONTENT:2:5"

    it.effect("is used if neither the environment nor the store has a token, without running the command", () =>
      Effect.gen(function*() {
        const tokenCommand = Option.some({ value: "get-token", origin })
        const credential = yield* resolve({ stored: none, gateway: { ...gateway, tokenCommand } })
        assert.deepInclude(credential, { _tag: "Bearer", token: "configured-token", source: "configured", where })
        assert.deepStrictEqual(credential.considered.map(({ outcome }) => outcome), [
          "not set",
          "not set",
          "used",
          "skipped: options.apiKey takes precedence",
          "skipped: options.apiKey takes precedence"
        ])
      }))

    it.effect("is not used if another token takes precedence or options.auth is sigv4", () =>
      Effect.gen(function*() {
        for (
          const [start, outcome] of [
            [{ env: environment }, "AWS_BEARER_TOKEN_BEDROCK takes precedence"],
            [{ stored: some }, "the stored token takes precedence"],
            [{ gateway: { auth: { value: "sigv4", origin } } }, "options.auth is sigv4"]
          ] as const
        ) {
          const { considered } = yield* resolve({
            ...start,
            gateway: { ...gateway, ..."gateway" in start && start.gateway }
          })
          assert.deepInclude(considered, { source: "configured", where, outcome: `set, but ${outcome}` })
        }
      }))
  })

  describe("from any source", () => {
    const origin = { _tag: "Inline", variable: "ALTIMATE_CLI_CONFIG_CONTENT", line: 2, column: 5, key: "" } as const
    const sources = (text: string): ReadonlyArray<readonly [where: string, start: Start]> => [
      ["AWS_BEARER_TOKEN_BEDROCK", { env: { AWS_BEARER_TOKEN_BEDROCK: text } }],
      ["/data/auth.json", { stored: Effect.succeedSome(text) }],
      ["options.apiKey, ALTIMATE_CLI_CONFIG_CONTENT:2:5", {
        stored: none,
        gateway: { apiKey: Option.some({ value: Redacted.make(text), origin }) }
      }]
    ]

    it.effect("fails with the name of an invalid character and shows nothing else of the token", () =>
      Effect.gen(function*() {
        for (const [where, start] of sources("canary-one\ncanary-two")) {
          const error = yield* Effect.flip(resolve(start))
          assert.strictEqual(error.reason, "Malformed")
          assert.strictEqual(
            error.message,
            `The token from ${where} has a line break at position 11, which HTTP headers can't contain.`
          )
          assert.notInclude(JSON.stringify(error), "canary")
        }
      }))

    it.effect("drops text that was copied along with it, and a notice says so", () =>
      Effect.gen(function*() {
        for (const [where, start] of sources("\"Bearer canary-token\"\n")) {
          const credential = yield* Effect.flatMap(Auth, ({ credential }) => credential).pipe(
            Effect.provide(services(start))
          )
          assert.strictEqual(credential._tag === "Bearer" && Redacted.value(credential.token), "canary-token")
          assert.strictEqual(
            Option.getOrNull(notice(credential)),
            `The token from ${where} begins with "Bearer" and is in quotation marks: both are left out.`
          )
        }
        for (const start of [{ env: environment }, { stored: none }]) {
          const credential = yield* Effect.flatMap(Auth, ({ credential }) => credential).pipe(
            Effect.provide(services(start))
          )
          assert.isTrue(Option.isNone(notice(credential)))
        }
      }))

    it.effect("is a secret both as written and as sent, but the word Bearer is not", () =>
      Effect.gen(function*() {
        for (const [, start] of sources("Bearer canary-token").slice(0, 2)) {
          yield* Effect.gen(function*() {
            yield* (yield* Auth).credential
            const { mask } = yield* Secrets.Secrets
            assert.strictEqual(mask("Bearer canary-token, canary-token"), "<redacted>, <redacted>")
          }).pipe(Effect.provide(services(start)))
        }
        yield* Effect.gen(function*() {
          const error = yield* Effect.flip((yield* Auth).credential)
          assert.include(error.message, "is empty apart from \"Bearer\"")
          assert.strictEqual((yield* Secrets.Secrets).mask("Bearer"), "Bearer")
        }).pipe(Effect.provide(services({ env: { AWS_BEARER_TOKEN_BEDROCK: "Bearer " } })))
      }))

    it.effect("is not validated if its source is not used", () =>
      Effect.gen(function*() {
        const env = { AWS_BEARER_TOKEN_BEDROCK: "not\u200bthis" }
        const { _tag } = yield* resolve({ env, gateway: { auth: { value: "sigv4", origin } } })
        assert.strictEqual(_tag, "AwsChain")
      }))
  })

  describe("from tokenCommand", () => {
    const gateway = {
      tokenCommand: Option.some({
        value: "get-token",
        origin: { _tag: "Inline", variable: "ALTIMATE_CLI_CONFIG_CONTENT", line: 2, column: 5, key: "" } as const
      })
    }

    it.effect("is used if no earlier source has a token, and is replaced after a refusal", () =>
      Effect.gen(function*() {
        const command = (refused: string | undefined) => refused === undefined ? "first" : `not ${refused}`
        const { credential, renew } = yield* Effect.provide(Auth, services({ stored: none, gateway, command }))
        const first = yield* credential
        assert.strictEqual(first.where, "tokenCommand, ALTIMATE_CLI_CONFIG_CONTENT:2:5")
        assert.strictEqual(first._tag === "Bearer" && Redacted.value(first.token), "first")
        const second = yield* renew(Redacted.make("first"))
        assert.strictEqual(second._tag === "Bearer" && Redacted.value(second.token), "not first")
      }))

    it.effect("is not requested if another token takes precedence", () =>
      Effect.gen(function*() {
        assert.strictEqual((yield* resolve({ env: environment, gateway }))._tag, "Bearer")
        assert.strictEqual((yield* resolve({ stored: some, gateway })).where, "/data/auth.json")
      }))
  })

  describe("with options.auth", () => {
    const origin = { _tag: "Default" } as const
    const scheme = (value: Gateway["auth"]["value"], headers: Gateway["headers"] = {}): Partial<Gateway> => ({
      auth: { value, origin },
      headers
    })
    const key = { "x-api-key": { value: Redacted.make("k"), origin } }
    const authorization = { Authorization: { value: Redacted.make("Basic x"), origin } }

    it.effect("is the AWS credential chain for sigv4, even if there are tokens", () =>
      Effect.gen(function*() {
        const { _tag, considered } = yield* resolve({ env: environment, gateway: scheme("sigv4") })
        assert.strictEqual(_tag, "AwsChain")
        assert.deepStrictEqual(considered.map(({ outcome }) => outcome), [
          "set, but options.auth is sigv4",
          "skipped: options.auth is sigv4",
          "not set",
          "skipped: options.auth is sigv4",
          "used"
        ])
      }))

    it.effect("is never the AWS credential chain for bearer", () =>
      Effect.gen(function*() {
        assert.strictEqual((yield* resolve({ env: environment, gateway: scheme("bearer") }))._tag, "Bearer")
        const error = yield* Effect.flip(resolve({ stored: none, gateway: scheme("bearer") }))
        assert.strictEqual(error.reason, "NoCredentials")
        assert.include(error.message, "AWS credential chain: skipped: options.auth is bearer")
      }))

    it.effect("is the configured headers for header, which requires at least one, and nothing for none", () =>
      Effect.gen(function*() {
        const byHeader = yield* resolve({ env: environment, gateway: scheme("header", key) })
        assert.deepInclude(byHeader, { _tag: "Headers", where: "x-api-key, default" })
        assert.strictEqual(byHeader.considered[0]!.outcome, "set, but options.auth is header")
        const error = yield* Effect.flip(resolve({ env: environment, gateway: scheme("header") }))
        assert.strictEqual(error.reason, "Conflict")
        assert.strictEqual((yield* resolve({ env: environment, gateway: scheme("none", key) }))._tag, "None")
      }))

    it.effect("is a configured Authorization header for auto; bearer and sigv4 refuse such a header", () =>
      Effect.gen(function*() {
        const auto = yield* resolve({ env: environment, gateway: scheme("auto", authorization) })
        assert.strictEqual(auto._tag, "Headers")
        assert.strictEqual(auto.considered[0]!.outcome, "set, but the header Authorization takes precedence")
        for (const value of ["bearer", "sigv4"] as const) {
          const error = yield* Effect.flip(resolve({ env: environment, gateway: scheme(value, authorization) }))
          assert.strictEqual(error.reason, "Conflict")
        }
      }))
  })

  describe("with a custom precedence", () => {
    it.effect("can be the stored token even if the environment has one", () =>
      Effect.gen(function*() {
        const { considered, where } = yield* resolve({
          env: environment,
          stored: some,
          precedence: ["stored", "environment", "aws-chain"]
        })
        assert.strictEqual(where, "/data/auth.json")
        assert.deepStrictEqual(considered.map(({ outcome }) => outcome), [
          "used",
          "set, but the stored token takes precedence",
          "skipped: the stored token takes precedence"
        ])
      }))

    it.effect("can be the AWS credential chain even if there are tokens", () =>
      Effect.gen(function*() {
        const { _tag, considered } = yield* resolve({
          env: environment,
          precedence: ["aws-chain", "environment", "stored"]
        })
        assert.strictEqual(_tag, "AwsChain")
        assert.deepStrictEqual(considered.map(({ outcome }) => outcome), [
          "used",
          "set, but the AWS credential chain takes precedence",
          "skipped: the AWS credential chain takes precedence"
        ])
      }))

    it.effect("reports later sources as not set or blank", () =>
      Effect.gen(function*() {
        const precedence = ["stored", "environment"] as const
        const unset = yield* resolve({ stored: some, precedence })
        const blank = yield* resolve({ stored: some, precedence, env: { AWS_BEARER_TOKEN_BEDROCK: " " } })
        assert.deepStrictEqual([unset, blank].map(({ considered }) => considered[1]?.outcome), ["not set", "blank"])
      }))

    it.effect("is an error that lists the searched sources if none has a token", () =>
      Effect.gen(function*() {
        const error = yield* Effect.flip(resolve({ stored: none, precedence: ["environment", "stored"] }))
        assert.strictEqual(error.reason, "NoCredentials")
        assert.include(error.message, "1. AWS_BEARER_TOKEN_BEDROCK: not set\n  2. /data/auth.json: not set")
        assert.deepStrictEqual(error.steps, [
          { step: "AWS_BEARER_TOKEN_BEDROCK", outcome: "not set" },
          { step: "/data/auth.json", outcome: "not set" }
        ])
      }))

    it.effect("never comes from a source that is not listed", () =>
      Effect.gen(function*() {
        const { considered } = yield* resolve({ env: environment, precedence: ["aws-chain"] })
        assert.deepStrictEqual(considered.map(({ source }) => source), ["aws-chain"])
      }))
  })
})
