import * as NodeContext from "@effect/platform-node/NodeContext"
import { assert, describe, layer } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as Option from "effect/Option"
import { makeFixture } from "./fixture.ts"

const deep = (levels: number) => "[".repeat(levels) + "]".repeat(levels)

layer(NodeContext.layer)("A configuration file", (it) => {
  describe("that does not parse is an error with the position, what was expected and what was found", () => {
    const cases: ReadonlyArray<readonly [text: string, where: string, expected: string, found: string]> = [
      ["{\n  \"a\": 1\n  \"b\": 2\n}", "3:3", "a comma", "a string"],
      ["{\n  \"model\": \"x\" \"y\"\n}", "2:16", "a comma", "a string"],
      ["{\"a\" 1}", "1:6", "a colon", "a number"],
      ["{a: 1}", "1:2", "a name in double quotes", "a word without quotes"],
      ["{'a': 1}", "1:2", "a name in double quotes", "a single quote"],
      ["{1: 2}", "1:2", "a name in double quotes", "a number"],
      ["{\"a\": }", "1:7", "a value", "}"],
      ["{\"a\": x}", "1:7", "a value", "a word without quotes"],
      ["{\"a\": 'x'}", "1:7", "a value", "a single quote"],
      ["{\"a\": #}", "1:7", "a value", "an unknown character"],
      ["{\"a\": -}", "1:7", "a value", "an unknown character"],
      ["{\"a\": 1,, \"b\": 2}", "1:9", "a name in double quotes", "a comma"],
      ["{\"a\": 1 : 2}", "1:9", "a comma", "a colon"],
      ["{\"a\": 01}", "1:8", "a comma", "a number"],
      ["{\"a\": 1 null}", "1:9", "a comma", "null"],
      ["{\"a\": 1 true}", "1:9", "a comma", "a boolean"],
      ["{\"a\": 1 [", "1:9", "a comma", "["],
      ["{\"a\": 1 {", "1:9", "a comma", "{"],
      ["{\"a\": [1, 2}", "1:12", "a comma or ]", "}"],
      ["{\"a\": 1]", "1:8", "a comma or }", "]"],
      ["{\n  \"a\": 1\n", "3:1", "a comma or }", "the end of the text"],
      ["{\r\n  \"a\": [1\r\n", "3:1", "a comma or ]", "the end of the text"],
      ["{}\n{}", "2:1", "the end of the text", "{"],
      ["}", "1:1", "a value", "}"],
      ["{ /* x", "1:3", "*/ after the comment", "the end of the text"],
      ["{\"a\": \"x\n\"}", "1:7", "a double quote at the end of the string", "the end of the line"],
      ["{\"a\": 1.}", "1:7", "a digit at the end of the number", "something else"],
      ["{\"a\": \"\\u12\"}", "1:7", "four hexadecimal digits after \\u", "something else"],
      ["{\"a\": \"\\x\"}", "1:7", "one of \" \\ / b f n r t u after a backslash", "something else"],
      ["{\"a\": \"\t\"}", "1:7", "an escape such as \\t", "a control character in a string"],
      ["\u0000", "1:1", "a value", "an unknown character"],
      [`{"a": ${deep(100)}}`, "1:106", "at most 100 levels of nesting", "another level"],
      [`// \u{1f600}\r/* \u2028 */ ${"[".repeat(200_000)}`, "2:109", "at most 100 levels of nesting", "another level"]
    ]
    for (const [text, where, expected, found] of cases) {
      it.scoped(JSON.stringify(text.slice(0, 40)), () =>
        Effect.gen(function*() {
          const { failure, globalFile, write } = yield* makeFixture
          yield* write(globalFile, text)
          const error = yield* failure()
          assert.strictEqual(error.message, `${globalFile}:${where}: expected ${expected}, found ${found}`)
          assert.strictEqual(error.reason, "Syntax")
          assert.deepStrictEqual([error.path, `${error.line}:${error.column}`], [globalFile, where])
          assert.deepStrictEqual([error.expected, error.found], [expected, found])
        }))
    }

    it.scoped("and names the variable if the text was in one", () =>
      Effect.gen(function*() {
        const { failure } = yield* makeFixture
        const error = yield* failure({ env: { ALTIMATE_CLI_CONFIG_CONTENT: "{\"a\":}" } })
        assert.strictEqual(error.message, "ALTIMATE_CLI_CONFIG_CONTENT:1:6: expected a value, found }")
        assert.deepStrictEqual([error.path, error.line, error.column], [undefined, 1, 6])
      }))
  })

  describe("with several values of the wrong type is one error that names all of them", () => {
    it.scoped("in the order of the file", () =>
      Effect.gen(function*() {
        const { failure, globalFile, write } = yield* makeFixture
        yield* write(
          globalFile,
          "{\n\"permission\": { \"edit\": \"alow\", \"bash\": { \"ls\": 1 } },\n\"model\": 12345\n,\"instructions\": \"canary\"}"
        )
        const error = yield* failure()
        assert.deepStrictEqual(error.message.replaceAll(globalFile, "FILE").split("\n"), [
          "FILE:2:25: expected \"allow\", \"ask\", \"deny\" or an object for permission.edit, found a string. Did you mean \"allow\"?",
          "FILE:2:49: expected \"allow\", \"ask\" or \"deny\" for permission.bash.ls, found a number",
          "FILE:3:10: expected a string for model, found a number",
          "FILE:4:18: expected an array for instructions, found a string"
        ])
        assert.strictEqual(error.hint, "Correct these settings, or remove them.")
        assert.deepStrictEqual([error.reason, error.line, error.column], ["Type", 2, 25])
      }))

    it.scoped("but not more than ten", () =>
      Effect.gen(function*() {
        const { failure, globalFile, write } = yield* makeFixture
        const rules = Object.fromEntries(Array.from({ length: 13 }, (_, index) => [`tool${index}`, 1]))
        yield* write(globalFile, JSON.stringify({ permission: rules }, null, 1))
        const lines = (yield* failure()).message.split("\n")
        assert.lengthOf(lines, 11)
        assert.include(lines[9], "permission.tool9")
        assert.strictEqual(lines[10], "and 3 more")
      }))
  })

  describe("with a value of the wrong type is an error at that value", () => {
    const cases: ReadonlyArray<readonly [text: string, where: string, expected: string, found: string]> = [
      ["[]", "1:1", "an object", "an array"],
      ["\n \"canary\"", "2:2", "an object", "a string"],
      ["null", "1:1", "an object", "null"],
      ["{\"model\": 12345}", "1:11", "a string for model", "a number"],
      ["{\"model\": [\"canary\"]}", "1:11", "a string for model", "an array"],
      ["{\"model\": {}}", "1:11", "a string for model", "an object"],
      ["{\"$schema\": true}", "1:13", "a string for $schema", "a boolean"],
      ["{\"provider\": \"canary\"}", "1:14", "an object for provider", "a string"],
      ["{\"provider\": []}", "1:14", "an object for provider", "an array"],
      [
        "{\n  \"provider\": {\n    \"amazon-bedrock\": \"canary\"\n}}",
        "3:23",
        "an object for provider.amazon-bedrock",
        "a string"
      ],
      [
        "{\"provider\": {\"amazon-bedrock\": {\"options\": null}}}",
        "1:45",
        "an object for provider.amazon-bedrock.options",
        "null"
      ],
      ["{\"permission\": 1}", "1:16", `"allow", "ask", "deny" or an object for permission`, "a number"],
      ["{\"permission\": \"canary\"}", "1:16", `"allow", "ask", "deny" or an object for permission`, "a string"],
      [
        "{\"permission\": {\"edit\": \"ask\", \"bash\":\n [\"canary\"]}}",
        "2:2",
        `"allow", "ask", "deny" or an object for permission.bash`,
        "an array"
      ],
      [
        "{\"permission\": {\"bash\": {\"*\": \"ask\",\n\"rm *\": \"canary\"}}}",
        "2:9",
        `"allow", "ask" or "deny" for permission.bash."rm *"`,
        "a string"
      ],
      ["{\"mcp\": {\"x\": \"canary\"}}", "1:15", "an object for mcp.x", "a string"],
      [
        "{\"mcp\": {\"x\": {\"type\": \"canary\"}}}",
        "1:24",
        `"local", "remote", "stdio", "http", "streamable-http", "streamableHttp" or "sse" for mcp.x.type`,
        "a string"
      ],
      ["{\"mcp\": {\"x\": {\"command\": 12345}}}", "1:27", "a string or an array for mcp.x.command", "a number"],
      ["{\"mcpServers\": {\"x\": {\"args\": \"canary\"}}}", "1:31", "an array for mcpServers.x.args", "a string"],
      ["{\"mcp\": {\"x\": {\"command\": [\"a\",\n 12345]}}}", "2:2", "a string for mcp.x.command.1", "a number"],
      ["{\"mcp\": {\"x\": {\"environment\": {\"A\": 12345}}}}", "1:37", "a string for mcp.x.environment.A", "a number"],
      ["{\"mcp\": {\"x\": {\"enabled\": \"canary\"}}}", "1:27", "a boolean for mcp.x.enabled", "a string"],
      ["{\"mcp\": {\"x\": {\"timeout\": 0}}}", "1:27", "a whole number above 0 for mcp.x.timeout", "another number"],
      ["{\"mcp\": {\"x\": {\"timeout\": 1.5}}}", "1:27", "a whole number above 0 for mcp.x.timeout", "another number"],
      ["{\"instructions\": \"canary\"}", "1:18", "an array for instructions", "a string"],
      ["{\"instructions\": [\"a\", {\"b\": 12345}]}", "1:24", "a string for instructions.1", "an object"],
      [
        "{\"provider\": {\"amazon-bedrock\": {\"models\": {\"a.b\": {\"limit\": {\"context\": \"canary\"}}}}}}",
        "1:74",
        "a number for provider.amazon-bedrock.models.\"a.b\".limit.context",
        "a string"
      ],
      [
        "{\"provider\": {\"amazon-bedrock\": {\"models\": {\"m\": {\"cost\": {\"input\": -12345}}}}}}",
        "1:69",
        "a number that is not negative for provider.amazon-bedrock.models.m.cost.input",
        "another number"
      ],
      ...["baseURL", "endpoint", "region", "profile"].map((name) =>
        [
          `{"provider": {"amazon-bedrock": {"options": {\n\t/* x */ "${name}": // y\n 12345}}}}`,
          "3:2",
          `a string for provider.amazon-bedrock.options.${name}`,
          "a number"
        ] as const
      )
    ]
    for (const [text, where, expected, found] of cases) {
      it.scoped(JSON.stringify(text), () =>
        Effect.gen(function*() {
          const { failure, projectFile, write } = yield* makeFixture
          yield* write(projectFile, text)
          const error = yield* failure()
          assert.strictEqual(error.message, `${projectFile}:${where}: expected ${expected}, found ${found}`)
          assert.strictEqual(error.reason, "Type")
          assert.deepStrictEqual([error.path, `${error.line}:${error.column}`], [projectFile, where])
          assert.notInclude(JSON.stringify(error), "canary")
          assert.notInclude(JSON.stringify(error), "12345")
        }))
    }

    it.scoped("with the word that was probably meant, where only some are allowed", () =>
      Effect.gen(function*() {
        const { failure, projectFile, write } = yield* makeFixture
        const hint = (setting: object) =>
          Effect.gen(function*() {
            yield* write(projectFile, JSON.stringify({ provider: { "amazon-bedrock": { options: setting } } }))
            return (yield* failure()).hint
          })
        assert.strictEqual(yield* hint({ effort: "hig" }), "Did you mean \"high\"?")
        assert.strictEqual(yield* hint({ drop: ["temperature", "cachepoints"] }), "Did you mean \"cachePoint\"?")
        assert.match(yield* hint({ effort: "enormous" }), /^Write "off", "low", .* there, or remove the setting\.$/)
      }))

    it.scoped("even if another file overrides it", () =>
      Effect.gen(function*() {
        const { failure, globalFile, projectFile, write } = yield* makeFixture
        yield* write(globalFile, "{\"model\": 1}")
        yield* write(projectFile, "{\"model\": \"fine\"}")
        assert.strictEqual((yield* failure({ model: "flag" })).path, globalFile)
      }))
  })

  describe("may", () => {
    it.scoped("have comments and trailing commas", () =>
      Effect.gen(function*() {
        const { load, projectFile, write } = yield* makeFixture
        yield* write(projectFile, "// one\n{ /* two */\n  \"model\": \"x\", // three\n}\n")
        assert.deepStrictEqual(
          Option.getOrThrow(Option.map((yield* load()).model, ({ origin }) => origin)),
          {
            _tag: "File",
            path: projectFile,
            scope: "project",
            line: 3,
            column: 3,
            key: "model"
          } as const
        )
      }))

    it.scoped("begin with a byte order mark, which does not count as a column", () =>
      Effect.gen(function*() {
        const { load, projectFile, write } = yield* makeFixture
        const text = "\uFEFF{\"model\": \"x\"}"
        yield* write(projectFile, text)
        const column = Option.map(({ origin }: { readonly origin: object }) => "column" in origin && origin.column)
        assert.deepStrictEqual(Option.getOrThrow(column((yield* load()).model)), 2)
        assert.deepStrictEqual(
          Option.getOrThrow(column((yield* load({ env: { ALTIMATE_CLI_CONFIG_CONTENT: text } })).model)),
          2
        )
      }))

    for (const text of ["", " \r\n", "// nothing yet\n", "/**/", "\uFEFF", "{}"]) {
      it.scoped(`be empty: ${JSON.stringify(text)}`, () =>
        Effect.gen(function*() {
          const { load, projectFile, write } = yield* makeFixture
          yield* write(projectFile, text)
          assert.deepStrictEqual((yield* load()).leaves, [])
        }))
    }

    it.scoped("set a value twice, of which the last one applies", () =>
      Effect.gen(function*() {
        const { load, projectFile, write } = yield* makeFixture
        yield* write(projectFile, "{\"model\": 1, \"x\": {\"a\": 1},\n\"model\": \"y\", \"x\": {\"b\": 2}}")
        const settings = yield* load()
        assert.strictEqual(Option.getOrThrow(settings.model).value, "y")
        assert.deepStrictEqual(
          settings.leaves.map(({ key, origin }) => [key, "line" in origin && origin.line]),
          [["model", 2], ["x.b", 2]]
        )
      }))
  })
})
