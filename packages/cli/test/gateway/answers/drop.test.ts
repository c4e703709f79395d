import * as Sandbox from "@altimate-code/sandbox/Sandbox"
import * as NodeContext from "@effect/platform-node/NodeContext"
import { assert, layer } from "@effect/vitest"
import * as Effect from "effect/Effect"
import { readdirSync } from "node:fs"
import { join } from "node:path"
import { guideConfig, makeHome } from "../../BuiltCli.ts"

const sessionIds = (home: string) =>
  Effect.sync(() =>
    readdirSync(join(home, ".local/share/altimate-code/session")).filter((name) => name.endsWith(".jsonl")).toSorted()
      .map((name) => name.slice(0, -".jsonl".length))
  )

const token = { AWS_BEARER_TOKEN_BEDROCK: "canary-bearer-5601" }

layer(NodeContext.layer)("a gateway that refuses unknown fields", (it) => {
  for (const streaming of ["on", "off"]) {
    it.scoped(`gets a new request without each field that it names, and the notice shows the setting (streaming ${streaming})`, () =>
      Effect.gen(function*() {
        const sandbox = yield* Sandbox.make({ refuse: ["cachePoint", "inferenceConfig"] })
        const home = yield* makeHome
        yield* home.writeGlobalConfig(guideConfig(sandbox.url, { streaming }))
        const { code, stderr, stdout } = yield* home.run(["run", "hello"], { env: token })
        assert.strictEqual(code, 0, stderr)
        assert.include(stdout, "Hello from the Bedrock sandbox")
        const notices = stderr.split("\n").filter((line) => line.startsWith("note: "))
        assert.lengthOf(notices, 2)
        const drop = /set options\.drop to (\[.*\])/.exec(notices[1]!)![1]!
        assert.sameMembers(JSON.parse(drop), ["cachePoint", "inferenceConfig"])
        const requests = yield* sandbox.requests
        assert.strictEqual(requests.length, 3)
        assert.include(requests[0]!.rawBody, "cachePoint")
        assert.notMatch(requests[2]!.rawBody, /cachePoint|inferenceConfig/)
        assert.include(requests[2]!.rawBody, "toolSpec")

        const session = yield* home.run(["session", "show", (yield* sessionIds(home.home))[0]!])
        assert.include(session.stdout, "set options.drop to")

        yield* home.writeGlobalConfig(guideConfig(sandbox.url, { streaming, drop: JSON.parse(drop) }))
        const set = yield* home.run(["run", "hello"], { env: token })
        assert.strictEqual(set.code, 0, set.stderr)
        assert.notInclude(set.stderr, "note:")
        assert.strictEqual((yield* sandbox.requests).length, 4)
      }))
  }
})
