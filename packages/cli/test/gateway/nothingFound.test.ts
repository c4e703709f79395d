import * as Sandbox from "@altimate-code/sandbox/Sandbox"
import * as NodeContext from "@effect/platform-node/NodeContext"
import { assert, layer } from "@effect/vitest"
import * as Effect from "effect/Effect"
import { guideConfig, makeHome } from "../BuiltCli.ts"

layer(NodeContext.layer)("a machine without any credential", (it) => {
  it.scoped("says what was looked for, in order, and what each step said", () =>
    Effect.gen(function*() {
      const sandbox = yield* Sandbox.make({})
      const home = yield* makeHome
      yield* home.writeGlobalConfig(guideConfig(sandbox.url))
      const { code, stderr } = yield* home.run(["run", "--no-tools", "hello"])
      assert.strictEqual(code, 1)
      assert.deepStrictEqual(
        [...stderr.matchAll(/^ +(\d+)\. ([^:]+):/gm)].map(([, number, step]) => `${number} ${step}`),
        [
          "1 AWS_BEARER_TOKEN_BEDROCK",
          `2 ${home.authFile}`,
          "3 tokenCommand",
          "4 key variables",
          "5 AWS_PROFILE",
          "6 default profile",
          "7 web identity token",
          "8 container credentials",
          "9 EC2 instance metadata"
        ]
      )
      assert.lengthOf(yield* sandbox.requests, 0)
    }))
})
