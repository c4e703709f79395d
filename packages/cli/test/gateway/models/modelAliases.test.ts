import * as Sandbox from "@altimate-code/sandbox/Sandbox"
import * as NodeContext from "@effect/platform-node/NodeContext"
import { assert, layer } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as Redacted from "effect/Redacted"
import { makeHome } from "../../BuiltCli.ts"
import { keys, open } from "../../Terminal.ts"
import { canary, gatewayWith } from "./oneModel.ts"

const profile = "arn:aws:bedrock:us-east-1:111122223333:application-inference-profile/a1b2c3d4e5f6"
const provisioned = "arn:aws:bedrock:us-east-1:111122223333:provisioned-model/abcdefghijkl"
const inference = "arn:aws:bedrock:us-east-1:111122223333:inference-profile/us.anthropic.claude-sonnet-4-6"
const foundation = "arn:aws:bedrock:us-east-1::foundation-model/anthropic.claude-sonnet-4-6"
const baseModel = "anthropic.claude-sonnet-4-6"

interface Body {
  readonly inferenceConfig: { readonly maxTokens: number }
}

const maxTokens = ({ body }: Sandbox.RecordedRequest) => (body as Body).inferenceConfig.maxTokens
const cached = ({ rawBody }: Sandbox.RecordedRequest) => rawBody.includes("cachePoint")

layer(NodeContext.layer)("configured models:", (it) => {
  it.scoped("a name stands for an ARN, which is one encoded segment of the path", () =>
    Effect.gen(function*() {
      const { ask } = yield* gatewayWith([profile, provisioned], {}, {
        sonnet: { id: profile, baseModel },
        reserved: { id: provisioned, baseModel }
      })
      assert.strictEqual(
        (yield* ask("-m", "amazon-bedrock/sonnet")).rawPath,
        "/bedrock/v1/model/arn%3Aaws%3Abedrock%3Aus-east-1%3A111122223333%3Aapplication-inference-profile%2Fa1b2c3d4e5f6/converse-stream"
      )
      assert.strictEqual(
        (yield* ask("-m", "reserved")).rawPath,
        "/bedrock/v1/model/arn%3Aaws%3Abedrock%3Aus-east-1%3A111122223333%3Aprovisioned-model%2Fabcdefghijkl/converse-stream"
      )
    }))

  it.scoped("an ARN is signed as it is sent", () =>
    Effect.gen(function*() {
      const secret = "canary-secret-access-key-51be"
      const sandbox = yield* Sandbox.make({
        models: [profile],
        auth: { sigv4: [{ accessKeyId: "AKIACANARY", secretAccessKey: Redacted.make(secret), region: "us-east-1" }] }
      })
      const home = yield* makeHome
      yield* home.writeGlobalConfig({
        model: "amazon-bedrock/sonnet",
        provider: { "amazon-bedrock": { options: { baseURL: sandbox.url }, models: { sonnet: { id: profile } } } }
      })
      const result = yield* home.run(["run", "hello"], {
        env: { AWS_ACCESS_KEY_ID: "AKIACANARY", AWS_SECRET_ACCESS_KEY: secret }
      })
      assert.strictEqual(result.code, 0, result.stderr)
      for (const text of [result.stdout, result.stderr, yield* home.logs]) assert.notInclude(text, secret)
    }))

  it.scoped("the limits of a request come from the base model or from the model in the ARN", () =>
    Effect.gen(function*() {
      const { ask } = yield* gatewayWith(undefined, {}, {
        sonnet: { id: profile, baseModel },
        plain: { id: profile },
        [baseModel]: { id: provisioned }
      })
      for (const name of ["sonnet", baseModel, inference, foundation]) {
        const request = yield* ask("-m", name)
        assert.strictEqual(maxTokens(request), 32_000, name)
        assert.isTrue(cached(request), name)
      }
      const unknown = yield* ask("-m", "plain")
      assert.strictEqual(maxTokens(unknown), 4096)
      assert.isFalse(cached(unknown))
    }))

  it.scoped("settings of the name override those of its base model", () =>
    Effect.gen(function*() {
      const { ask, run } = yield* gatewayWith(undefined, {}, {
        sonnet: { id: profile, baseModel, name: "Our Sonnet", limit: { output: 1234 } }
      })
      const request = yield* ask("-m", "sonnet")
      assert.strictEqual(maxTokens(request), 1234)
      assert.isTrue(cached(request))
      assert.match((yield* run("models")).stdout, /^Our Sonnet +sonnet +1M +low–max +\$3\.30 \/ \$16\.50$/m)
    }))

  it.scoped("a plain ID gets its prefix by the rules, unless crossRegion says otherwise", () =>
    Effect.gen(function*() {
      const { ask } = yield* gatewayWith(undefined, {}, {
        sonnet: { id: baseModel },
        european: { id: `amazon-bedrock/${baseModel}`, crossRegion: "eu" },
        bare: { id: baseModel, crossRegion: "off" },
        self: { id: "self" }
      })
      assert.strictEqual((yield* ask("-m", "sonnet")).modelId, `us.${baseModel}`)
      assert.strictEqual((yield* ask("-m", "european")).modelId, `eu.${baseModel}`)
      assert.strictEqual((yield* ask("-m", "bare")).modelId, baseModel)
      assert.strictEqual((yield* ask("-m", "self")).modelId, "self")
    }))

  it.scoped("models lists the names, and models resolve shows their IDs", () =>
    Effect.gen(function*() {
      const { configFile, run } = yield* gatewayWith(undefined, {}, { sonnet: { id: profile, baseModel } })
      const listed = (yield* run("models")).stdout.split("\n")
      assert.match(listed[1]!, /^Claude Sonnet 4\.6 +sonnet +1M +low–max +\$3\.30 \/ \$16\.50$/)
      assert.isTrue(listed.some((line) => line.includes(`  ${baseModel} `)))
      const { code, stderr, stdout } = yield* run("models", "resolve", "sonnet")
      assert.strictEqual(code, 0, stderr)
      assert.match(
        stdout.replaceAll(configFile, "FILE"),
        new RegExp([
          "^configured +sonnet",
          `stands for +${profile}, from FILE:\\d+:\\d+ \\(global config\\)`,
          "region +us-east-1, from FILE:\\d+:\\d+ \\(global config\\)",
          `sent +${profile}`,
          "because +sent as it is: it is an ARN",
          `model +Claude Sonnet 4\\.6 \\(Claude\\), as ${baseModel.replaceAll(".", "\\.")}\n$`
        ].join("\n"))
      )
    }))

  it.scoped("an unknown base model causes a warning that suggests similar ones", () =>
    Effect.gen(function*() {
      const { ask, configFile, run } = yield* gatewayWith(undefined, {}, {
        sonnet: { id: profile, baseModel: "anthropic.claude-sonet-4-6" },
        other: { id: profile, baseModel: "qqqq" }
      })
      const { code, stderr } = yield* run("models", "resolve", "sonnet")
      assert.strictEqual(code, 0, stderr)
      const [near, none] = stderr.replaceAll(configFile, "FILE").split("\n")
      assert.match(
        near!,
        /^warning: the baseModel "anthropic\.claude-sonet-4-6" of the model "sonnet" is not known \(FILE:\d+:\d+ \(global config\)\); did you mean anthropic\.claude-sonnet-4-6\b.*\?$/
      )
      assert.match(none!, /^warning: the baseModel "qqqq" .*; altimate-code models lists the known ones\.$/)
      assert.strictEqual((yield* ask("-m", "sonnet")).modelId, profile)
    }))

  it.scoped("the screen offers the names and sends their IDs", () =>
    Effect.gen(function*() {
      const { home, sandbox } = yield* gatewayWith(undefined, {}, {
        "team/sonnet": { id: profile, baseModel, name: "Our Sonnet" }
      })
      const terminal = yield* open(["--cross-region", "eu"], {
        home: home.home,
        columns: 160,
        env: { AWS_BEARER_TOKEN_BEDROCK: canary }
      })
      yield* terminal.see("eu.anthropic.claude-sonnet-4-6-v1")
      yield* terminal.write("/model")
      yield* terminal.see("/model")
      yield* terminal.write(keys.enter)
      yield* terminal.see("type to filter")
      yield* terminal.write("team/sonnet")
      yield* terminal.see(/Our Sonnet +Claude · team\/sonnet/)
      yield* terminal.write(keys.enter)
      yield* terminal.see("Model: Our Sonnet (until you quit).")
      yield* terminal.write("hello")
      yield* terminal.see("hello")
      yield* terminal.write(keys.enter)
      // The list of models is requested with GET.
      const isPost = ({ method }: Sandbox.RecordedRequest) => method === "POST"
      const request = (yield* sandbox.waitFor((requests) => requests.some(isPost))).find(isPost)
      assert.strictEqual(request!.modelId, profile)
      assert.strictEqual(maxTokens(request!), 32_000)
      assert.notInclude(terminal.raw(), canary)
    }))
})
