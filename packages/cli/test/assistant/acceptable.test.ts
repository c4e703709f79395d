import * as Sandbox from "@altimate-code/sandbox/Sandbox"
import type { Script } from "@altimate-code/sandbox/Script"
import * as NodeContext from "@effect/platform-node/NodeContext"
import * as FileSystem from "@effect/platform/FileSystem"
import { assert, layer } from "@effect/vitest"
import * as Effect from "effect/Effect"
import { readdirSync, readFileSync } from "node:fs"
import { join } from "node:path"
import { fileURLToPath } from "node:url"
import { png } from "../../../../test/pictures.ts"
import { guideConfig, makeHome } from "../BuiltCli.ts"

const env = { AWS_BEARER_TOKEN_BEDROCK: "acceptable-token-123" }
const sessionDirectory = ".local/share/altimate-code/session"

interface Block {
  readonly reasoningContent?: object
  readonly toolResult?: { readonly toolUseId: string; readonly content: ReadonlyArray<{ readonly text: string }> }
}
interface Body {
  readonly messages: ReadonlyArray<{ readonly content: ReadonlyArray<Block> }>
  readonly toolConfig: {
    readonly tools: ReadonlyArray<{ readonly toolSpec?: { readonly name: string; readonly description?: string } }>
  }
}

/** A gateway that refuses what Bedrock and Claude refuse, and a home that is set up for it. */
const setUp = (script: Script, config: object = {}) =>
  Effect.gen(function*() {
    const sandbox = yield* Sandbox.make({ script })
    const home = yield* makeHome
    yield* home.writeGlobalConfig({ ...guideConfig(sandbox.url), ...config })
    return { home, body: (index: number) => Effect.map(sandbox.requests, (all) => all.at(index)!.body as Body) }
  })

const says = (text: string) => ({ blocks: [{ type: "text" as const, text }] })
const call = (toolUseId: string, name: string, input: Record<string, unknown>) => ({
  type: "toolUse" as const,
  toolUseId,
  name,
  input
})

const time = "2026-11-23T05:23:59.000Z"
const usage = { input: 1, output: 1, cacheRead: 0, cacheWrite: 0 }
const result = (id: string, name: string, content: ReadonlyArray<object>) => ({
  type: "tool-result",
  id,
  name,
  title: name,
  outcome: "ok",
  output: { content, summary: "" },
  time
})

/** As older versions wrote it: each of these lines made every later request of the session fail. */
const oldSession = (directory: string) => [
  { type: "session", version: 1, id: "20261123-052359-old0", directory, time },
  { type: "user", message: { role: "user", content: [{ type: "text", text: "go \ud83d" }] }, time },
  {
    type: "assistant",
    message: {
      role: "assistant",
      content: [
        { type: "reasoning", text: "Hm.", options: { "altimate-code-bedrock": { signature: "c2ln" } } },
        { type: "tool-call", id: "", name: "read", params: { path: "a" }, providerExecuted: false },
        { type: "tool-call", id: "", name: "read", params: { path: "b" }, providerExecuted: false }
      ]
    },
    reason: "tool-calls",
    usage,
    time
  },
  result("", "read", [{ type: "text", text: "cut \ud83d" }]),
  result("", "read", [
    { type: "file", mediaType: "image/png", data: png().subarray(0, 40).toString("base64"), fileName: "shot.png" }
  ])
]

const resultsOf = (body: Body) =>
  body.messages.flatMap(({ content }) => content.flatMap(({ toolResult }) => toolResult ?? []))

layer(NodeContext.layer)("a conversation", (it) => {
  it.scoped("of an older version can be continued, with each result after its own call", () =>
    Effect.gen(function*() {
      const fs = yield* FileSystem.FileSystem
      const { body, home } = yield* setUp([says("Usable.")])
      const file = join(home.home, sessionDirectory, "20261123-052359-old0.jsonl")
      yield* fs.makeDirectory(join(home.home, sessionDirectory), { recursive: true })
      yield* fs.writeFileString(file, oldSession(home.home).map((line) => `${JSON.stringify(line)}\n`).join(""))

      const { code, stderr, stdout } = yield* home.run(["run", "--continue", "and now?"], { env })
      assert.strictEqual(code, 0, stderr)
      assert.strictEqual(stdout, "Usable.\n")
      const sent = yield* body(-1)
      assert.deepStrictEqual(resultsOf(sent).map(({ content }) => content[0]!.text), [
        "cut \uFFFD",
        "(The file \"shot.png\" was left out of this request: it is truncated.)"
      ])
      assert.notInclude(JSON.stringify(sent), "reasoningContent")
      assert.include(readFileSync(file, "utf8"), "cut \\ud83d")
    }))

  it.scoped("assigns IDs to calls that have none or duplicates, and stores what it sends", () =>
    Effect.gen(function*() {
      const same = { blocks: [call("call_0", "read", { path: "a.txt" }), call("call_0", "read", { path: "b.txt" })] }
      const none = { blocks: [call("", "read", { path: "b.txt" }), call("", "read", { path: "a.txt" })] }
      const { body, home } = yield* setUp([same, same, none, says("Done.")])
      const fs = yield* FileSystem.FileSystem
      for (const name of ["a", "b"]) yield* fs.writeFileString(join(home.home, `${name}.txt`), `content of ${name}\n`)
      const { code, stderr } = yield* home.run(["run", "--yolo", "go"], { env })
      assert.strictEqual(code, 0, stderr)
      const results = resultsOf(yield* body(-1))
      assert.deepStrictEqual(
        results.map(({ content }) => content[0]!.text.trim().at(-1)),
        ["a", "b", "a", "b", "b", "a"]
      )
      const ids = results.map(({ toolUseId }) => toolUseId)
      assert.strictEqual(new Set(ids).size, 6)
      const [file] = readdirSync(join(home.home, sessionDirectory)).filter((name) => name.endsWith(".jsonl"))
      const stored = readFileSync(join(home.home, sessionDirectory, file!), "utf8").trim().split("\n").flatMap(
        (line) => {
          const entry = JSON.parse(line)
          return entry.type === "tool-result" ? [entry.id] : []
        }
      )
      assert.sameMembers(stored, ids)
    }))

  it.scoped("sends reasoning only to the model that made it, also after switching back", () =>
    Effect.gen(function*() {
      const thinks = (text: string) => ({
        blocks: [{ type: "reasoning" as const, text: "Hm.", signature: "c2ln" }, { type: "text" as const, text }]
      })
      const redacted = {
        blocks: [{ type: "redactedReasoning" as const, data: "AQID" }, { type: "text" as const, text: "c" }]
      }
      const { body, home } = yield* setUp([thinks("a"), redacted, thinks("c"), says("d")])
      const other = ["-m", "amazon-bedrock/anthropic.claude-opus-4-1-20250805-v1:0"]
      yield* home.run(["run", "one"], { env })
      for (const args of [other, [], other]) {
        const { code, stderr } = yield* home.run(["run", "--continue", ...args, "more"], { env })
        assert.strictEqual(code, 0, stderr)
      }
      const kinds = Effect.forEach(
        [1, 2, 3],
        (index) =>
          Effect.map(
            body(index),
            ({ messages }) =>
              messages.flatMap(({ content }) =>
                content.flatMap(({ reasoningContent }) =>
                  reasoningContent === undefined ? [] : Object.keys(reasoningContent)
                )
              )
          )
      )
      assert.deepStrictEqual(yield* kinds, [[], ["reasoningText"], ["redactedContent"]])
    }))

  it.scoped("includes tools with unusual schemas, and leaves out one that can't be called, with a notice", () =>
    Effect.gen(function*() {
      const tools = [
        { name: "either", inputSchema: { type: "object", properties: { id: {} }, anyOf: [{ required: ["id"] }] } },
        { name: "untyped", inputSchema: { properties: { $top: { $ref: "https://example.com/top.json" } } } },
        { name: "recursive", inputSchema: { type: "object", properties: { child: { $ref: "#" } } } },
        { name: "anything", inputSchema: true },
        { name: "text", inputSchema: { type: "string" } },
        { name: "wide", description: " ", inputSchema: { type: "object", properties: { a: { type: "text" } } } }
      ]
      const server = fileURLToPath(new URL("../../../../test/mcp/oddMcpServer.mjs", import.meta.url))
      const { body, home } = yield* setUp([says("Hello.")], {
        mcp: {
          odd: { type: "local", command: [process.execPath, server], environment: { TOOLS: JSON.stringify(tools) } }
        }
      })
      const { code, stderr } = yield* home.run(["run", "hi"], { env })
      assert.strictEqual(code, 0, stderr)
      assert.include(stderr, "MCP server \"odd\": the tool \"text\" was left out")
      const sent = new Map(
        (yield* body(-1)).toolConfig.tools.flatMap(({ toolSpec }) =>
          toolSpec?.name.startsWith("odd_") ? [[toolSpec.name, toolSpec.description] as const] : []
        )
      )
      assert.deepStrictEqual([...sent.keys()], [
        "odd_either",
        "odd_untyped",
        "odd_recursive",
        "odd_anything",
        "odd_wide"
      ])
      assert.include(sent.get("odd_either"), "anyOf: [{\"required\":[\"id\"]}]")
      assert.include(sent.get("odd_untyped"), "https://example.com/top.json")
      assert.isUndefined(sent.get("odd_anything"))
    }))
})
