import * as NodeContext from "@effect/platform-node/NodeContext"
import * as FileSystem from "@effect/platform/FileSystem"
import { assert, layer } from "@effect/vitest"
import * as Effect from "effect/Effect"
import { gatewayWith } from "./oneModel.ts"

const claude = "anthropic.claude-sonnet-4-6"

/** Where the built-in table is not what AWS has, and the one rule that says what AWS has. */
const changed = [
  {
    what: "DeepSeek V3 has no us. profile",
    region: "us-east-1",
    id: "deepseek.v3-v1:0",
    without: "us.deepseek.v3-v1:0",
    rule: { regions: "us-*", models: ["deepseek.v3*"], prefix: "" },
    sent: "deepseek.v3-v1:0"
  },
  {
    what: "Claude in GovCloud is us-gov.",
    region: "us-gov-west-1",
    id: claude,
    without: claude,
    rule: { regions: "us-gov-*", models: ["anthropic.claude-*"], prefix: "us-gov." },
    sent: `us-gov.${claude}`
  },
  {
    what: "Osaka is jp.",
    region: "ap-northeast-3",
    id: claude,
    without: `apac.${claude}`,
    rule: { regions: "ap-northeast-3", models: ["anthropic.claude-*"], prefix: "jp." },
    sent: `jp.${claude}`
  },
  {
    what: "newer Claude has global. and no apac.",
    region: "ap-south-1",
    id: claude,
    without: `apac.${claude}`,
    rule: {
      regions: "ap-*",
      except: ["ap-northeast-*", "ap-southeast-2", "ap-southeast-4"],
      models: ["anthropic.claude-*-4-*"],
      prefix: "global."
    },
    sent: `global.${claude}`
  },
  {
    what: "Sonnet 4.6 in Sydney is au.",
    region: "ap-southeast-2",
    id: claude,
    without: claude,
    rule: {
      regions: "ap-southeast-2",
      models: ["anthropic.claude-sonnet-4-6*", "anthropic.claude-opus-*"],
      prefix: "au."
    },
    sent: `au.${claude}`
  }
]

layer(NodeContext.layer)("prefixRules", (it) => {
  for (const { id, region, rule, sent, what, without } of changed) {
    it.scoped(`one rule: ${what}`, () =>
      Effect.gen(function*() {
        const before = yield* gatewayWith(undefined, { region })
        assert.strictEqual((yield* before.ask("-m", id)).modelId, without)
        const { ask, configFile, run } = yield* gatewayWith([sent], { region, prefixRules: [rule] })
        assert.strictEqual((yield* ask("-m", id)).modelId, sent)

        const { stdout } = yield* run("models", "resolve", id)
        assert.match(stdout, new RegExp(`^sent +${sent.replaceAll(".", "\\.")}$`, "m"))
        assert.include(
          stdout,
          `${rule.models.join(", ")} in ${rule.regions} (region ${region}), your own rule (${configFile}:`
        )
        assert.match(stdout, /altimate-code\.json:\d+:\d+ \(global config\)\)$/m)
      }))
  }

  it.scoped("the first matching configured rule applies, and otherwise the built-in rules", () =>
    Effect.gen(function*() {
      const fs = yield* FileSystem.FileSystem
      const { ask, configFile, run } = yield* gatewayWith(undefined, {
        prefixRules: [
          { regions: "*", except: ["us-west-*"], models: ["anthropic.*"], prefix: "corp." },
          { regions: "*", models: ["anthropic.*"], prefix: "late." }
        ]
      })
      assert.strictEqual((yield* ask("-m", claude)).modelId, `corp.${claude}`)
      assert.strictEqual((yield* ask("-m", `corp.${claude}`)).modelId, `corp.${claude}`)
      assert.strictEqual((yield* ask("-m", "amazon.nova-lite-v1:0")).modelId, "us.amazon.nova-lite-v1:0")
      assert.strictEqual((yield* ask("-m", claude, "--cross-region", "off")).modelId, claude)
      const { stdout } = yield* run("models", "resolve", claude, "--region", "us-west-2")
      const because = stdout.split("\n").find((line) => line.startsWith("because"))!
      const line = Number(/altimate-code\.json:(\d+):/.exec(because)![1])
      const rest = (yield* fs.readFileString(configFile)).split("\n").slice(line - 1).join("\n")
      assert.include(rest.slice(0, rest.indexOf("}")), "late.")
    }))

  for (const prefix of ["us", "US.", "us. ", "."]) {
    it.scoped(`the prefix '${prefix}' is rejected with its place, and nothing is sent`, () =>
      Effect.gen(function*() {
        const { configFile, run, sandbox } = yield* gatewayWith(undefined, {
          prefixRules: [{ regions: "us-*", models: ["*"], prefix }]
        })
        const { code, stderr } = yield* run("run", "hello")
        assert.strictEqual(code, 2, stderr)
        assert.match(
          stderr.replace(configFile, "FILE"),
          /^error: FILE:\d+:\d+: expected a lower-case prefix that ends in a dot/
        )
        assert.include(stderr, "for example \"us.\"")
        assert.deepStrictEqual(yield* sandbox.requests, [])
      }))
  }
})
