import * as Network from "@altimate-code/network/Network"
import * as NodeContext from "@effect/platform-node/NodeContext"
import { assert, describe, it } from "@effect/vitest"
import * as ConfigProvider from "effect/ConfigProvider"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Redacted from "effect/Redacted"
import { Auth } from "../src/Auth.ts"
import * as AuthSources from "../src/AuthSources.ts"
import { TokenPrecedence } from "../src/TokenPrecedence.ts"
import { temporary } from "./fixture.ts"

const configured = Redacted.make("configured-token")

/** The token on a machine with this environment and an empty home. */
const resolve = (options: AuthSources.Options, env: Readonly<Record<string, string>> = {}) =>
  Effect.gen(function*() {
    const home = yield* temporary
    const auth = AuthSources.layer(options).pipe(Layer.provide([Network.layer(), NodeContext.layer]))
    const environment = new Map(Object.entries({ HOME: home, ...env }))
    const credential = yield* Effect.flatMap(Auth, ({ credential }) => credential).pipe(
      Effect.provide(auth),
      Effect.withConfigProvider(ConfigProvider.fromMap(environment))
    )
    return credential._tag === "Bearer" ? Redacted.value(credential.token) : credential._tag
  }).pipe(Effect.scoped, Effect.provide(NodeContext.layer))

describe("all sources", () => {
  const env = { AWS_BEARER_TOKEN_BEDROCK: "environment-token" }

  it.effect("tries the environment, then the given values, then the AWS chain", () =>
    Effect.gen(function*() {
      assert.strictEqual(yield* resolve({ apiKey: configured }, env), "environment-token")
      assert.strictEqual(yield* resolve({ apiKey: configured }), "configured-token")
      assert.strictEqual(yield* resolve({}), "AwsChain")
    }))

  it.effect("follows another precedence", () =>
    Effect.gen(function*() {
      const token = resolve({ apiKey: configured }, env)
      assert.strictEqual(yield* Effect.provideService(token, TokenPrecedence, ["configured"]), "configured-token")
    }))

  it.live("runs the given command in the given environment", () =>
    Effect.gen(function*() {
      const token = yield* resolve({ tokenCommand: "echo $TEAM-token", environment: { TEAM: "red" } })
      assert.strictEqual(token, "red-token")
    }))
})
