import * as Sandbox from "@altimate-code/sandbox/Sandbox"
import type { Fault } from "@altimate-code/sandbox/Script"
import * as NodeContext from "@effect/platform-node/NodeContext"
import { assert, layer } from "@effect/vitest"
import * as Effect from "effect/Effect"
import { rawGateway } from "../../../../../test/RawGateway.ts"
import { guideConfig, makeHome } from "../../BuiltCli.ts"

const token = { AWS_BEARER_TOKEN_BEDROCK: "canary-bearer-5401" }
const blocks = [{ type: "text" as const, text: ["one ", "two ", "three"] }]

/** What a parser, the SDK or Node.js would say of it. */
const foreign =
  /JSON\.parse|SyntaxError|Unexpected (token|end)|in JSON at|Deserialization|\$response|undefined|\n\s+at /

const run = (url: string, options: Record<string, unknown>) =>
  Effect.gen(function*() {
    const home = yield* makeHome
    yield* home.writeGlobalConfig(guideConfig(url, options))
    const result = yield* home.run(["run", "--no-tools", "hello"], { env: token })
    const written = result.stdout + result.stderr + (yield* home.logs)
    assert.notInclude(written, "canary-")
    assert.notMatch(written, foreign)
    return result
  })

layer(NodeContext.layer)("a broken answer", (it) => {
  const passing: ReadonlyArray<readonly [string, Fault]> = [
    ["a proxy's 502 page", { type: "html" }],
    ["a proxy's 503 page", { type: "html", status: 503 }],
    ["a proxy's 504 page", { type: "html", status: 504 }],
    ["an empty body", { type: "empty" }],
    ["no content at all", { type: "empty", status: 204 }],
    ["a reset before the answer", { type: "reset" }]
  ]
  for (const streaming of ["on", "off"]) {
    for (const [what, fault] of passing) {
      it.scoped(`(${what}) is retried, and the next answer is used (streaming ${streaming})`, () =>
        Effect.gen(function*() {
          const sandbox = yield* Sandbox.make({ script: [{ blocks, faults: [fault] }] })
          const result = yield* run(sandbox.url, { streaming })
          assert.deepStrictEqual([result.code, result.stdout, result.stderr], [0, "one two three\n", ""])
          assert.strictEqual((yield* sandbox.requests).length, 2)
        }))
    }

    for (
      const [what, fault, words] of [
        [
          "a proxy's page",
          { type: "html", status: 503, times: "always" },
          "HTTP 503 with a web page instead of Bedrock's JSON: \"503"
        ],
        [
          "an empty body",
          { type: "empty", times: "always" },
          /HTTP 200 with an empty body|ended before it was complete/
        ],
        ["a reset", { type: "reset", times: "always" }, "no connection to 127.0.0.1"]
      ] as const
    ) {
      it.scoped(`(${what}) is reported after four attempts (streaming ${streaming})`, () =>
        Effect.gen(function*() {
          const sandbox = yield* Sandbox.make({ script: [{ blocks, faults: [fault] }] })
          const result = yield* run(sandbox.url, { streaming, retry: { attempts: 4 } })
          assert.deepStrictEqual([result.code, result.stdout], [1, ""])
          if (typeof words === "string") assert.include(result.stderr, words)
          else assert.match(result.stderr, words)
          assert.strictEqual((yield* sandbox.requests).length, 4)
        }))
    }
  }

  it.scoped("that is reset after some text ends the turn there with midAnswer: false", () =>
    Effect.gen(function*() {
      const sandbox = yield* Sandbox.make({
        script: [{
          blocks,
          faults: [{ type: "reset", afterEvents: 3, times: "always" }],
          // What comes together with the reset may be lost to it.
          delays: { betweenEvents: 300 }
        }]
      })
      const result = yield* run(sandbox.url, { retry: { midAnswer: false } })
      assert.strictEqual(result.code, 1)
      assert.match(result.stdout, /^one (two )?\n$/)
      assert.include(result.stderr, "the response stream was cut off")
      assert.strictEqual((yield* sandbox.requests).length, 1)
    }))

  it.scoped("that is reset before any text was shown is retried", () =>
    Effect.gen(function*() {
      const sandbox = yield* Sandbox.make({ script: [{ blocks, faults: [{ type: "reset", afterEvents: 3 }] }] })
      const result = yield* run(sandbox.url, { streaming: "off" })
      assert.deepStrictEqual([result.code, result.stdout], [0, "one two three\n"])
      assert.strictEqual((yield* sandbox.requests).length, 2)
    }))

  for (const streaming of ["auto", "off"]) {
    it.scoped(`with truncated JSON is never used as an answer (streaming ${streaming})`, () =>
      Effect.gen(function*() {
        const { requests, url } = yield* rawGateway((response) =>
          response.writeHead(200, { "content-type": "application/json" })
            .end(`{"output":{"message":{"role":"assistant","content":[{"text":"on`)
        )
        const result = yield* run(url, { streaming })
        assert.deepStrictEqual([result.code, result.stdout], [1, ""])
        assert.include(result.stderr, "ended before it was complete")
        assert.strictEqual(requests.length, 4)
      }))
  }
})
