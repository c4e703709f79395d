import { Secrets } from "@altimate-code/log/Secrets"
import * as NodeContext from "@effect/platform-node/NodeContext"
import { assert, describe, layer } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as Option from "effect/Option"
import { Settings } from "../src/Settings.ts"
import { makeFixture } from "./fixture.ts"

/** The format of existing installations. */
const installed = {
  permission: { edit: "ask", bash: { "git status*": "allow", "rm *": "deny", "*": "ask" } },
  mcp: {
    tickets: { type: "local", command: ["npx", "-y", "tickets-mcp"], environment: { A: "b" }, timeout: 5000 },
    wiki: { type: "remote", url: "https://wiki.example/mcp", headers: { "X-Team": "t" }, enabled: false }
  },
  instructions: ["docs/style.md", "~/notes.md"],
  provider: {
    "amazon-bedrock": {
      models: {
        "team-model": {
          name: "Team",
          limit: { context: 200_000, output: 8192 },
          cost: { input: 3, output: 15, cache_read: 0.3, cache_write: 0 }
        }
      }
    }
  }
}

layer(NodeContext.layer)("The assistant's settings", (it) => {
  it.scoped("are those of the file", () =>
    Effect.gen(function*() {
      const { load, projectFile, write } = yield* makeFixture
      yield* write(projectFile, installed)
      const { instructions, mcp, models, permission, warnings } = yield* load()
      assert.deepStrictEqual(
        Option.getOrThrow(permission),
        installed.permission as typeof permission extends Option.Option<infer A> ? A : never
      )
      assert.strictEqual(JSON.stringify(mcp), JSON.stringify(installed.mcp))
      assert.deepStrictEqual(instructions, installed.instructions)
      assert.deepStrictEqual(models, installed.provider["amazon-bedrock"].models)
      assert.deepStrictEqual(warnings, [])
    }))

  it.scoped("are empty without a file", () =>
    Effect.gen(function*() {
      const { load } = yield* makeFixture
      const { instructions, mcp, models, permission } = yield* load()
      assert.isTrue(Option.isNone(permission))
      assert.strictEqual(JSON.stringify([mcp, instructions, models]), "[{},[],{}]")
    }))

  it.scoped("merge by name, but the nearest list of instructions and the nearest single verdict replace earlier ones", () =>
    Effect.gen(function*() {
      const { globalFile, load, projectFile, write } = yield* makeFixture
      yield* write(globalFile, { ...installed, permission: { ...installed.permission, edit: "deny" } })
      yield* write(projectFile, {
        permission: { bash: { "rm *": "ask" }, edit: { "*.md": "allow" } },
        mcp: { tickets: { enabled: false, environment: { C: "d" } } },
        instructions: ["near.md"],
        provider: { "amazon-bedrock": { models: { "team-model": { limit: { context: 1000 } }, other: {} } } }
      })
      const { instructions, mcp, models, permission } = yield* load()
      assert.strictEqual(
        JSON.stringify(Option.getOrThrow(permission)),
        JSON.stringify({
          edit: { "*.md": "allow" },
          bash: { "git status*": "allow", "rm *": "ask", "*": "ask" }
        })
      )
      assert.strictEqual(
        JSON.stringify(mcp["tickets"]),
        JSON.stringify({
          type: "local",
          command: ["npx", "-y", "tickets-mcp"],
          environment: { A: "b", C: "d" },
          enabled: false,
          timeout: 5000
        })
      )
      assert.deepStrictEqual(instructions, ["near.md"])
      assert.deepStrictEqual(models["team-model"]?.limit, { context: 1000, output: 8192 })
      assert.strictEqual(models["team-model"]?.name, "Team")
      assert.isDefined(models["other"])

      yield* write(projectFile, { permission: "deny" })
      assert.strictEqual(Option.getOrThrow((yield* load()).permission), "deny")
    }))

  it.scoped("contain nothing under names that every object inherits", () =>
    Effect.gen(function*() {
      const { load, projectFile, write } = yield* makeFixture
      yield* write(
        projectFile,
        "{\"mcp\": {\"__proto__\": {\"type\": \"local\", \"command\": [\"x\"]}},\"provider\": {\"amazon-bedrock\": " +
          "{\"models\": {\"__proto__\": {\"name\": \"polluted\"}}}}}"
      )
      const { mcp, models } = yield* load()
      assert.deepStrictEqual(Object.keys(mcp), ["__proto__"])
      assert.isUndefined(models["constructor"])
      assert.isUndefined(models["name"])
    }))

  describe("an MCP server", () => {
    it.scoped("has placeholders replaced in its command, environment, URL and headers, and nowhere else", () =>
      Effect.gen(function*() {
        const { globalFile, home, load, write } = yield* makeFixture
        yield* write(`${home}/.config/altimate-code/token`, "from-file\n")
        yield* write(globalFile, {
          permission: { bash: { "{env:X}": "allow" } },
          instructions: ["{env:X}"],
          mcp: {
            "{env:X}": {
              type: "local",
              command: ["{env:X}/bin", "-t", ""],
              environment: { "{env:X}": "a{file:token}", E: "" }
            },
            far: { type: "remote", url: "https://{env:X}.example", headers: { T: "Bearer {file:token}" } }
          }
        })
        const settings = yield* load({ env: { X: "{env:Y}" } })
        assert.strictEqual(
          JSON.stringify([settings.mcp, settings.instructions, settings.permission]),
          JSON.stringify([
            {
              "{env:X}": {
                type: "local",
                command: ["{env:Y}/bin", "-t", ""],
                environment: { "{env:X}": "afrom-file", E: "" }
              },
              far: { type: "remote", url: "https://{env:Y}.example", headers: { T: "Bearer from-file" } }
            },
            ["{env:X}"],
            Option.some({ bash: { "{env:X}": "allow" } })
          ])
        )
      }))

    it.scoped("is left out if its URL or a header can't be sent, and a warning reports what was removed from a header", () =>
      Effect.gen(function*() {
        const { projectFile, services, write } = yield* makeFixture
        const far = (server: object) => ({ type: "remote", url: "https://h.example", ...server })
        yield* write(projectFile, {
          mcp: {
            value: far({ headers: { authorization: "Bearer a\u200bb" } }),
            name: far({ headers: { "a b": "c" } }),
            url: far({ url: "https://h.example/\u00ad" }),
            good: far({ headers: { "x-api-key": "'canary'\n" } })
          }
        })
        const [masked, { mcp, warnings }] = yield* Effect.provide(
          Effect.all([Effect.map(Secrets, ({ mask }) => mask("canary")), Settings]),
          services({})
        )
        assert.strictEqual(masked, "<redacted>")
        assert.deepEqual({ ...mcp }, { good: far({ headers: { "x-api-key": "canary" } }) })
        assert.deepStrictEqual(warnings.map((warning) => warning.replace(/ \(\S+\)(?=:|\.$)/, "")), [
          "mcp.value is not used: its header authorization has a zero-width space (U+200B) at position 9, which HTTP headers can't contain.",
          "mcp.name is not used: its header a b has an invalid name.",
          "mcp.url is not used: its url has a soft hyphen (U+00AD) at position 19.",
          "mcp.good has a header x-api-key that is in quotation marks, which are left out."
        ])
      }))

    it.scoped("has the values of its environment and headers and the secrets in its URL masked", () =>
      Effect.gen(function*() {
        const { home, projectFile, services, write } = yield* makeFixture
        yield* write(projectFile, {
          mcp: {
            near: {
              type: "local",
              command: ["{env:COMMAND}"],
              environment: { A: "{env:TOKEN}", B: "short {env:PART}", HOME: "{env:HOME}", C: "written-out" }
            },
            far: { type: "remote", url: "https://u:passw0rd@h", headers: { Authorization: "Bearer {env:BEARER}" } }
          }
        })
        const env = { COMMAND: "/opt/command", TOKEN: "token-1", PART: "part-2", BEARER: "bearer-3", HOME: home }
        const masked = yield* Effect.provide(
          Effect.zipRight(
            Settings,
            Effect.map(
              Secrets,
              ({ mask }) => mask(`/opt/command token-1 part-2 [short part-2] bearer-3 passw0rd written-out ${home}/x`)
            )
          ),
          services({ env })
        )
        const gone = "<redacted>"
        assert.strictEqual(
          masked,
          `/opt/command ${gone} ${gone} [${gone}] ${gone} ${gone} written-out ${home}/x`
        )
      }))

    it.scoped("never shows the values of its environment and headers", () =>
      Effect.gen(function*() {
        const { load, projectFile, write } = yield* makeFixture
        yield* write(projectFile, {
          permission: { bash: { "cat *.key": "deny" }, token_tool: "allow" },
          mcp: {
            near: { type: "local", command: ["x"], environment: { A: "canary", B: "{env:T}" } },
            far: { type: "remote", url: "https://u:canary@h/x", headers: { C: "canary" }, enabled: true }
          }
        })
        assert.deepStrictEqual((yield* load({ env: { T: "canary" } })).leaves.map(({ key, value }) => [key, value]), [
          ["permission.bash.\"cat *.key\"", "deny"],
          ["permission.token_tool", "allow"],
          ["mcp.near.type", "local"],
          ["mcp.near.command", ["x"]],
          ["mcp.near.environment.A", "<redacted>"],
          ["mcp.near.environment.B", "<redacted>"],
          ["mcp.far.type", "remote"],
          ["mcp.far.url", "https://u:<redacted>@h/x"],
          ["mcp.far.headers.C", "<redacted>"],
          ["mcp.far.enabled", true]
        ])
      }))

    it.scoped("is left out with a warning if it cannot be used, and the others remain", () =>
      Effect.gen(function*() {
        const { load, log, projectFile, write } = yield* makeFixture
        yield* write(projectFile, {
          mcp: {
            fine: { type: "local", command: ["x"] },
            unset: { type: "local", command: ["x"], environment: { A: "{env:UNSET}" } },
            gone: { type: "remote", url: "https://h", headers: { A: "{file:gone}" } },
            typeless: { environment: {} },
            empty: { type: "local", command: [" "], url: "https://h" },
            blank: { type: "remote", url: "{env:BLANK}" },
            on: { enabled: true },
            off: { enabled: false },
            "unset-off": { type: "remote", url: "{env:UNSET}", enabled: false }
          }
        })
        const { mcp, warnings } = yield* load({ env: { BLANK: " " } })
        assert.deepStrictEqual(Object.keys(mcp), ["fine"])
        const incomplete = "it needs a command, or a url if it is a remote server."
        const at = "is not used (~/work/project/altimate-code.json"
        assert.deepStrictEqual(warnings.map((warning) => warning.replace(/\/\S*\/gone cannot/, "gone cannot")), [
          `mcp.unset ${at}:15:9): {env:UNSET}: the environment variable is not set.`,
          `mcp.gone ${at}:22:9): {file:gone}: gone cannot be read: there is no such file.`,
          `mcp.typeless ${at}:25:5): ${incomplete}`,
          `mcp.empty ${at}:28:5): ${incomplete}`,
          `mcp.blank ${at}:35:5): ${incomplete}`,
          `mcp.on ${at}:39:5): ${incomplete}`
        ])
        assert.include(log, `DEBUG service=config ${warnings[0]}`)
      }))

    it.scoped("can be completed by a nearer file, whose values replace the earlier ones", () =>
      Effect.gen(function*() {
        const { globalFile, load, projectFile, write } = yield* makeFixture
        yield* write(globalFile, { mcp: { x: { type: "local", environment: { A: "{env:UNSET}" } } } })
        yield* write(projectFile, { mcp: { x: { command: ["y"], environment: { A: "z" } } } })
        const { mcp, warnings } = yield* load()
        assert.strictEqual(
          JSON.stringify(mcp),
          "{\"x\":{\"type\":\"local\",\"command\":[\"y\"],\"environment\":{\"A\":\"z\"}}}"
        )
        assert.deepStrictEqual(warnings, [])
      }))

    it.scoped("can have unknown keys, as a model can, and probable typos cause warnings", () =>
      Effect.gen(function*() {
        const { load, projectFile, write } = yield* makeFixture
        yield* write(projectFile, {
          mcp: { x: { type: "local", command: ["x"], retries: 1, Timeout: 1 } },
          provider: { "amazon-bedrock": { models: { m: { weight: true, cost: { cacheRead: 1 } } } } }
        })
        const { mcp, unknown, warnings } = yield* load()
        assert.deepStrictEqual(
          warnings.map((warning) => warning.replace(/ is not a known setting and is ignored \(\S+\)/, "")),
          [
            "mcp.x.Timeout. Did you mean timeout?",
            "provider.amazon-bedrock.models.m.cost.cacheRead. Did you mean cache_read?"
          ]
        )
        assert.deepStrictEqual(unknown.map(({ key }) => key), [
          "mcp.x.retries",
          "mcp.x.Timeout",
          "provider.amazon-bedrock.models.m.weight",
          "provider.amazon-bedrock.models.m.cost.cacheRead"
        ])
        assert.strictEqual(JSON.stringify(mcp), "{\"x\":{\"type\":\"local\",\"command\":[\"x\"]}}")
      }))
  })
})
