import * as NodeContext from "@effect/platform-node/NodeContext"
import { assert, describe, layer } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as Option from "effect/Option"
import { describe as describeOrigin } from "../src/Origin.ts"
import * as TrustedFiles from "../src/trust/TrustedFiles.ts"
import * as TrustPolicy from "../src/trust/TrustPolicy.ts"
import { bedrock, makeFixture } from "./fixture.ts"

const place = "~/.config/altimate-code/altimate-code.json"

layer(NodeContext.layer)("A file that was written for another tool", (it) => {
  describe("settings that have no effect here", () => {
    it.scoped("have a note that says whether anything is lost, and are never reported as typos", () =>
      Effect.gen(function*() {
        const { globalFile, load, write } = yield* makeFixture
        yield* write(globalFile, {
          share: "disabled",
          autoupdate: false,
          telemetry: { disabled: true },
          mode: { build: { model: "x" } },
          permissions: { allow: ["Bash(npm:*)"] },
          provider: {
            "amazon-bedrock": {
              npm: "@ai-sdk/amazon-bedrock",
              options: { setCacheKey: true },
              models: { m: { reasoning: true, variants: {}, cost: { context_over_200k: {} } } }
            }
          },
          mcp: { x: { command: ["x"], oauth: {}, cwd: "/x" } },
          nobodys: 1
        })
        const { unknown, warnings } = yield* load()
        assert.deepStrictEqual(warnings, [])
        const lost = (key: string) => unknown.find((each) => each.key === key)?.isMissed
        for (
          const key of [
            "share",
            "autoupdate",
            "telemetry",
            "provider.amazon-bedrock.npm",
            "provider.amazon-bedrock.options.setCacheKey",
            "provider.amazon-bedrock.models.m.reasoning",
            "provider.amazon-bedrock.models.m.cost.context_over_200k"
          ]
        ) {
          assert.isFalse(lost(key), key)
        }
        const missed = [
          "mode",
          "permissions",
          "provider.amazon-bedrock.models.m.variants",
          "mcp.x.oauth",
          "mcp.x.cwd"
        ]
        for (const key of missed) assert.isTrue(lost(key), key)
        assert.deepStrictEqual(unknown.filter(({ note }) => Option.isNone(note)).map(({ key }) => key), ["nobodys"])
        assert.isTrue(unknown.every(({ suggestion }) => Option.isNone(suggestion)))
      }))

    it.scoped("cause a warning if they restrict what the model may do", () =>
      Effect.gen(function*() {
        const { globalFile, load, write } = yield* makeFixture
        yield* write(globalFile, {
          tools: { bash: false, "jira_*": false, webfetch: false, edit: true },
          agent: {
            build: { tools: { write: false }, permission: { bash: "allow" } },
            plan: { permission: { edit: { "*": "deny" } } }
          },
          permissions: { deny: ["Bash(rm:*)"], ask: [], allow: ["Read"] },
          hooks: { PreToolUse: [{ matcher: "Bash" }] },
          sandbox: { enabled: true },
          disabled_providers: ["openai", "amazon-bedrock"],
          enabled_providers: ["amazon-bedrock", "openai"]
        })
        const { warnings } = yield* load()
        assert.deepStrictEqual(warnings, [
          `tools.bash (${place}:3:5), tools."jira_*" (${place}:4:5): these restrictions are not enforced. Write "permission": {"bash": "deny", "jira_*": "deny"}.`,
          `agent.build.tools.write (${place}:11:9), agent.plan.permission (${place}:18:7): these restrictions are not enforced. There are no separate agents here: put the rules under "permission" at the top of the file.`,
          `permissions.deny (${place}:26:5): this restriction is not enforced. Use rules such as "permission": {"bash": {"rm *": "deny"}}.`,
          `hooks (${place}:34:3): this restriction is not enforced. Hooks do not run. Put restrictions under "permission".`,
          `sandbox (${place}:41:3): this restriction is not enforced. Commands run without a sandbox. Put restrictions under "permission".`,
          `disabled_providers (${place}:44:3): this restriction is not enforced. Amazon Bedrock is the only provider and is always used.`
        ])
      }))
  })

  describe("settings with another name or form", () => {
    it.scoped("chunkTimeout and headerTimeout merge with a number for timeout, even from another file", () =>
      Effect.gen(function*() {
        const { globalFile, load, projectFile, write } = yield* makeFixture
        yield* write(globalFile, bedrock({ timeout: 600_000, chunkTimeout: 30_000, headerTimeout: false }))
        yield* write(projectFile, bedrock({ timeout: { connect: 5000 }, headerTimeout: 9000 }))
        const { gateway, leaves, unknown } = yield* load({ trust: TrustPolicy.layer })
        assert.deepStrictEqual(gateway.limits, { total: 600_000, idle: 30_000, connect: 5000, firstByte: 9000 })
        assert.deepStrictEqual(unknown, [])
        const idle = leaves.find(({ key }) => key === "provider.amazon-bedrock.options.timeout.idle")
        assert.strictEqual(idle === undefined ? "" : describeOrigin(idle.origin), `${globalFile}:6:9 (global config)`)
        yield* write(projectFile, bedrock({ timeout: false }))
        assert.deepStrictEqual((yield* load()).gateway.limits, { total: false, idle: 30_000 })
      }))

    it.scoped("timeout.idle takes precedence over chunkTimeout", () =>
      Effect.gen(function*() {
        const { globalFile, load, write } = yield* makeFixture
        yield* write(globalFile, bedrock({ timeout: { idle: 1000 }, chunkTimeout: 30_000 }))
        assert.deepStrictEqual((yield* load()).gateway.limits, { idle: 1000 })
      }))

    it.scoped("a limit of 0 tokens is unknown, so another file's limit applies", () =>
      Effect.gen(function*() {
        const { globalFile, load, projectFile, write } = yield* makeFixture
        const models = (limit: object) => ({ provider: { "amazon-bedrock": { models: { m: { limit } } } } })
        yield* write(globalFile, models({ context: 100_000 }))
        yield* write(projectFile, models({ context: 0, output: 0 }))
        assert.deepStrictEqual((yield* load()).models["m"]?.limit, { context: 100_000 })
        yield* write(globalFile, {})
        assert.deepStrictEqual((yield* load()).models["m"]?.limit, {})
      }))

    it.scoped("MCP servers can have the form of .mcp.json", () =>
      Effect.gen(function*() {
        const { globalFile, load, write } = yield* makeFixture
        yield* write(globalFile, {
          mcpServers: {
            gh: { command: "docker", args: ["run", "-e", "T=${T}", "gh"], env: { A: "${A:-a}" } },
            stdio: { type: "stdio", command: "x" },
            http: { type: "http", url: "https://h/${T}", headers: { X: "Bearer ${T}" } },
            sse: { type: "sse", url: "https://s", disabled: true },
            typeless: { url: "https://t" },
            both: { command: "lost" }
          },
          mcp: { both: { type: "local", command: ["kept"] } }
        })
        const { mcp, unknown, warnings } = yield* load({ env: { T: "token" } })
        assert.deepStrictEqual([unknown, warnings], [[], []])
        assert.deepStrictEqual(JSON.parse(JSON.stringify(mcp)), {
          gh: { type: "local", command: ["docker", "run", "-e", "T=token", "gh"], environment: { A: "a" } },
          stdio: { type: "local", command: ["x"] },
          http: { type: "remote", url: "https://h/token", headers: { X: "Bearer token" } },
          sse: { type: "remote", url: "https://s", enabled: false },
          typeless: { type: "remote", url: "https://t" },
          both: { type: "local", command: ["kept"] }
        })
      }))

    it.scoped("MCP servers under a project's mcpServers need trust, like those under mcp", () =>
      Effect.gen(function*() {
        const { load, projectFile, write } = yield* makeFixture
        yield* write(projectFile, { mcpServers: { x: { command: "x", args: ["--now"] } } })
        const { mcp, untrusted } = yield* load({ trust: TrustPolicy.layer })
        assert.deepStrictEqual(Object.keys(mcp), [])
        assert.deepStrictEqual(untrusted[0]?.changes.map(({ key, value }) => [key, value]), [
          ["mcp.x", { command: ["x", "--now"], type: "local" }]
        ])
      }))

    it.scoped("headersHelper is an alias of headersCommand, whose placeholders are replaced except in shell command lines", () =>
      Effect.gen(function*() {
        const { globalFile, load, write } = yield* makeFixture
        const remote = { type: "http", url: "https://h" }
        yield* write(globalFile, {
          mcp: {
            line: { ...remote, headersHelper: "helper ${USER_NAME}" },
            words: { ...remote, headersCommand: ["helper", "${USER_NAME}"] },
            each: {
              ...remote,
              headersCommand: { Authorization: ["sh", "-c", "echo ${TOKEN}"], "x-user": ["echo", "{env:USER_NAME}"] }
            }
          }
        })
        const { leaves, mcp, unknown } = yield* load({ env: { USER_NAME: "someone" } })
        assert.deepStrictEqual(unknown, [])
        assert.deepStrictEqual(
          Object.values(mcp).map((server) => server.type === "remote" ? server.headersCommand : undefined).map((
            command
          ) => JSON.parse(JSON.stringify(command))),
          [
            "helper ${USER_NAME}",
            ["helper", "someone"],
            { Authorization: ["sh", "-c", "echo ${TOKEN}"], "x-user": ["echo", "someone"] }
          ]
        )
        assert.deepStrictEqual(
          leaves.find(({ key }) => key === "mcp.each.headersCommand.Authorization")?.value,
          ["sh", "-c", "echo ${TOKEN}"]
        )
      }))

    it.scoped("the headersCommand of a project's server is shown before the file is trusted, and its script is one of the trusted files", () =>
      Effect.gen(function*() {
        const { load, project, projectFile, services, write } = yield* makeFixture
        const headersCommand = { Authorization: ["scripts/token.sh"] }
        yield* write(`${project}/scripts/token.sh`, "echo one")
        yield* write(projectFile, { mcp: { x: { url: "https://h", headersCommand } } })
        const start = { trust: TrustPolicy.layer }
        const { untrusted } = yield* load(start)
        assert.deepStrictEqual(
          untrusted.map(({ changes, includes }) => [changes[0]?.value, changes[0]?.why, includes]),
          [
            [
              { url: "https://h", headersCommand, type: "remote" },
              "runs a command, and connects to this MCP server",
              [`${project}/scripts/token.sh`]
            ]
          ]
        )
        yield* Effect.provide(TrustedFiles.add(untrusted), services({ env: {}, ...start }))
        assert.deepStrictEqual(Object.keys((yield* load(start)).mcp), ["x"])
        yield* write(`${project}/scripts/token.sh`, "echo two")
        assert.deepStrictEqual(Object.keys((yield* load(start)).mcp), [])
      }))
  })
})
