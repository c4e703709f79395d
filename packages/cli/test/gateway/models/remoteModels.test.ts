import type { ModelLists } from "@altimate-code/sandbox/ModelLists"
import type * as Sandbox from "@altimate-code/sandbox/Sandbox"
import * as NodeContext from "@effect/platform-node/NodeContext"
import { assert, layer } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as Redacted from "effect/Redacted"
import { readdirSync, readFileSync, statSync } from "node:fs"
import { join } from "node:path"
import { assertFailed, makeScene, token } from "../Scene.ts"

const arn = "arn:aws:bedrock:us-east-1:111122223333:application-inference-profile/a1b2c3d4e5f6"

const controlPlane: NonNullable<ModelLists["controlPlane"]> = {
  models: [
    { id: "anthropic.claude-sonnet-4-6", name: "Claude Sonnet 4.6", inference: ["INFERENCE_PROFILE"] },
    { id: "anthropic.claude-opus-4-8", inference: ["INFERENCE_PROFILE"], access: false },
    { id: "anthropic.claude-opus-5", inference: ["INFERENCE_PROFILE"] },
    { id: "anthropic.claude-fable-5", inference: ["INFERENCE_PROFILE"] },
    { id: "anthropic.claude-3-haiku-20240307-v1:0", lifecycle: "LEGACY", end: "2020-05-01T00:00:00Z" },
    { id: "anthropic.claude-3-7-sonnet-20250219-v1:0", lifecycle: "LEGACY", end: "2999-05-01T00:00:00Z" },
    { id: "deepseek.v3-v1:0" },
    { id: "openai.gpt-oss-120b-1:0" },
    { id: "acme.newest-model", name: "Newest" },
    { id: "amazon.titan-embed-text-v2:0", output: ["EMBEDDING"] },
    { id: "amazon.nova-lite-v1:0:24k", inference: ["PROVISIONED"] }
  ],
  profiles: [
    { id: "us.anthropic.claude-sonnet-4-6", name: "US Sonnet", models: ["anthropic.claude-sonnet-4-6"] },
    { id: "global.anthropic.claude-sonnet-4-6", name: "Global Sonnet", models: ["anthropic.claude-sonnet-4-6"] },
    { id: "us.anthropic.claude-opus-4-8", name: "US Opus", models: ["anthropic.claude-opus-4-8"] },
    { id: "global.anthropic.claude-opus-5", name: "Global Opus", models: ["anthropic.claude-opus-5"] },
    {
      id: "us.anthropic.claude-3-7-sonnet-20250219-v1:0",
      name: "US Sonnet 3.7",
      models: ["anthropic.claude-3-7-sonnet-20250219-v1:0"]
    },
    { id: "a1b2c3d4e5f6", name: "team-search", type: "APPLICATION", models: ["anthropic.claude-sonnet-4-6"] }
  ],
  pageSize: 2
}

const remote = { args: ["models", "--remote"] }
const paths = (requests: ReadonlyArray<Sandbox.RecordedRequest>) => requests.map(({ path }) => path)

/** The lines of the table, by the ID in its second column. */
const rows = (stdout: string) =>
  Object.fromEntries(
    stdout.trimEnd().split("\n").slice(1).map((line) => {
      const [name, id, ...rest] = line.split(/ {2,}/)
      return [id, [name, ...rest].join(" | ")]
    })
  )

layer(NodeContext.layer)("models --remote:", (it) => {
  it.scoped("asks the control plane, page by page, and says what can be used and by which ID", () =>
    Effect.gen(function*() {
      const { ask, sandbox } = yield* makeScene({
        lists: { controlPlane },
        auth: { bearer: [Redacted.make(token)] }
      })
      const { code, stderr, stdout } = yield* ask({ ...remote, region: "us-east-1" })
      assert.strictEqual(code, 0, stderr)
      assert.strictEqual(stderr, "")
      assert.deepStrictEqual(rows(stdout), {
        [arn]: "team-search | ready | 1M | low–max | $3.30 / $16.50",
        "anthropic.claude-sonnet-4-6": "Claude Sonnet 4.6 | ready | 1M | low–max | $3.30 / $16.50",
        // The rules would send us.anthropic.claude-opus-5, which is not there.
        "global.anthropic.claude-opus-5": "Claude Opus 5 | ready | 1M | low–max | $5.50 / $27.50",
        "anthropic.claude-3-7-sonnet-20250219-v1:0":
          "Claude Sonnet 3.7 | ready until 2999-05-01 | 200k | low–high | $3.00 / $15.00",
        // Not us.deepseek.v3-v1:0.
        "arn:aws:bedrock:us-east-1::foundation-model/deepseek.v3-v1:0":
          "DeepSeek-V3.1 | ready | 163k | yes | $0.58 / $1.68",
        "openai.gpt-oss-120b-1:0": "gpt-oss-120b | ready | 128k | low–high | $0.15 / $0.60",
        "acme.newest-model": "Newest | ready | - | - | -",
        "anthropic.claude-opus-4-8": "Claude Opus 4.8 | needs access | 1M | low–max | $5.50 / $27.50",
        "anthropic.claude-fable-5": "Claude Fable 5 | needs a profile | 1M | low–max | $11.00 / $55.00",
        "anthropic.claude-3-haiku-20240307-v1:0": "Claude Haiku 3 | retired on 2020-05-01 | 200k | no | $0.25 / $1.25"
      })
      const requests = yield* sandbox.requests
      assert.isTrue(requests.every(({ authorized, method }) => authorized && method === "GET"))
      // Five of AWS's profiles in pages of two, and the account's own.
      assert.strictEqual(paths(requests).filter((path) => path === "/bedrock/v1/inference-profiles").length, 4)
    }))

  it.scoped("stores the answer for a day, without secrets, and only the user can read it", () =>
    Effect.gen(function*() {
      const { ask, home, sandbox } = yield* makeScene({ lists: { controlPlane } })
      const first = yield* ask(remote)
      const asked = (yield* sandbox.requests).length
      const second = yield* ask(remote)
      assert.strictEqual(second.stdout, first.stdout)
      assert.strictEqual((yield* sandbox.requests).length, asked)
      yield* ask({ args: ["models", "--remote", "--refresh"] })
      assert.strictEqual((yield* sandbox.requests).length, 2 * asked)
      const directory = join(home.home, ".cache/altimate-code/models")
      const files = readdirSync(directory, { recursive: true, withFileTypes: true }).filter((entry) => entry.isFile())
      assert.strictEqual(files.length, 1)
      const file = join(files[0]!.parentPath, files[0]!.name)
      assert.strictEqual(statSync(file).mode & 0o777, 0o600)
      assert.notInclude(`${file}${readFileSync(file, "utf8")}`, token)
      // Another region has other models.
      yield* ask({ ...remote, region: "eu-west-1" })
      assert.strictEqual((yield* sandbox.requests).length, 3 * asked)
    }))

  it.scoped("signs the requests", () =>
    Effect.gen(function*() {
      const secret = "canary-secret-access-key-77aa"
      const { ask, sandbox } = yield* makeScene({
        lists: { controlPlane },
        auth: { sigv4: [{ accessKeyId: "AKIACANARY", secretAccessKey: Redacted.make(secret), region: "us-east-1" }] }
      }, secret)
      const { code, stderr, stdout } = yield* ask({
        ...remote,
        env: { AWS_BEARER_TOKEN_BEDROCK: "", AWS_ACCESS_KEY_ID: "AKIACANARY", AWS_SECRET_ACCESS_KEY: secret }
      })
      assert.strictEqual(code, 0, stderr)
      assert.include(stdout, "needs access")
      assert.isTrue((yield* sandbox.requests).every(({ authorized }) => authorized))
    }))

  it.scoped("reads a gateway's own list", () =>
    Effect.gen(function*() {
      const gateway = ["claude-prod", "bedrock/us.anthropic.claude-sonnet-4-6"]
      const { ask, sandbox } = yield* makeScene({ lists: { gateway } })
      const { stderr, stdout } = yield* ask(remote)
      assert.strictEqual(stderr, "")
      assert.deepStrictEqual(rows(stdout), {
        "claude-prod": "claude-prod | ready | - | - | -",
        "bedrock/us.anthropic.claude-sonnet-4-6": "Claude Sonnet 4.6 | ready | 1M | low–max | $3.30 / $16.50"
      })
      assert.deepStrictEqual(paths(yield* sandbox.requests), [
        "/bedrock/v1/foundation-models",
        "/bedrock/v1/models",
        "/v1/models"
      ])
    }))

  it.scoped("a gateway without a list is normal: the catalog is shown, and it is said once", () =>
    Effect.gen(function*() {
      const { ask, sandbox } = yield* makeScene()
      const { code, stderr, stdout } = yield* ask(remote)
      assert.strictEqual(code, 0)
      assert.match(
        stderr,
        /^note: This gateway does not list its models \(http:.*\/bedrock\/v1 and similar paths: HTTP 404\)\. .*\n$/
      )
      assert.include(stdout, "Claude Sonnet 4.6")
      const asked = (yield* sandbox.requests).length
      yield* ask(remote)
      assert.strictEqual((yield* sandbox.requests).length, asked)
    }))

  it.scoped("AWS_ENDPOINT_URL_BEDROCK is the control plane, and what it refuses is an error", () =>
    Effect.gen(function*() {
      const { sandbox } = yield* makeScene({
        lists: { controlPlane: { ...controlPlane, denied: ["foundation-models"] } }
      })
      const { ask } = yield* makeScene()
      const result = yield* ask({ ...remote, env: { AWS_ENDPOINT_URL_BEDROCK: sandbox.url } })
      assertFailed(result, "not authorized to perform: bedrock:ListFoundationModels", "permissions")
    }))

  it.scoped("what the role may not ask stays unknown", () =>
    Effect.gen(function*() {
      const denied = ["foundation-model-availability", "inference-profiles"] as const
      const { ask, sandbox } = yield* makeScene({ lists: { controlPlane: { ...controlPlane, denied } } })
      const { code, stderr, stdout } = yield* ask(remote)
      assert.strictEqual(code, 0, stderr)
      assert.match(stderr, /^note: The inference profiles are not known: AccessDeniedException: .*\n$/)
      assert.match(stdout, /Claude Opus 4\.8 +anthropic\.claude-opus-4-8 +needs a profile/)
      const asked = paths(yield* sandbox.requests).filter((path) => path.includes("availability"))
      assert.strictEqual(asked.length, 1)
    }))

  it.scoped("gives scripts JSON", () =>
    Effect.gen(function*() {
      const { ask } = yield* makeScene({ lists: { controlPlane } })
      const { stdout } = yield* ask({ args: ["models", "--remote", "--format", "json"] })
      const models = JSON.parse(stdout) as ReadonlyArray<Record<string, unknown>>
      assert.deepInclude(models.find(({ id }) => id === arn), {
        name: "team-search",
        status: "ready",
        inferenceProfile: "team-search",
        catalogId: "anthropic.claude-sonnet-4-6",
        contextWindow: 1_000_000
      })
      assert.deepInclude(models.find(({ status }) => status === "retired"), { since: "2020-05-01" })
    }))

  it.scoped("an application profile can be selected by its name, with the limits of its model", () =>
    Effect.gen(function*() {
      const { ask, sandbox } = yield* makeScene({ lists: { controlPlane } })
      yield* ask(remote)
      yield* ask({ args: ["run", "hi", "--no-tools", "-m", "team-search"] })
      const request = (yield* sandbox.requests).at(-1)!
      assert.strictEqual(request.modelId, arn)
      assert.deepInclude(request.body, { inferenceConfig: { maxTokens: 32_000 } })
    }))

  it.scoped("doctor and models resolve know the name of an application profile too", () =>
    Effect.gen(function*() {
      const { ask } = yield* makeScene({ lists: { controlPlane } })
      yield* ask(remote)
      const resolved = yield* ask({ args: ["models", "resolve", "team-search"] })
      assert.include(resolved.stdout, `sent        ${arn}\n`)
      assert.match(resolved.stdout, /model +Claude Sonnet 4\.6/)
      const { stdout } = yield* ask({ args: ["doctor", "-m", "team-search"] })
      assert.include(stdout, `AWS lists ${arn}: ready`)
    }))

  it.scoped("a list that is refused is not called missing, and is not stored", () =>
    Effect.gen(function*() {
      const { ask, sandbox } = yield* makeScene({
        lists: { controlPlane, gateway: ["claude-prod"] },
        auth: { bearer: [Redacted.make("another-token")] }
      })
      const { code, stderr, stdout } = yield* ask(remote)
      assert.strictEqual(code, 0)
      assert.match(
        stderr,
        /^note: This gateway did not show its models \(http:.*HTTP 403\)\. It may have no list, or it refused the credential/
      )
      assert.include(stdout, "Claude Sonnet 4.6")
      const asked = (yield* sandbox.requests).length
      yield* ask(remote)
      assert.isAbove((yield* sandbox.requests).length, asked)
    }))
})
