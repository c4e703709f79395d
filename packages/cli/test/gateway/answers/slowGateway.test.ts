import * as Sandbox from "@altimate-code/sandbox/Sandbox"
import * as NodeContext from "@effect/platform-node/NodeContext"
import { assert, layer } from "@effect/vitest"
import * as Effect from "effect/Effect"
import { beforeAll } from "vitest"
import { rawGateway } from "../../../../../test/RawGateway.ts"
import { guideConfig, makeHome } from "../../BuiltCli.ts"

const token = { AWS_BEARER_TOKEN_BEDROCK: "canary-bearer-5201" }
const blocks = [{ type: "text" as const, text: ["one ", "two ", "three"] }]

/** What `run` says of a gateway with these options. */
const run = (url: string, options: Record<string, unknown>) =>
  Effect.gen(function*() {
    const home = yield* makeHome
    yield* home.writeGlobalConfig(guideConfig(url, options))
    const result = yield* home.run(["run", "--no-tools", "hello"], { env: token })
    assert.notInclude(result.stdout + result.stderr + (yield* home.logs), "canary-")
    return result
  })

// The first request of a process loads the SDK, from many files here: on a busy machine that takes longer than these limits.
beforeAll(() =>
  Sandbox.make().pipe(
    Effect.flatMap(({ url }) => run(url, {})),
    Effect.scoped,
    Effect.provide(NodeContext.layer),
    Effect.runPromise
  )
)

layer(NodeContext.layer)("a time limit", (it) => {
  for (const streaming of ["on", "off"]) {
    it.scoped(`for the first byte ends a request without a response (streaming ${streaming})`, () =>
      Effect.gen(function*() {
        const sandbox = yield* Sandbox.make({ script: [{ blocks, faults: [{ type: "stall", times: "always" }] }] })
        const result = yield* run(sandbox.url, { streaming, timeout: { firstByte: 500 } })
        assert.strictEqual(result.code, 1, result.stdout)
        assert.include(result.stderr, "no response within 500ms")
        assert.include(result.stderr, "A higher options.timeout.firstByte (in milliseconds) waits longer.")
        yield* sandbox.waitFor(([first]) => first?.aborted === true)
        assert.strictEqual((yield* sandbox.requests).length, 1)
      }))

    it.scoped(`for the first byte also applies to an error page, which is reported as that error (streaming ${streaming})`, () =>
      Effect.gen(function*() {
        const { url } = yield* rawGateway((response) => {
          response.writeHead(403, { "content-type": "text/plain" }).write("blocked by the firewall")
        })
        const result = yield* run(url, { streaming, timeout: { firstByte: 500 } })
        assert.strictEqual(result.code, 1, result.stdout)
        assert.include(result.stderr, "HTTP 403: blocked by the firewall")
      }))

    it.scoped(`for the whole answer ends one that takes longer (streaming ${streaming})`, () =>
      Effect.gen(function*() {
        const delays = streaming === "on" ? { betweenEvents: 400 } : { firstEvent: 60_000 }
        const sandbox = yield* Sandbox.make({
          script: [{ blocks: [{ type: "text", text: Array.from({ length: 500 }, () => "more ") }], delays }]
        })
        const result = yield* run(sandbox.url, { streaming, timeout: 1500 })
        assert.strictEqual(result.code, 1, result.stdout)
        assert.include(result.stderr, "no complete response within 1s 500ms")
        yield* sandbox.waitFor(([first]) => first?.aborted === true)
        assert.strictEqual((yield* sandbox.requests).length, 1)
      }))
  }

  it.scoped("between events ends a stream that stalls, after the text so far", () =>
    Effect.gen(function*() {
      const sandbox = yield* Sandbox.make({
        script: [{ blocks, faults: [{ type: "stall", afterEvents: 3, times: "always" }] }]
      })
      const result = yield* run(sandbox.url, { timeout: { idle: 300 } })
      assert.strictEqual(result.code, 1, result.stdout)
      assert.strictEqual(result.stdout, "one two \n")
      assert.include(result.stderr, "no event within 300ms")
      assert.strictEqual((yield* sandbox.requests).length, 1)
    }))

  it.scoped("for the first byte waits for an event, not for single bytes", () =>
    Effect.gen(function*() {
      const { url } = yield* rawGateway((response) => {
        response.writeHead(200, { "content-type": "application/vnd.amazon.eventstream" })
        // The beginning of a frame of 1000 bytes.
        response.write(Buffer.from([0, 0, 3, 232]))
        const timer = setInterval(() => response.write(Buffer.from([0])), 20)
        response.on("close", () => clearInterval(timer))
      })
      const result = yield* run(url, { timeout: { firstByte: 500 } })
      assert.strictEqual(result.code, 1, result.stdout)
      assert.include(result.stderr, "no response within 500ms")
    }))

  it.scoped("does not end an answer that is slow but in time", () =>
    Effect.gen(function*() {
      const sandbox = yield* Sandbox.make({ script: [{ blocks, delays: { headers: 300, betweenEvents: 200 } }] })
      const result = yield* run(sandbox.url, { timeout: false })
      assert.deepStrictEqual([result.code, result.stdout], [0, "one two three\n"])
    }))
})

layer(NodeContext.layer)("a gateway that buffers", (it) => {
  it.scoped("does not lose any part of an answer", () =>
    Effect.gen(function*() {
      const sandbox = yield* Sandbox.make({
        streaming: "buffered",
        script: [{ blocks, delays: { firstEvent: 200, betweenEvents: 100 } }]
      })
      const result = yield* run(sandbox.url, {})
      assert.deepStrictEqual([result.code, result.stdout, result.stderr], [0, "one two three\n", ""])
    }))
})
