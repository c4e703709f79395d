import * as Sandbox from "@altimate-code/sandbox/Sandbox"
import * as NodeContext from "@effect/platform-node/NodeContext"
import { assert, layer } from "@effect/vitest"
import * as Effect from "effect/Effect"
import { guideConfig, makeHome } from "../../BuiltCli.ts"

layer(NodeContext.layer)("a machine without any credential", (it) => {
  it.scoped("lists the sources in order, each with its result", () =>
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
          "3 options.apiKey",
          "4 tokenCommand",
          "5 key variables",
          "6 AWS_PROFILE",
          "7 default profile",
          "8 web identity token",
          "9 container credentials",
          "10 EC2 instance metadata"
        ]
      )
      assert.lengthOf(yield* sandbox.requests, 0)
    }))
})
