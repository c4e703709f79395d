import * as Sandbox from "@altimate-code/sandbox/Sandbox"
import * as NodeContext from "@effect/platform-node/NodeContext"
import { assert, layer } from "@effect/vitest"
import * as Effect from "effect/Effect"
import { guideConfig, makeHome } from "../../BuiltCli.ts"
import { gatewayWith } from "./oneModel.ts"

const bare = "anthropic.claude-sonnet-4-6-v1"

/** Runs one question that the gateway refuses; answers with what is said on stderr. */
const refused = (gateway: Effect.Effect.Success<ReturnType<typeof gatewayWith>>, ...args: ReadonlyArray<string>) =>
  Effect.gen(function*() {
    const before = (yield* gateway.sandbox.requests).length
    const { code, stderr, stdout } = yield* gateway.run("run", ...args, "hello")
    assert.strictEqual(code, 1, stderr)
    assert.strictEqual(stdout, "")
    assert.strictEqual((yield* gateway.sandbox.requests).length - before, 1, "no second request, for whatever model")
    return stderr.replaceAll(gateway.configFile, "FILE")
  })

layer(NodeContext.layer)("the hint for a refused model ID", (it) => {
  it.scoped("without a required prefix shows which setting omitted it", () =>
    Effect.gen(function*() {
      const gateway = yield* gatewayWith([`us.${bare}`], { crossRegion: "off" })
      const said = yield* refused(gateway)
      assert.include(said, `Invocation of model ID ${bare} with on-demand throughput isn’t supported`)
      assert.match(
        said,
        /^"anthropic\.claude-sonnet-4-6-v1" was sent as it is: crossRegion is "off" \(FILE:\d+:\d+ \(global config\)\)\.$/m
      )
      assert.match(said, /^ {2}at FILE:\d+:\d+ \(global config\): "crossRegion": "us"$/m)
      assert.notInclude(said, "prefixRules", "rules are not looked at")
      assert.include(said, `\`altimate-code models resolve ${bare}\``)
      // And that is what helps.
      assert.strictEqual((yield* gateway.ask("--cross-region", "us")).modelId, `us.${bare}`)
    }))

  it.scoped("without a required prefix and a rule shows the settings for all models and for this one", () =>
    Effect.gen(function*() {
      const gateway = yield* gatewayWith(["eu.amazon.nova-pro-v1:0"], { region: "eu-west-1" })
      const said = yield* refused(gateway, "-m", "amazon.nova-pro-v1:0")
      assert.include(said, "sent as it is: no rule lists this model for eu-west-1")
      assert.include(said, "for every model: \"options\": {\"crossRegion\": \"eu\"}")
      assert.include(said, "\"models\": {\"amazon.nova-pro-v1:0\": {\"crossRegion\": \"eu\"}}")
      assert.include(said, "\"models\": {\"amazon.nova-pro-v1:0\": {\"id\": \"…\"}}")
      assert.include(
        said,
        "\"options\": {\"prefixRules\": [{\"regions\": \"eu-west-1\", \"models\": [\"amazon.nova-pro-v1:0\"], \"prefix\": \"eu.\"}]}"
      )
      assert.strictEqual(
        (yield* gateway.ask("-m", "amazon.nova-pro-v1:0", "--cross-region", "eu")).modelId,
        "eu.amazon.nova-pro-v1:0"
      )
    }))

  it.scoped("with an unwanted prefix shows which rule added it, and crossRegion off", () =>
    Effect.gen(function*() {
      const gateway = yield* gatewayWith([bare])
      const said = yield* refused(gateway)
      assert.include(said, "The provided model identifier is invalid")
      assert.include(said, `"${bare}" was sent as "us.${bare}": us. added: Claude in us-* (region us-east-1).`)
      assert.include(said, "for every model: \"options\": {\"crossRegion\": \"off\"}")
      assert.include(said, "prefixRules")
      assert.include(said, `\`altimate-code models resolve ${bare}\``)
      assert.strictEqual((yield* gateway.ask("--cross-region", "off")).modelId, bare)
    }))

  it.scoped("with a configured prefix shows where it is configured", () =>
    Effect.gen(function*() {
      const gateway = yield* gatewayWith([bare])
      const said = yield* refused(gateway, "--cross-region", "eu")
      assert.include(said, "eu. added: crossRegion is \"eu\" (--cross-region)")
      assert.match(said, /^ {2}--cross-region off$/m)
    }))

  it.scoped("with a prefix of its own shows the ID without it", () =>
    Effect.gen(function*() {
      const gateway = yield* gatewayWith([bare])
      const said = yield* refused(gateway, "-m", `apac.${bare}`)
      assert.include(said, `The prefix apac. is not valid for this model in us-east-1`)
      assert.include(said, `"models": {"apac.${bare}": {"id": "${bare}"}}`)
      assert.include(said, `"models": {"apac.${bare}": {"id": "${bare}", "crossRegion": "off"}}`)
    }))

  it.scoped("that is a name shows its ID, or that the gateway does not know it", () =>
    Effect.gen(function*() {
      const arn = "arn:aws:bedrock:us-east-1:111122223333:provisioned-model/abcdefghijkl"
      const gateway = yield* gatewayWith([bare], {}, { "our sonnet": { id: arn } })
      const named = yield* refused(gateway, "-m", "our sonnet")
      assert.match(
        named,
        /^"our sonnet" stands for "arn:\S+" \(FILE:\d+:\d+ \(global config\)\), which was sent as it is: it is an ARN\.$/m
      )
      assert.include(named, "\"models\": {\"our sonnet\": {\"id\": \"…\"}}")
      assert.include(named, "`altimate-code models resolve 'our sonnet'`")
      const unnamed = yield* refused(gateway, "-m", "sonnet")
      assert.include(unnamed, "The gateway does not know this name.")
      assert.include(unnamed, "\"models\": {\"sonnet\": {\"id\": \"…\"}}")
    }))

  for (const apostrophe of ["'", "\u2019"]) {
    it.scoped(`recognizes a message with ${apostrophe}`, () =>
      Effect.gen(function*() {
        const message = `Invocation of model ID m with on-demand throughput isn${apostrophe}t supported.`
        const sandbox = yield* Sandbox.make({
          script: [{ faults: [{ type: "error", status: 400, name: "ValidationException", message }], blocks: [] }]
        })
        const home = yield* makeHome
        yield* home.writeGlobalConfig(guideConfig(sandbox.url, { crossRegion: "off" }))
        const { code, stderr } = yield* home.run(["run", "hello"], {
          env: { AWS_BEARER_TOKEN_BEDROCK: "a-token-of-mine" }
        })
        assert.strictEqual(code, 1)
        assert.include(stderr, ": \"crossRegion\": \"us\"")
        assert.strictEqual((yield* sandbox.requests).length, 1)
      }))
  }
})
