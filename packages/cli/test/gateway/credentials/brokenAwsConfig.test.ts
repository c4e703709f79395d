import * as Sandbox from "@altimate-code/sandbox/Sandbox"
import * as NodeContext from "@effect/platform-node/NodeContext"
import * as FileSystem from "@effect/platform/FileSystem"
import { assert, layer } from "@effect/vitest"
import * as Effect from "effect/Effect"
import { existsSync } from "node:fs"
import { setTimeout } from "node:timers/promises"
import { clockWith } from "../../../../../test/clockWith.ts"
import { guideConfig, makeHome } from "../../BuiltCli.ts"

const start = (config: string) =>
  Effect.gen(function*() {
    const fs = yield* FileSystem.FileSystem
    const sandbox = yield* Sandbox.make({})
    const home = yield* makeHome
    yield* fs.makeDirectory(`${home.home}/.aws`)
    yield* fs.writeFileString(`${home.home}/.aws/config`, config)
    yield* home.writeGlobalConfig(guideConfig(sandbox.url))
    return { ...home, sandbox }
  })

const hello = ["run", "--no-tools", "hello"]

layer(NodeContext.layer)("a broken AWS configuration", (it) => {
  it.scoped("does not matter if there is a token", () =>
    Effect.gen(function*() {
      const home = yield* start("[profile\n=broken\ncredential_process = sleep 100")
      const env = { AWS_BEARER_TOKEN_BEDROCK: "canary-token", AWS_PROFILE: "stray" }
      const { code, stderr } = yield* home.run(hello, { env })
      assert.strictEqual(code, 0, stderr)
    }))

  it.scoped("is reported with the origin of AWS_PROFILE", () =>
    Effect.gen(function*() {
      const { code, stderr } = yield* (yield* start("")).run(hello, { env: { AWS_PROFILE: "stray" } })
      assert.strictEqual(code, 1)
      assert.match(
        stderr,
        /AWS profile stray, chosen by AWS_PROFILE, has no usable credentials: the profile does not exist/
      )
    }))

  it.scoped("is reported if its credential_process hangs, which is stopped", () =>
    Effect.gen(function*() {
      const home = yield* start("[profile slow]\ncredential_process = sh -c 'touch started; sleep 100'")
      const started = Effect.repeat(Effect.promise(() => setTimeout(10)), {
        until: () => existsSync(`${home.home}/started`)
      })
      const clock = clockWith("30 seconds", started)
      const { code, stderr } = yield* home.run(hello, { env: { AWS_PROFILE: "slow" }, clock })
      assert.strictEqual(code, 1)
      assert.match(stderr, /no response from the credential_process of AWS profile slow within 30s/)
      assert.lengthOf(yield* home.sandbox.requests, 0)
    }))
})
