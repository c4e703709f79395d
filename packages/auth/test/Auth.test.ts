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
import type { Source } from "../src/Credential.ts"
import { CredentialStore } from "../src/CredentialStore.ts"
import * as TokenPrecedence from "../src/TokenPrecedence.ts"
import { settings } from "./settings.ts"

interface Start {
  readonly env?: Record<string, string>
  /** What the store answers; without it, touching the store is a defect. */
  readonly stored?: Effect.Effect<Option.Option<string>, AuthError>
  readonly precedence?: ReadonlyArray<Source>
  readonly profile?: Setting<string>
}

const services = ({ env = {}, precedence, profile, stored }: Start) =>
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
      settings({ profile })
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
        : { ...credential, profile: Option.getOrNull(credential.profile) }
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
      const stored = Effect.fail(new AuthError({ reason: "CorruptStore", message: "corrupt", hint: "correct it" }))
      assert.strictEqual((yield* Effect.flip(decide({ stored }))).reason, "CorruptStore")
      assert.strictEqual((yield* decide({ stored, env: environment }))._tag, "Bearer")
    }))

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
        assert.include(error.hint, "AWS_BEARER_TOKEN_BEDROCK (not set), then /data/auth.json (not set)")
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
