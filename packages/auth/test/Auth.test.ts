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
  /** What the store answers; without it, touching the store is a defect. */
  readonly stored?: Effect.Effect<Option.Option<string>, AuthError>
  readonly precedence?: ReadonlyArray<Source>
  readonly profile?: Setting<string>
  readonly gateway?: Partial<Gateway>
  /** What `tokenCommand` gives, after a refusal too; without it, running it is a defect. */
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
            : Effect.dieMessage("the store was touched")
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

/** With the secret and the option revealed: to `deepStrictEqual`, all that is hidden in them is the same. */
const decide = (start: Start) =>
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

describe("The credential", () => {
  it.effect("is the environment's token, and the store is not touched", () =>
    Effect.gen(function*() {
      assert.deepStrictEqual(yield* decide({ env: environment }), {
        _tag: "Bearer",
        token: "environment-token",
        source: "environment",
        where: "AWS_BEARER_TOKEN_BEDROCK",
        considered: [
          { source: "environment", where: "AWS_BEARER_TOKEN_BEDROCK", outcome: "used" },
          { source: "stored", where: "/data/auth.json", outcome: "not looked at: AWS_BEARER_TOKEN_BEDROCK wins" },
          { source: "configured", where: "options.apiKey", outcome: "not set" },
          { source: "command", where: "tokenCommand", outcome: "not looked at: AWS_BEARER_TOKEN_BEDROCK wins" },
          {
            source: "aws-chain",
            where: "AWS credential chain",
            outcome: "not looked at: AWS_BEARER_TOKEN_BEDROCK wins"
          }
        ]
      })
    }))

  it.effect("is the stored token when the environment has none", () =>
    Effect.gen(function*() {
      assert.deepStrictEqual(yield* decide({ stored: some }), {
        _tag: "Bearer",
        token: "stored-token",
        source: "stored",
        where: "/data/auth.json",
        considered: [
          { source: "environment", where: "AWS_BEARER_TOKEN_BEDROCK", outcome: "not set" },
          { source: "stored", where: "/data/auth.json", outcome: "used" },
          { source: "configured", where: "options.apiKey", outcome: "not set" },
          { source: "command", where: "tokenCommand", outcome: "not looked at: the stored token wins" },
          { source: "aws-chain", where: "AWS credential chain", outcome: "not looked at: the stored token wins" }
        ]
      })
    }))

  it.effect("is the AWS chain when there is no token", () =>
    Effect.gen(function*() {
      assert.deepStrictEqual(yield* decide({ stored: none }), {
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

  it.effect("names the profile that the configuration names, and where it does", () =>
    Effect.gen(function*() {
      const profile: Setting<string> = {
        value: "dev",
        origin: { _tag: "File", path: "/p/altimate-code.json", scope: "project", line: 2, column: 5, key: "profile" }
      }
      const credential = yield* decide({ stored: none, profile })
      assert.deepStrictEqual(credential._tag === "AwsChain" && credential.profile, profile)
      assert.strictEqual(credential.where, "AWS profile dev, chosen by /p/altimate-code.json:2:5 (project config)")
      assert.strictEqual((yield* decide({ env: environment, profile }))._tag, "Bearer")
    }))

  for (const blank of ["", " ", "\t\n"]) {
    it.effect(`is not the environment's token ${JSON.stringify(blank)}`, () =>
      Effect.gen(function*() {
        const { considered, where } = yield* decide({ env: { AWS_BEARER_TOKEN_BEDROCK: blank }, stored: some })
        assert.strictEqual(where, "/data/auth.json")
        assert.strictEqual(considered[0]?.outcome, "blank")
      }))
  }

  it.effect("is the environment's token without the white space around it", () =>
    Effect.gen(function*() {
      const credential = yield* decide({ env: { AWS_BEARER_TOKEN_BEDROCK: " environment-token\n" } })
      assert.strictEqual(credential._tag === "Bearer" && credential.token, "environment-token")
    }))

  it.effect("is decided anew each time", () =>
    Effect.gen(function*() {
      let stored = Option.none<string>()
      yield* Effect.gen(function*() {
        const { credential } = yield* Auth
        assert.strictEqual((yield* credential)._tag, "AwsChain")
        stored = Option.some("stored-token")
        assert.strictEqual((yield* credential)._tag, "Bearer")
      }).pipe(Effect.provide(services({ stored: Effect.sync(() => stored) })))
    }))

  it.effect("makes the environment's token a secret", () =>
    Effect.gen(function*() {
      const { credential } = yield* Auth
      yield* credential
      assert.strictEqual((yield* Secrets.Secrets).mask("Bearer environment-token"), "Bearer <redacted>")
    }).pipe(Effect.provide(services({ env: environment }))))

  it.effect("fails with a corrupt store only when the store is asked", () =>
    Effect.gen(function*() {
      const stored = Effect.fail(new AuthError({ reason: "CorruptStore", message: "corrupt" }))
      assert.strictEqual((yield* Effect.flip(decide({ stored }))).reason, "CorruptStore")
      assert.strictEqual((yield* decide({ stored, env: environment }))._tag, "Bearer")
    }))

  describe("of options.apiKey", () => {
    const origin = { _tag: "Inline", line: 2, column: 5, key: "" } as const
    const gateway = { apiKey: Option.some({ value: Redacted.make("configured-token"), origin }) }
    const where = "options.apiKey, ALTIMATE_CLI_CONFIG_CONTENT:2:5"

    it.effect("is used when neither the environment nor the store has a token, and the command is not run", () =>
      Effect.gen(function*() {
        const tokenCommand = Option.some({ value: "get-token", origin })
        const credential = yield* decide({ stored: none, gateway: { ...gateway, tokenCommand } })
        assert.deepInclude(credential, { _tag: "Bearer", token: "configured-token", source: "configured", where })
        assert.deepStrictEqual(credential.considered.map(({ outcome }) => outcome), [
          "not set",
          "not set",
          "used",
          "not looked at: options.apiKey wins",
          "not looked at: options.apiKey wins"
        ])
      }))

    it.effect("is not used when another token wins, or by sigv4", () =>
      Effect.gen(function*() {
        for (
          const [start, outcome] of [
            [{ env: environment }, "AWS_BEARER_TOKEN_BEDROCK wins"],
            [{ stored: some }, "the stored token wins"],
            [{ gateway: { auth: { value: "sigv4", origin } } }, "options.auth is sigv4"]
          ] as const
        ) {
          const { considered } = yield* decide({
            ...start,
            gateway: { ...gateway, ..."gateway" in start && start.gateway }
          })
          assert.deepInclude(considered, { source: "configured", where, outcome: `set, but ${outcome}` })
        }
      }))
  })

  describe("is read at one door", () => {
    const origin = { _tag: "Inline", line: 2, column: 5, key: "" } as const
    const sources = (text: string): ReadonlyArray<readonly [where: string, start: Start]> => [
      ["AWS_BEARER_TOKEN_BEDROCK", { env: { AWS_BEARER_TOKEN_BEDROCK: text } }],
      ["/data/auth.json", { stored: Effect.succeedSome(text) }],
      ["options.apiKey, ALTIMATE_CLI_CONFIG_CONTENT:2:5", {
        stored: none,
        gateway: { apiKey: Option.some({ value: Redacted.make(text), origin }) }
      }]
    ]

    it.effect("which names a character that no header can carry, and shows nothing else of the token", () =>
      Effect.gen(function*() {
        for (const [where, start] of sources("canary-one\ncanary-two")) {
          const error = yield* Effect.flip(decide(start))
          assert.strictEqual(error.reason, "Malformed")
          assert.strictEqual(
            error.message,
            `The token from ${where} has a line break at position 11, which HTTP headers can't contain.`
          )
          assert.notInclude(JSON.stringify(error), "canary")
        }
      }))

    it.effect("which leaves out what was copied along with it, and says so", () =>
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

    it.effect("which makes secrets of it as it is written and as it is sent, but not of the word Bearer", () =>
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

    it.effect("which a source that is not asked does not come to", () =>
      Effect.gen(function*() {
        const env = { AWS_BEARER_TOKEN_BEDROCK: "not\u200bthis" }
        const { _tag } = yield* decide({ env, gateway: { auth: { value: "sigv4", origin } } })
        assert.strictEqual(_tag, "AwsChain")
      }))
  })

  describe("of tokenCommand", () => {
    const gateway = {
      tokenCommand: Option.some({
        value: "get-token",
        origin: { _tag: "Inline", line: 2, column: 5, key: "" } as const
      })
    }

    it.effect("is used when nothing before it has a token, and after a refusal is another one", () =>
      Effect.gen(function*() {
        const command = (refused: string | undefined) => refused === undefined ? "first" : `not ${refused}`
        const { credential, renewed } = yield* Effect.provide(Auth, services({ stored: none, gateway, command }))
        const first = yield* credential
        assert.strictEqual(first.where, "tokenCommand, ALTIMATE_CLI_CONFIG_CONTENT:2:5")
        assert.strictEqual(first._tag === "Bearer" && Redacted.value(first.token), "first")
        const second = yield* renewed(Redacted.make("first"))
        assert.strictEqual(second._tag === "Bearer" && Redacted.value(second.token), "not first")
      }))

    it.effect("is not run when another token wins", () =>
      Effect.gen(function*() {
        assert.strictEqual((yield* decide({ env: environment, gateway }))._tag, "Bearer")
        assert.strictEqual((yield* decide({ stored: some, gateway })).where, "/data/auth.json")
      }))
  })

  describe("by options.auth", () => {
    const origin = { _tag: "Default" } as const
    const scheme = (value: Gateway["auth"]["value"], headers: Gateway["headers"] = {}): Partial<Gateway> => ({
      auth: { value, origin },
      headers
    })
    const key = { "x-api-key": { value: Redacted.make("k"), origin } }
    const authorization = { Authorization: { value: Redacted.make("Basic x"), origin } }

    it.effect("sigv4 is the chain although there are tokens", () =>
      Effect.gen(function*() {
        const { _tag, considered } = yield* decide({ env: environment, gateway: scheme("sigv4") })
        assert.strictEqual(_tag, "AwsChain")
        assert.deepStrictEqual(considered.map(({ outcome }) => outcome), [
          "set, but options.auth is sigv4",
          "not looked at: options.auth is sigv4",
          "not set",
          "not looked at: options.auth is sigv4",
          "used"
        ])
      }))

    it.effect("bearer never is the chain", () =>
      Effect.gen(function*() {
        assert.strictEqual((yield* decide({ env: environment, gateway: scheme("bearer") }))._tag, "Bearer")
        const error = yield* Effect.flip(decide({ stored: none, gateway: scheme("bearer") }))
        assert.strictEqual(error.reason, "NoCredentials")
        assert.include(error.message, "AWS credential chain: not looked at: options.auth is bearer")
      }))

    it.effect("header is the headers, of which there has to be one; none is nothing", () =>
      Effect.gen(function*() {
        const byHeader = yield* decide({ env: environment, gateway: scheme("header", key) })
        assert.deepInclude(byHeader, { _tag: "Headers", where: "x-api-key, default" })
        assert.strictEqual(byHeader.considered[0]!.outcome, "set, but options.auth is header")
        const error = yield* Effect.flip(decide({ env: environment, gateway: scheme("header") }))
        assert.strictEqual(error.reason, "Conflict")
        assert.strictEqual((yield* decide({ env: environment, gateway: scheme("none", key) }))._tag, "None")
      }))

    it.effect("auto takes an Authorization header for the credential; bearer and sigv4 refuse it", () =>
      Effect.gen(function*() {
        const auto = yield* decide({ env: environment, gateway: scheme("auto", authorization) })
        assert.strictEqual(auto._tag, "Headers")
        assert.strictEqual(auto.considered[0]!.outcome, "set, but the header Authorization wins")
        for (const value of ["bearer", "sigv4"] as const) {
          const error = yield* Effect.flip(decide({ env: environment, gateway: scheme(value, authorization) }))
          assert.strictEqual(error.reason, "Conflict")
        }
      }))
  })

  describe("by another precedence", () => {
    it.effect("can be the stored token although the environment has one", () =>
      Effect.gen(function*() {
        const { considered, where } = yield* decide({
          env: environment,
          stored: some,
          precedence: ["stored", "environment", "aws-chain"]
        })
        assert.strictEqual(where, "/data/auth.json")
        assert.deepStrictEqual(considered.map(({ outcome }) => outcome), [
          "used",
          "set, but the stored token wins",
          "not looked at: the stored token wins"
        ])
      }))

    it.effect("can be the chain although there are tokens", () =>
      Effect.gen(function*() {
        const { _tag, considered } = yield* decide({
          env: environment,
          precedence: ["aws-chain", "environment", "stored"]
        })
        assert.strictEqual(_tag, "AwsChain")
        assert.deepStrictEqual(considered.map(({ outcome }) => outcome), [
          "used",
          "set, but the AWS credential chain wins",
          "not looked at: the AWS credential chain wins"
        ])
      }))

    it.effect("says of a winner's followers when they are not set or blank", () =>
      Effect.gen(function*() {
        const precedence = ["stored", "environment"] as const
        const unset = yield* decide({ stored: some, precedence })
        const blank = yield* decide({ stored: some, precedence, env: { AWS_BEARER_TOKEN_BEDROCK: " " } })
        assert.deepStrictEqual([unset, blank].map(({ considered }) => considered[1]?.outcome), ["not set", "blank"])
      }))

    it.effect("is none without a token and without the chain, and the error says what was looked for", () =>
      Effect.gen(function*() {
        const error = yield* Effect.flip(decide({ stored: none, precedence: ["environment", "stored"] }))
        assert.strictEqual(error.reason, "NoCredentials")
        assert.include(error.message, "1. AWS_BEARER_TOKEN_BEDROCK: not set\n  2. /data/auth.json: not set")
        assert.deepStrictEqual(error.steps, [
          { step: "AWS_BEARER_TOKEN_BEDROCK", outcome: "not set" },
          { step: "/data/auth.json", outcome: "not set" }
        ])
      }))

    it.effect("never is from a source that is left out", () =>
      Effect.gen(function*() {
        const { considered } = yield* decide({ env: environment, precedence: ["aws-chain"] })
        assert.deepStrictEqual(considered.map(({ source }) => source), ["aws-chain"])
      }))
  })
})
