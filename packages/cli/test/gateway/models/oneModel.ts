/** A gateway that has certain models only, and a home whose configuration points at it. */
import * as Sandbox from "@altimate-code/sandbox/Sandbox"
import { assert } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as Redacted from "effect/Redacted"
import { guideConfig, makeHome } from "../../BuiltCli.ts"

/** The secret of these tests, which no output and no log may contain. */
export const canary = "canary-token-7f3a91c2"

export const gatewayWith = (
  ids: ReadonlyArray<string> | undefined,
  options: Record<string, unknown> = {},
  models: Record<string, unknown> = {}
) =>
  Effect.gen(function*() {
    const sandbox = yield* Sandbox.make({
      prefix: "/bedrock/v1",
      auth: { bearer: [Redacted.make(canary)] },
      ...(ids === undefined ? {} : { models: ids })
    })
    const home = yield* makeHome
    const config = guideConfig(sandbox.url, options)
    yield* home.writeGlobalConfig({
      ...config,
      provider: { "amazon-bedrock": { ...config.provider["amazon-bedrock"], models } }
    })
    const run = (...args: ReadonlyArray<string>) =>
      Effect.gen(function*() {
        const result = yield* home.run(args, { env: { AWS_BEARER_TOKEN_BEDROCK: canary } })
        for (const text of [result.stdout, result.stderr, yield* home.logs]) assert.notInclude(text, canary)
        return result
      })
    return {
      configFile: `${home.home}/.config/altimate-code/altimate-code.json`,
      home,
      run,
      sandbox,
      /** Runs a question with the given options, and answers with the one request that came of it. */
      ask: (...args: ReadonlyArray<string>) =>
        Effect.gen(function*() {
          const before = (yield* sandbox.requests).length
          const { code, stderr } = yield* run("run", ...args, "hello")
          const requests = (yield* sandbox.requests).slice(before)
          assert.strictEqual(code, 0, stderr)
          assert.strictEqual(requests.length, 1)
          return requests[0]!
        })
    }
  })
