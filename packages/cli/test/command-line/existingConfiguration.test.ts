import * as Sandbox from "@altimate-code/sandbox/Sandbox"
import * as NodeContext from "@effect/platform-node/NodeContext"
import { assert, layer } from "@effect/vitest"
import * as Effect from "effect/Effect"
import { existsSync, mkdirSync, writeFileSync } from "node:fs"
import { createServer } from "node:http"
import type { AddressInfo } from "node:net"
import { join } from "node:path"
import { makeHome } from "../BuiltCli.ts"

const token = { AWS_BEARER_TOKEN_BEDROCK: "existing-token" }

/** The configuration of a long-time user of opencode. */
const file = `{
  // mine
  "$schema": "https://opencode.ai/config.json",
  "theme": "tokyonight", "username": "sam", "share": "disabled", "autoupdate": "notify", "logLevel": "INFO", "layout": "auto",
  "snapshot": true, "shell": "zsh", "lsp": false, "default_agent": "build", "disabled_providers": ["openai"],
  "enabled_providers": ["amazon-bedrock"], "plugin": ["opencode-helicone"],
  "model": "amazon-bedrock/sonnet",
  "small_model": "amazon-bedrock/anthropic.claude-haiku-4-5",
  "tui": { "scroll_speed": 3 }, "keybinds": { "leader": "ctrl+x" }, "server": { "port": 4096 }, "watcher": { "ignore": ["x"] },
  "mode": { "build": { "model": "x" } },
  "agent": { "plan": { "permission": { "edit": "deny" } } },
  "command": { "test": { "template": "Run the tests" } },
  "formatter": { "prettier": { "disabled": true } },
  "compaction": { "auto": true }, "experimental": { "mcp_timeout": 10000 }, "enterprise": { "url": "https://x.example" },
  "attachment": {}, "tool_output": {}, "skills": {}, "references": {},
  "instructions": ["https://rules.example/style.md"],
  "permission": { "bash": { "*": "ask", "rm *": "deny" }, "webfetch": "deny" },
  "provider": {
    "amazon-bedrock": {
      "name": "Bedrock",
      "npm": "@ai-sdk/amazon-bedrock",
      "options": { "region": "us-east-1", "endpoint": "\${GATEWAY}", "timeout": 600000, "chunkTimeout": 30000, "setCacheKey": true },
      "models": {
        "sonnet": {
          "id": "anthropic.claude-sonnet-4-6-v1", "reasoning": true, "tool_call": true, "attachment": true,
          "limit": { "context": 0, "output": 0 }, "options": {}, "variants": {}, "modalities": {}, "headers": {},
        },
      },
    },
  },
}
`

layer(NodeContext.layer, { excludeTestServices: true })("A configuration written for opencode", (it) => {
  it.scoped("works, with one warning for all settings without effect and one for each restriction without effect", () =>
    Effect.gen(function*() {
      const sandbox = yield* Sandbox.make({
        // The small model, which writes the title, takes no turn of the script.
        models: ["us.anthropic.claude-sonnet-4-6-v1"],
        script: [
          {
            blocks: [{
              type: "toolUse",
              toolUseId: "a",
              name: "bash",
              input: { command: "touch ran" }
            }]
          },
          { blocks: [{ type: "text", text: "done" }] }
        ]
      })
      const { home, run, writeGlobalConfig } = yield* makeHome
      const cwd = join(home, "project")
      mkdirSync(join(cwd, ".git"), { recursive: true })
      writeFileSync(join(cwd, "altimate-code.json"), "{\"mcp\": {\"x\": {\"command\": \"x\"}}, \"model\": \"other\"}")
      yield* writeGlobalConfig(file)
      const env = {
        ...token,
        GATEWAY: sandbox.url,
        ALTIMATE_CLI_YOLO: "1",
        ALTIMATE_CLI_DISABLE_PROJECT_CONFIG: "1"
      }

      const { code, stderr, stdout } = yield* run(["run", "go"], { cwd, env })
      assert.strictEqual(code, 0, stderr)
      assert.strictEqual(stdout, "done\n")
      assert.isTrue(existsSync(join(cwd, "ran")), "the command ran without a question")
      assert.include((yield* sandbox.requests).map(({ modelId }) => modelId), "us.anthropic.claude-sonnet-4-6-v1")
      const warnings = stderr.split("\n").filter((line) => /^(warning|notice|note)/.test(line))
      assert.deepStrictEqual(warnings.map((line) => line.replaceAll(/\.json:\d+:\d+/g, ".json")), [
        "warning: agent.plan.permission (~/.config/altimate-code/altimate-code.json): this restriction is not enforced. There are no separate agents here: put the rules under \"permission\" at the top of the file.",
        "warning: permission.webfetch: no tool has that name, so the rule has no effect.",
        "warning: 35 settings in ~/.config/altimate-code/altimate-code.json have no effect here (logLevel, shell, default_agent, …). Details: altimate-code config show --unknown",
        "note: instructions: URLs are not supported (https://rules.example/style.md). Save the text to a file and list that file"
      ])

      const shown = yield* run(["config", "show", "--unknown"], { cwd, env })
      assert.strictEqual(shown.code, 0, shown.stderr)
      assert.notInclude(shown.stderr, "35 settings")
      assert.match(
        shown.stdout,
        /^share  \S+altimate-code\.json:4:\d+ \(global config\)\n {2}Nothing to do\. Nothing is shared: sessions stay on this machine\.\n/m
      )
      assert.lengthOf(shown.stdout.match(/\(global config\)/g) ?? [], 35)

      const { stdout: json } = yield* run(["config", "show", "--format", "json"], { cwd, env })
      const { settings, unknown } = JSON.parse(json) as {
        readonly settings: ReadonlyArray<{ readonly name: string; readonly value: string; readonly origin: string }>
        readonly unknown: ReadonlyArray<{ readonly key: string; readonly nothingIsLost: boolean }>
      }
      assert.lengthOf(unknown, 35)
      assert.deepStrictEqual(settings.slice(-2), [
        { name: "yolo", value: "true", origin: "ALTIMATE_CLI_YOLO" },
        { name: "readsProject", value: "false", origin: "ALTIMATE_CLI_DISABLE_PROJECT_CONFIG" }
      ])
    }))

  it.scoped("gets MCP headers from a command and never shows them", () =>
    Effect.gen(function*() {
      const seen: Array<string | undefined> = []
      const server = createServer(({ headers }, response) => {
        seen.push(headers.authorization)
        response.writeHead(403).end(`not for ${headers.authorization}`)
      })
      yield* Effect.acquireRelease(
        Effect.async<void>((resume) => void server.listen(0, "127.0.0.1", () => resume(Effect.void))),
        () => Effect.sync(() => server.close())
      )
      const { logs, run, writeGlobalConfig } = yield* makeHome
      yield* writeGlobalConfig({
        mcpServers: {
          wiki: {
            type: "http",
            url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
            headersHelper: "echo \"{\\\"Authorization\\\": \\\"Bearer $(printf canary)-0123456789\\\"}\""
          }
        }
      })
      const { code, stderr, stdout } = yield* run(["mcp", "list", "--log-level", "DEBUG"], { env: token })
      assert.strictEqual(code, 1, stderr)
      assert.include(stdout, "not for ")
      assert.include(seen, "Bearer canary-0123456789")
      assert.notInclude(stdout + stderr + (yield* logs), "canary-0")
    }))
})
