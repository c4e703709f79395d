import * as Sandbox from "@altimate-code/sandbox/Sandbox"
import * as NodeContext from "@effect/platform-node/NodeContext"
import * as FileSystem from "@effect/platform/FileSystem"
import { assert, layer } from "@effect/vitest"
import * as Arr from "effect/Array"
import * as Effect from "effect/Effect"
import { join } from "node:path"
import { png } from "../../../../test/pictures.ts"
import { guideConfig, makeHome } from "../BuiltCli.ts"

const token = { AWS_BEARER_TOKEN_BEDROCK: "run-token-123" }

const setUp = (options: Sandbox.Options = {}) =>
  Effect.gen(function*() {
    const sandbox = yield* Sandbox.make(options)
    const home = yield* makeHome
    yield* home.writeGlobalConfig(guideConfig(sandbox.url))
    const body = Effect.map(sandbox.requests, (requests) =>
      requests.at(-1)!.body as {
        system?: ReadonlyArray<{ text?: string }>
        messages: ReadonlyArray<{ content: ReadonlyArray<Record<string, unknown>> }>
        inferenceConfig: { maxTokens: number }
      })
    return { home, sandbox, body }
  })

/** The smallest files of their kind that their first bytes tell. */
const files = {
  "pixel.dat": Buffer.from(
    "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==",
    "base64"
  ),
  "my report_v2.final.pdf": Buffer.from("%PDF-1.4\n%%EOF\n"),
  "notes.txt": Buffer.from("grüße\n")
}

layer(NodeContext.layer)("altimate-code run", (it) => {
  it.scoped("attaches text, images and PDFs by their content, not by their names", () =>
    Effect.gen(function*() {
      const fs = yield* FileSystem.FileSystem
      const { body, home } = yield* setUp()
      for (const [name, bytes] of Object.entries(files)) yield* fs.writeFile(join(home.home, name), bytes)
      const result = yield* home.run(
        ["run", "compare", ...Object.keys(files).flatMap((name) => ["-f", join(home.home, name)])],
        { env: token }
      )
      assert.strictEqual(result.code, 0, result.stderr)
      const [image, document, text, prompt] = (yield* body).messages[0]!.content
      assert.deepStrictEqual(image, {
        image: { format: "png", source: { bytes: files["pixel.dat"].toString("base64") } }
      })
      assert.deepStrictEqual(document, {
        document: {
          format: "pdf",
          name: "my report v2 final",
          source: { bytes: files["my report_v2.final.pdf"].toString("base64") }
        }
      })
      assert.include(text!["text"], "grüße")
      assert.include(text!["text"], "notes.txt")
      assert.strictEqual(prompt!["text"], "compare")
    }))

  it.scoped("rejects a file that can't be attached, and sends nothing", () =>
    Effect.gen(function*() {
      const fs = yield* FileSystem.FileSystem
      const { home, sandbox } = yield* setUp()
      yield* fs.writeFile(join(home.home, "binary"), Buffer.from([0, 159, 146, 150]))
      yield* fs.writeFile(join(home.home, "empty"), Buffer.from([]))
      yield* fs.writeFile(join(home.home, "wide.png"), png(8001, 1))
      yield* fs.writeFile(join(home.home, "cut.png"), png().subarray(0, -1))
      yield* fs.writeFile(join(home.home, "a.pdf"), files["my report_v2.final.pdf"])
      for (
        const [name, words] of [
          ["binary", /neither/],
          ["empty", /empty/],
          ["wide.png", /--file wide\.png cannot be attached: it is 8001 × 1 pixels; .*\n.*smaller copy/],
          ["cut.png", /--file cut\.png cannot be attached: it is truncated\.\n.*another copy/],
          ["missing", /does not exist/],
          [".", /is a directory/]
        ] as const
      ) {
        const result = yield* home.run(["run", "hi", "--file", name], { env: token })
        assert.strictEqual(result.code, 2, name)
        assert.match(result.stderr, words)
      }
      const many = Array.from({ length: 6 }, () => ["--file", "a.pdf"]).flat()
      const result = yield* home.run(["run", "hi", ...many], { env: token })
      assert.strictEqual(result.code, 2)
      assert.include(result.stderr, "6 documents are attached, but a request may contain at most 5.")
      assert.isEmpty(yield* sandbox.requests)
    }))

  it.scoped("sends --system and --max-tokens, and --model instead of the configured one", () =>
    Effect.gen(function*() {
      const { body, home, sandbox } = yield* setUp()
      const result = yield* home.run(
        ["run", "hi", "--system", "You are terse.", "--max-tokens", "77", "-m", "amazon-bedrock/claude-prod"],
        { env: token }
      )
      assert.strictEqual(result.code, 0, result.stderr)
      assert.match((yield* body).system![0]!.text!, /^You are terse\.\n\nWorking directory: /)
      assert.strictEqual((yield* body).inferenceConfig.maxTokens, 77)
      assert.strictEqual((yield* sandbox.requests)[0]!.modelId, "claude-prod")
    }))

  it.scoped("accepts multi-line values, and uses the last value of a repeated option", () =>
    Effect.gen(function*() {
      const { body, home } = yield* setUp()
      const result = yield* home.run(["run", "-m", "a", "--system", "You are\n- terse\n", "-m", "b", "hi"], {
        env: token
      })
      assert.strictEqual(result.code, 0, result.stderr)
      assert.match((yield* body).system![0]!.text!, /^You are\n- terse\n/)
      assert.strictEqual((yield* body).messages[0]!.content[0]!["text"], "hi")
      assert.include(result.stdout, "here as b!")
    }))

  it.scoped("reports that the answer reached its token limit twice", () =>
    Effect.gen(function*() {
      const { home } = yield* setUp({
        script: [
          { blocks: [{ type: "text", text: "half" }], stopReason: "max_tokens" },
          { blocks: [{ type: "text", text: " a sen" }], stopReason: "max_tokens" }
        ]
      })
      const result = yield* home.run(["run", "hi"], { env: token })
      assert.strictEqual(result.code, 0)
      assert.strictEqual(result.stdout, "half a sen\n")
      assert.match(result.stderr, /^note: .*continues.*--max-tokens.*\nnote: .*again.*--max-tokens/)
    }))

  it.scoped("prints one event per line with --format json, with usage and stop reason last", () =>
    Effect.gen(function*() {
      const { home } = yield* setUp({
        script: [{
          blocks: [
            { type: "reasoning", text: ["think", "ing"], signature: "sig" },
            { type: "text", text: ["Hel", "lo"] }
          ],
          usage: { inputTokens: 10, outputTokens: 4, cacheReadInputTokens: 6, cacheWriteInputTokens: 2 }
        }]
      })
      const result = yield* home.run(["run", "hi", "--format", "json"], { env: token })
      assert.strictEqual(result.code, 0, result.stderr)
      const [start, ...events] = result.stdout.trimEnd().split("\n").map((line) =>
        JSON.parse(line) as Record<string, unknown>
      )
      assert.include(start, {
        type: "start",
        model: "anthropic.claude-sonnet-4-6-v1",
        sentAs: "us.anthropic.claude-sonnet-4-6-v1",
        region: "us-east-1"
      })
      assert.deepStrictEqual(start!["credential"], { type: "bearer", from: "AWS_BEARER_TOKEN_BEDROCK" })
      const usage = {
        inputTokens: 10,
        outputTokens: 4,
        totalTokens: 22,
        cacheReadInputTokens: 6,
        cacheWriteInputTokens: 2
      }
      const joined = (type: string) => events.filter((event) => event["type"] === type).map(({ text }) => text).join("")
      assert.strictEqual(joined("reasoning"), "thinking")
      assert.strictEqual(joined("text"), "Hello")
      // Pieces that arrive together are one event.
      assert.deepStrictEqual(Arr.dedupeAdjacent(events.map(({ type }) => type)), [
        "reasoning",
        "text",
        "usage",
        "finish"
      ])
      assert.deepStrictEqual(events.slice(-2), [
        { type: "usage", usage, cost: 0.00010923, context: 22 },
        { type: "finish", reason: "stop", stopReason: "end_turn", usage, cost: 0.00010923 }
      ])
    }))

  it.scoped("retries when it is throttled", () =>
    Effect.gen(function*() {
      const { home, sandbox } = yield* setUp({
        script: [{
          faults: [{ type: "throttle", times: 2, retryAfter: 0 }],
          blocks: [{ type: "text", text: "at last" }]
        }]
      })
      const result = yield* home.run(["run", "hi"], { env: token })
      assert.strictEqual(result.code, 0, result.stderr)
      assert.strictEqual(result.stdout, "at last\n")
      assert.strictEqual((yield* sandbox.requests).length, 3)
    }))
})
