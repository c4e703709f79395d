import * as Sandbox from "@altimate-code/sandbox/Sandbox"
import * as NodeContext from "@effect/platform-node/NodeContext"
import { assert, layer } from "@effect/vitest"
import * as Effect from "effect/Effect"
import { guideConfig, makeHome } from "../BuiltCli.ts"

const token = { AWS_BEARER_TOKEN_BEDROCK: "canary-bearer-5601" }

layer(NodeContext.layer)("a gateway that refuses fields that it does not know", (it) => {
  for (const streaming of ["on", "off"]) {
    it.scoped(`is obeyed once the field that it names is dropped, as the hint says (streaming ${streaming})`, () =>
      Effect.gen(function*() {
        const sandbox = yield* Sandbox.make({ refuse: ["cachePoint", "inferenceConfig"] })
        const home = yield* makeHome
        const drop: Array<string> = []
        for (const _ of [1, 2]) {
          yield* home.writeGlobalConfig(guideConfig(sandbox.url, { streaming, drop }))
          const refused = yield* home.run(["run", "hello"], { env: token })
          assert.strictEqual(refused.code, 1, refused.stdout)
          const field = /extraneous key \[(\w+)\]/.exec(refused.stderr)?.[1]
          assert.isDefined(field)
          assert.include(
            refused.stderr,
            `set options.drop to [${[...drop, field].map((name) => `"${name}"`).join(", ")}]`
          )
          drop.push(field!)
        }
        yield* home.writeGlobalConfig(guideConfig(sandbox.url, { streaming, drop }))
        const result = yield* home.run(["run", "hello"], { env: token })
        assert.strictEqual(result.code, 0, result.stderr)
        const requests = yield* sandbox.requests
        assert.strictEqual(requests.length, 3)
        assert.include(requests[0]!.rawBody, "cachePoint")
        assert.notMatch(requests[2]!.rawBody, /cachePoint|inferenceConfig/)
        assert.include(requests[2]!.rawBody, "toolSpec")
      }))
  }
})
