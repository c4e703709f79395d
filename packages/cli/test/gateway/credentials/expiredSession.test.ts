import * as Sandbox from "@altimate-code/sandbox/Sandbox"
import * as NodeContext from "@effect/platform-node/NodeContext"
import * as FileSystem from "@effect/platform/FileSystem"
import { assert, layer } from "@effect/vitest"
import * as Effect from "effect/Effect"
import { guideConfig, makeHome } from "../../BuiltCli.ts"

layer(NodeContext.layer)("an expired SSO session", (it) => {
  it.scoped("is reported with the exact login command, and a login in another terminal is detected", () =>
    Effect.gen(function*() {
      const fs = yield* FileSystem.FileSystem
      const sandbox = yield* Sandbox.make({})
      const home = yield* makeHome
      yield* fs.makeDirectory(`${home.home}/.aws`)
      const sso = [
        "[profile dev]",
        "sso_start_url = https://sso.invalid/start",
        "sso_region = eu-west-1",
        "sso_account_id = 123456789012",
        "sso_role_name = dev"
      ]
      yield* fs.writeFileString(`${home.home}/.aws/config`, sso.join("\n"))
      yield* home.writeGlobalConfig(guideConfig(sandbox.url, { profile: "dev" }))
      const expired = yield* home.run(["run", "--no-tools", "the first prompt"])
      assert.strictEqual(expired.code, 1)
      assert.include(expired.stderr, "AWS profile dev")
      assert.include(expired.stderr, "aws sso login --profile dev")

      yield* fs.writeFileString(
        `${home.home}/.aws/credentials`,
        "[dev]\naws_access_key_id = AKIANEW\naws_secret_access_key = canary-secret"
      )
      const again = yield* home.run(["run", "--no-tools", "-c", "go on"])
      assert.strictEqual(again.code, 0, again.stderr)
      assert.include((yield* sandbox.requests)[0]!.rawBody, "the first prompt")
      assert.notInclude(again.stderr + again.stdout + (yield* home.logs), "canary")
    }))
})
