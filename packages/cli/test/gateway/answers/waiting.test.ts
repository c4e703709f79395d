import * as Sandbox from "@altimate-code/sandbox/Sandbox"
import type { Fault } from "@altimate-code/sandbox/Script"
import * as NodeContext from "@effect/platform-node/NodeContext"
import { assert, layer } from "@effect/vitest"
import * as Effect from "effect/Effect"
import { guideConfig, makeHome } from "../../BuiltCli.ts"
import { ask, says, start } from "../../screen/ScreenOnSandbox.ts"
import { keys, open } from "../../Terminal.ts"

const token = { AWS_BEARER_TOKEN_BEDROCK: "waiting-token" }
const throttled = (retryAfter: number | string): Fault => ({ type: "throttle", message: "slow down", retryAfter })

const setUp = (fault: Fault, options?: Record<string, unknown>) =>
  Effect.gen(function*() {
    const sandbox = yield* Sandbox.make({ script: [{ faults: [fault], blocks: [says("At last.")] }] })
    const home = yield* makeHome
    yield* home.writeGlobalConfig(guideConfig(sandbox.url, options))
    return { home, sandbox }
  })

layer(NodeContext.layer)("while a request waits for a retry", (it) => {
  it.scoped("run writes one line to stderr for each wait", () =>
    Effect.gen(function*() {
      const { home } = yield* setUp(throttled(1))
      const { code, stderr, stdout } = yield* home.run(["run", "--no-tools", "hi"], { env: token })
      assert.deepStrictEqual([code, stdout], [0, "At last.\n"])
      assert.strictEqual(stderr, "note: Rate limited. Retrying in 1 s (attempt 2): ThrottlingException: slow down\n")
    }))

  it.scoped("the line says how many attempts there are, if their number is limited", () =>
    Effect.gen(function*() {
      const { home } = yield* setUp(throttled(1), { retry: { attempts: 3 } })
      const { stderr } = yield* home.run(["run", "--no-tools", "hi"], { env: token })
      assert.include(stderr, "note: Rate limited. Retrying in 1 s (attempt 2 of 3): ")
    }))

  it.scoped("run --format json writes an event", () =>
    Effect.gen(function*() {
      const { home } = yield* setUp(throttled(1))
      const { stderr, stdout } = yield* home.run(["run", "--no-tools", "--format", "json", "hi"], { env: token })
      assert.strictEqual(stderr, "")
      const events = stdout.trimEnd().split("\n").map((line) => JSON.parse(line) as Record<string, unknown>)
      const { until, ...wait } = events[1]!
      assert.deepStrictEqual(wait, {
        type: "waiting",
        why: "Rate limited",
        message: "ThrottlingException: slow down",
        attempt: 2
      })
      assert.isFalse(Number.isNaN(Date.parse(String(until))))
    }))

  it.scoped("run counts down on one line of a terminal, until ctrl-c", () =>
    Effect.gen(function*() {
      const { home, sandbox } = yield* setUp(throttled(60))
      const terminal = yield* open(["run", "--no-tools", "hi"], { home: home.home, env: token })
      yield* terminal.see("Rate limited. Retrying in 1 min (attempt 2) · ctrl-c to stop")
      yield* terminal.see("Rate limited. Retrying in 58 s (attempt 2) · ctrl-c to stop")
      assert.notInclude(terminal.everything(), "59 s")
      yield* terminal.write(keys.ctrl("c"))
      assert.strictEqual(yield* terminal.exited, 130)
      assert.notInclude(terminal.everything(), "Rate limited")
      assert.strictEqual((yield* sandbox.requests).length, 1)
    }))

  it.scoped("the screen counts down until the answer arrives or esc is pressed", () =>
    Effect.gen(function*() {
      const { terminal } = yield* start({
        script: [
          { faults: [throttled(2)], blocks: [says("At last.")] },
          { faults: [throttled(600)], blocks: [says("Never.")] }
        ]
      })
      yield* ask(terminal, "Say something")
      yield* terminal.see("Rate limited. Retrying in 2 s (attempt 2) · esc: stop")
      yield* terminal.see("Rate limited. Retrying in 1 s (attempt 2) · esc: stop")
      yield* terminal.see("At last.")
      yield* terminal.see("ready")
      assert.notInclude(terminal.everything(), "Rate limited")
      yield* ask(terminal, "Again")
      yield* terminal.see("Rate limited. Retrying in 10 min (attempt 2) · esc: stop")
      yield* terminal.write(keys.escape)
      yield* terminal.see("Interrupted")
      yield* terminal.see("ready")
      assert.notInclude(terminal.screen(), "Rate limited")
    }))
})

layer(NodeContext.layer)("a wait that would be too long", (it) => {
  it.scoped("is not started: run ends immediately and reports the time of availability", () =>
    Effect.gen(function*() {
      const { home, sandbox } = yield* setUp(throttled(3600))
      const { code, stderr } = yield* home.run(["run", "--no-tools", "hi"], { env: token })
      assert.strictEqual(code, 1)
      assert.match(
        stderr,
        /^error: ThrottlingException: slow down\nRate limited until (\d{4}-\d\d-\d\d )?\d\d:\d\d \(in 1 hour\)\. Try again then\./
      )
      assert.strictEqual((yield* sandbox.requests).length, 1)
    }))

  it.scoped("is more than ten seconds for doctor", () =>
    Effect.gen(function*() {
      const { home, sandbox } = yield* setUp(throttled(30))
      const { code, stdout } = yield* home.run(["doctor"], { env: token })
      assert.strictEqual(code, 1, stdout)
      // The list of models is requested with GET.
      assert.strictEqual((yield* sandbox.requests).filter(({ method }) => method === "POST").length, 1)
    }))
})
