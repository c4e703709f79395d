import * as NodeContext from "@effect/platform-node/NodeContext"
import { assert, layer } from "@effect/vitest"
import * as Effect from "effect/Effect"
import { gatewayWith } from "./oneModel.ts"

const bare = "anthropic.claude-sonnet-4-6-v1"

layer(NodeContext.layer)("crossRegion", (it) => {
  it.scoped("off sends every ID as it is", () =>
    Effect.gen(function*() {
      const { ask } = yield* gatewayWith([bare, "eu.amazon.nova-lite-v1:0", "claude-prod"], { crossRegion: "off" })
      assert.strictEqual((yield* ask()).modelId, bare)
      assert.strictEqual((yield* ask("-m", "eu.amazon.nova-lite-v1:0")).modelId, "eu.amazon.nova-lite-v1:0")
      assert.strictEqual((yield* ask("-m", "claude-prod")).modelId, "claude-prod")
    }))

  it.scoped("a geography is added only to a provider's own ID", () =>
    Effect.gen(function*() {
      const arn = "arn:aws:bedrock:us-east-1:111122223333:application-inference-profile/a1b2c3d4e5f6"
      const { ask } = yield* gatewayWith(undefined, { crossRegion: "global" })
      assert.strictEqual((yield* ask()).modelId, `global.${bare}`)
      // No rule lists it for this region.
      assert.strictEqual((yield* ask("-m", "openai.gpt-oss-20b-1:0")).modelId, "global.openai.gpt-oss-20b-1:0")
      assert.strictEqual((yield* ask("-m", `us.${bare}`)).modelId, `us.${bare}`)
      assert.strictEqual((yield* ask("-m", "claude-prod")).modelId, "claude-prod")
      assert.strictEqual((yield* ask("-m", arn)).modelId, arn)
    }))

  it.scoped("auto applies the rules", () =>
    Effect.gen(function*() {
      const { ask } = yield* gatewayWith(undefined, { crossRegion: "auto" })
      assert.strictEqual((yield* ask()).modelId, `us.${bare}`)
    }))

  it.scoped("a model's setting overrides the options, and the command line overrides both", () =>
    Effect.gen(function*() {
      const { ask } = yield* gatewayWith(undefined, { crossRegion: "off" }, { [bare]: { crossRegion: "eu" } })
      assert.strictEqual((yield* ask()).modelId, `eu.${bare}`)
      assert.strictEqual((yield* ask("-m", "deepseek.r1-v1:0")).modelId, "deepseek.r1-v1:0")
      assert.strictEqual((yield* ask("--cross-region", "us-gov")).modelId, `us-gov.${bare}`)
      assert.strictEqual((yield* ask("--cross-region", "auto")).modelId, `us.${bare}`)
    }))

  it.scoped("models resolve shows which setting decided, and where it is", () =>
    Effect.gen(function*() {
      const { configFile, run } = yield* gatewayWith(undefined, { crossRegion: "global" }, {
        [bare]: { crossRegion: "off" }
      })
      const because = (...args: ReadonlyArray<string>) =>
        Effect.map(run("models", "resolve", ...args), ({ code, stderr, stdout }) => {
          assert.strictEqual(code, 0, stderr)
          return /because +(.*)/.exec(stdout)![1]!
        })
      assert.include(yield* because(bare), `sent as it is: crossRegion is "off" (${configFile}:`)
      assert.match(
        yield* because("amazon.nova-lite-v1:0"),
        /^global\. added: crossRegion is "global" \(.*altimate-code\.json:\d+:\d+ \(global config\)\)$/
      )
      assert.strictEqual(
        yield* because("us.amazon.nova-lite-v1:0", "--cross-region", "eu"),
        "sent as it is: it already begins with us.; an ID with a prefix takes precedence over crossRegion \"eu\" (--cross-region)"
      )
      assert.strictEqual(
        yield* because(bare, "--cross-region", "eu"),
        "eu. added: crossRegion is \"eu\" (--cross-region)"
      )
    }))

  for (const nonsense of ["US.", "off ", "us."]) {
    it.scoped(`'${nonsense}' on the command line is rejected, and nothing is sent`, () =>
      Effect.gen(function*() {
        const { run, sandbox } = yield* gatewayWith(undefined)
        const { code, stderr, stdout } = yield* run("run", "--cross-region", nonsense, "hello")
        assert.strictEqual(code, 2)
        assert.strictEqual(stdout, "")
        assert.match(stderr, /^error: --cross-region: expected "auto", "off" or a prefix without its dot/)
        assert.match(stderr, /"auto".*"off".*us, us-gov, ca, eu, jp, apac, au, in, global/)
        assert.deepStrictEqual(yield* sandbox.requests, [])
      }))
  }

  it.scoped("an empty value on the command line is rejected", () =>
    Effect.gen(function*() {
      const { home, sandbox } = yield* gatewayWith(undefined)
      const { code, stderr } = yield* home.run(["run", "--cross-region", "", "hello"])
      assert.strictEqual(code, 2)
      assert.include(stderr, "--cross-region needs a value")
      assert.deepStrictEqual(yield* sandbox.requests, [])
    }))

  it.scoped("an invalid value in the file is rejected with its place, for all models and for one", () =>
    Effect.gen(function*() {
      for (
        const [options, models] of [
          [{ crossRegion: "US." }, {}],
          [{}, { sonnet: { crossRegion: "off " } }],
          [{}, { sonnet: { crossRegion: "" } }]
        ] as const
      ) {
        const { configFile, run, sandbox } = yield* gatewayWith(undefined, options, models)
        const { code, stderr } = yield* run("run", "hello")
        assert.strictEqual(code, 2, stderr)
        assert.match(stderr.replace(configFile, "FILE"), /^error: FILE:\d+:\d+: expected "auto", "off" or a prefix/)
        assert.deepStrictEqual(yield* sandbox.requests, [])
      }
    }))
})
