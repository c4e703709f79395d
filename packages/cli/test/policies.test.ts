import * as PermissionPolicy from "@altimate-code/agent/permission/PermissionPolicy"
import * as TokenPrecedence from "@altimate-code/auth/TokenPrecedence"
import * as RegionFallback from "@altimate-code/config/RegionFallback"
import * as TrustPolicy from "@altimate-code/config/trust/TrustPolicy"
import * as PrefixRules from "@altimate-code/model-id/PrefixRules"
import * as EndpointPolicy from "@altimate-code/provider/EndpointPolicy"
import * as RetryPolicy from "@altimate-code/provider/RetryPolicy"
import * as Sandbox from "@altimate-code/sandbox/Sandbox"
import type { Script } from "@altimate-code/sandbox/Script"
import * as NodeContext from "@effect/platform-node/NodeContext"
import * as Path from "@effect/platform/Path"
import { assert, describe, it } from "@effect/vitest"
import * as ConfigProvider from "effect/ConfigProvider"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Option from "effect/Option"
import * as Schedule from "effect/Schedule"
import { mkdirSync, writeFileSync } from "node:fs"
import { join } from "node:path"
import * as Cli from "../src/Cli.ts"
import { type Policies, policies } from "../src/Services.ts"
import { guideConfig, makeHome, pipedStdio } from "./BuiltCli.ts"

/** The whole program in this process, its policies `swapped`; answers with what arrived at the gateway. */
const onTheWire = (options: {
  readonly swapped?: Layer.Layer<never> | Layer.Layer<Policies>
  readonly config?: (url: string) => unknown
  readonly script?: Script
  /** What the project's own file says. */
  readonly project?: unknown
}) =>
  Effect.gen(function*() {
    const sandbox = yield* Sandbox.make({
      prefix: "/bedrock/v1",
      ...(options.script ? { script: options.script } : {})
    })
    const home = yield* makeHome
    yield* home.writeGlobalConfig((options.config ?? guideConfig)(sandbox.url))
    mkdirSync(join(home.home, "project/.git"), { recursive: true })
    if (options.project !== undefined) {
      writeFileSync(join(home.home, "project/altimate-code.json"), JSON.stringify(options.project))
    }
    const inProject = Layer.effect(
      Path.Path,
      Effect.map(Path.Path, (path) => ({
        ...path,
        resolve: (...parts: ReadonlyArray<string>) => path.resolve(home.home, "project", ...parts)
      }))
    ).pipe(Layer.provideMerge(NodeContext.layer))
    const stored = yield* home.run(["auth", "login"], { stdin: "stored-token" })
    assert.strictEqual(stored.code, 0, stored.stderr)

    const { layer: stdio, written } = pipedStdio()
    const code = yield* Cli.run(["run", "hello"]).pipe(
      Effect.provide(options.swapped ?? Layer.empty),
      Effect.provide(Layer.mergeAll(policies, inProject, stdio)),
      Effect.withConfigProvider(ConfigProvider.fromMap(
        new Map([["HOME", home.home], ["AWS_BEARER_TOKEN_BEDROCK", "environment-token"]])
      ))
    )
    const requests = yield* sandbox.requests
    const output = written.stderr + written.stdout
    assert.isNotEmpty(requests, output)
    return { code, output, requests, request: requests[0]!, url: sandbox.url }
  }).pipe(Effect.provide(NodeContext.layer), Effect.scoped)

describe("each policy is one layer", () => {
  it.live("the live policies follow the guide", () =>
    Effect.gen(function*() {
      const { code, output, request } = yield* onTheWire({})
      assert.strictEqual(code, 0, output)
      assert.strictEqual(request.headers["authorization"], "Bearer environment-token")
      assert.strictEqual(request.rawPath, "/bedrock/v1/model/us.anthropic.claude-sonnet-4-6-v1/converse-stream")
    }))

  it.live("token precedence: the stored token first", () =>
    Effect.gen(function*() {
      const { code, output, request } = yield* onTheWire({
        swapped: Layer.succeed(TokenPrecedence.TokenPrecedence, ["stored", "environment", "aws-chain"])
      })
      assert.strictEqual(code, 0, output)
      assert.strictEqual(request.headers["authorization"], "Bearer stored-token")
    }))

  it.live("trust: every project is trusted", () =>
    Effect.gen(function*() {
      const { code, output } = yield* onTheWire({
        swapped: TrustPolicy.off,
        project: { permission: { bash: "allow" } },
        script: [
          { blocks: [{ type: "toolUse", toolUseId: "1", name: "bash", input: { command: "echo it ran" } }] },
          { blocks: [{ type: "text", text: "Done." }] }
        ]
      })
      assert.strictEqual(code, 0, output)
      assert.include(output, "• bash echo it ran")
    }))

  it.live("region fallback: a company's region", () =>
    Effect.gen(function*() {
      const { code, output, request } = yield* onTheWire({
        swapped: Layer.succeed(RegionFallback.RegionFallback, {
          resolve: () => Effect.succeed({ value: "eu-central-1", origin: { _tag: "Default" } })
        })
      })
      assert.strictEqual(code, 0, output)
      assert.strictEqual(request.modelId, "eu.anthropic.claude-sonnet-4-6-v1")
    }))

  it.live("prefix rules: none", () =>
    Effect.gen(function*() {
      const { code, output, request } = yield* onTheWire({ swapped: PrefixRules.off })
      assert.strictEqual(code, 0, output)
      assert.strictEqual(request.modelId, "anthropic.claude-sonnet-4-6-v1")
    }))

  it.live("prefix rules: a company's rules after those of the configuration", () =>
    Effect.gen(function*() {
      const swapped = Layer.succeed(PrefixRules.PrefixRules, [
        { regions: "*", models: ["anthropic.*"], families: "Claude", prefix: "corp." }
      ])
      const alone = yield* onTheWire({ swapped })
      assert.strictEqual(alone.request.modelId, "corp.anthropic.claude-sonnet-4-6-v1")
      const { request } = yield* onTheWire({
        swapped,
        config: (url) => guideConfig(url, { prefixRules: [{ regions: "us-*", models: ["*sonnet*"], prefix: "mine." }] })
      })
      assert.strictEqual(request.modelId, "mine.anthropic.claude-sonnet-4-6-v1")
    }))

  it.live("endpoint: another path on the same gateway", () =>
    Effect.gen(function*() {
      const { code, output, request } = yield* onTheWire({
        config: (url) => guideConfig(`${new URL(url).origin}/elsewhere`),
        swapped: Layer.succeed(EndpointPolicy.EndpointPolicy, {
          resolve: ({ baseURL }) =>
            Effect.succeed({
              url: Option.getOrThrow(baseURL).value.replace("/elsewhere", "/bedrock/v1"),
              origin: { _tag: "Default" },
              why: "a test says so"
            })
        })
      })
      assert.strictEqual(code, 0, output)
      assert.strictEqual(request.rawPath, "/bedrock/v1/model/us.anthropic.claude-sonnet-4-6-v1/converse-stream")
    }))

  it.live("permission: a company's policy", () =>
    Effect.gen(function*() {
      const script: Script = [
        { blocks: [{ type: "toolUse", toolUseId: "t1", name: "bash", input: { command: "echo it ran" } }] },
        { blocks: [{ type: "text", text: "done" }] }
      ]
      const told = (requests: ReadonlyArray<Sandbox.RecordedRequest>) =>
        JSON.stringify((requests[1]!.body as { messages: ReadonlyArray<unknown> }).messages.at(-1))
      const asked = yield* onTheWire({ script })
      assert.include(told(asked.requests), "--yolo", asked.output)
      const swapped = yield* onTheWire({
        script,
        swapped: Layer.succeed(PermissionPolicy.PermissionPolicy, {
          decide: () => Effect.succeed({ verdict: "allow", because: "a test says so", patterns: [] })
        })
      })
      assert.match(told(swapped.requests), /"it ran"|it ran"/, swapped.output)
    }))

  it.live("retries: none", () =>
    Effect.gen(function*() {
      const { code, output, requests } = yield* onTheWire({
        script: [{ faults: [{ type: "throttle", times: 1 }], blocks: [{ type: "text", text: "late" }] }],
        swapped: Layer.succeed(RetryPolicy.RetryPolicy, { schedule: Schedule.stop, retryable: () => false })
      })
      assert.strictEqual(requests.length, 1)
      assert.strictEqual(code, 1, output)
    }))
})
