import { Secrets } from "@altimate-code/log/Secrets"
import * as NodeContext from "@effect/platform-node/NodeContext"
import { assert, layer } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as Option from "effect/Option"
import * as Redacted from "effect/Redacted"
import { Settings } from "../src/Settings.ts"
import { bedrock, makeFixture } from "./fixture.ts"

const token = "canary-token-0123456789"

layer(NodeContext.layer)("options.apiKey", (it) => {
  it.scoped("has its placeholders replaced, keeps its origin and is never shown", () =>
    Effect.gen(function*() {
      const { globalFile, services, write } = yield* makeFixture
      yield* write(globalFile, bedrock({ apiKey: "{env:TOKEN}" }))
      const [masked, { gateway, leaves }] = yield* Effect.provide(
        Effect.all([Effect.map(Secrets, ({ mask }) => mask(`Bearer ${token}`)), Settings]),
        services({ env: { TOKEN: token } })
      )
      const { origin, value } = Option.getOrThrow(gateway.apiKey)
      assert.strictEqual(Redacted.value(value), token)
      assert.deepInclude(origin, { _tag: "File", path: globalFile, line: 5 })
      assert.strictEqual(masked, "Bearer <redacted>")
      assert.deepStrictEqual(leaves.map(({ value }) => value), ["<redacted>"])
      assert.notInclude(JSON.stringify(gateway), token)
    }))

  it.scoped("is treated as not set if it is blank", () =>
    Effect.gen(function*() {
      const { globalFile, load, write } = yield* makeFixture
      yield* write(globalFile, bedrock({ apiKey: " " }))
      const { gateway, warnings } = yield* load()
      assert.isTrue(Option.isNone(gateway.apiKey))
      assert.match(warnings[0]!, /apiKey is blank/)
    }))

  it.scoped("causes a warning if a project's file contains the token itself", () =>
    Effect.gen(function*() {
      const { globalFile, load, projectFile, write } = yield* makeFixture
      const warned = (file: string, apiKey: string) =>
        Effect.zipRight(
          write(file, bedrock({ apiKey })),
          Effect.map(load({ env: { TOKEN: token } }), ({ warnings }) => warnings.join(" "))
        )
      assert.strictEqual(yield* warned(globalFile, token), "")
      assert.strictEqual(yield* warned(projectFile, "{env:TOKEN}"), "")
      const warning = yield* warned(projectFile, token)
      assert.include(warning, "options.apiKey is a token in a project file (~/work/project/altimate-code.json:5:9)")
      assert.notInclude(warning, token)
    }))

  it.scoped("is suggested if a token is in the wrong place", () =>
    Effect.gen(function*() {
      const { globalFile, load, write } = yield* makeFixture
      const whole = "provider.amazon-bedrock.options.apiKey"
      const misplaced: ReadonlyArray<readonly [file: object, meant: string | undefined]> = [
        [{ provider: { "amazon-bedrock": { apiKey: token } } }, whole],
        [{ provider: { "amazon-bedrock": { key: token } } }, whole],
        [{ apiKey: token }, whole],
        [{ AWS_BEARER_TOKEN_BEDROCK: token }, whole],
        [bedrock({ api_key: token }), "apiKey"],
        [bedrock({ bearerToken: token }), "apiKey"],
        [bedrock({ token }), "apiKey"],
        [{ token }, undefined]
      ]
      for (const [file, meant] of misplaced) {
        yield* write(globalFile, file)
        const { gateway, warnings } = yield* load()
        assert.isTrue(Option.isNone(gateway.apiKey))
        assert.strictEqual(/Did you mean ([^?]*)\?/.exec(warnings[0]!)?.[1], meant, JSON.stringify(file))
        assert.notInclude(warnings.join(), token)
      }
    }))
})
