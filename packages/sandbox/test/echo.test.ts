import {
  type ContentBlock,
  ConverseCommand,
  type ConverseCommandInput,
  ConverseStreamCommand
} from "@aws-sdk/client-bedrock-runtime"
import { assert, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as Sandbox from "../src/Sandbox.ts"
import { client, settled } from "./sdk.ts"
import { converse, converseStream, decode, frames, hello, kinds, nova, send, split } from "./wire.ts"

const words = `Hello from the Bedrock sandbox, here as ${nova}! You said: “Hello there”`

const schema = {
  type: "object",
  properties: { path: { type: "string" }, line: { type: "integer", minimum: 1 }, note: { type: "string" } },
  required: ["path", "line"]
}
const tool = (name: string, json: object) => ({ toolSpec: { name, inputSchema: { json } } })
const tools = [tool("stat", { type: "object" }), tool("read", schema)]

const content = (answer: { json: unknown }) =>
  (answer.json as { output: { message: { content: ReadonlyArray<Record<string, { toolUseId: string }>> } } })
    .output.message.content

describe("Without a script", () => {
  it.scoped("Converse names the model and quotes the last message of the user", () =>
    Effect.gen(function*() {
      const { url } = yield* Sandbox.make()
      const answer = yield* send(url, { path: converse(nova), body: hello })
      assert.strictEqual(answer.headers["content-type"], "application/json")
      assert.strictEqual(answer.headers["content-length"], String(answer.body.length))
      assert.deepStrictEqual(answer.json, {
        metrics: { latencyMs: 0 },
        output: { message: { content: [{ text: words }], role: "assistant" } },
        stopReason: "end_turn",
        usage: {
          inputTokens: 17,
          outputTokens: Math.ceil(words.length / 4),
          totalTokens: 17 + Math.ceil(words.length / 4)
        }
      })
      const bytes = [answer.body, (yield* send(url, { path: converse(nova), body: hello })).body]
      assert.deepStrictEqual(bytes[0], bytes[1], "the same for the same request")
    }))

  it.scoped("ConverseStream sends the same answer as events in Bedrock's order", () =>
    Effect.gen(function*() {
      const { url } = yield* Sandbox.make()
      const answer = yield* send(url, { path: converseStream(nova), body: hello })
      assert.strictEqual(answer.status, 200)
      assert.strictEqual(answer.headers["content-type"], "application/vnd.amazon.eventstream")
      const all = frames(answer.body)
      const deltas = all.filter(({ headers }) => headers[":event-type"] === "contentBlockDelta")
      assert.isAbove(deltas.length, 5)
      assert.deepStrictEqual(kinds(answer.body), [
        "messageStart",
        ...deltas.map(() => "contentBlockDelta"),
        "contentBlockStop",
        "messageStop",
        "metadata"
      ])
      for (const { headers, payload } of all) {
        assert.strictEqual(headers[":message-type"], "event")
        assert.strictEqual(headers[":content-type"], "application/json")
        assert.match(String(payload["p"]), /^(abcdefgh.*|a?b?c?d?e?f?g?)$/)
      }
      assert.strictEqual(
        deltas.map(({ payload }) => (payload["delta"] as { text: string }).text).join(""),
        words
      )
      const withoutPadding = (i: number): object => ({ ...all.at(i)?.payload, p: 0 })
      assert.deepStrictEqual(withoutPadding(0), { role: "assistant", p: 0 })
      assert.deepStrictEqual(withoutPadding(-3), { contentBlockIndex: 0, p: 0 })
      assert.deepStrictEqual(withoutPadding(-2), { stopReason: "end_turn", p: 0 })
      assert.deepStrictEqual(withoutPadding(-1), {
        usage: {
          inputTokens: 17,
          outputTokens: Math.ceil(words.length / 4),
          totalTokens: 17 + Math.ceil(words.length / 4)
        },
        metrics: { latencyMs: 0 },
        p: 0
      })
      assert.strictEqual(split(answer.body).rest, 0)
    }))

  it.scoped("the AWS SDK reads both responses", () =>
    Effect.gen(function*() {
      const { url } = yield* Sandbox.make({ prefix: "/v1" })
      const sdk = yield* client(url, { credentials: { accessKeyId: "a", secretAccessKey: "b" } })
      const input: ConverseCommandInput = {
        modelId: nova,
        messages: [{ role: "user", content: [{ text: "Hello there" }] }]
      }
      const whole = yield* settled(() => sdk.send(new ConverseCommand(input)))
      assert.strictEqual(whole.output?.message?.content?.[0]?.text, words)
      assert.match(whole.$metadata.requestId ?? "", /^[0-9a-f-]{36}$/)
      const streamed = yield* settled(async () => {
        let text = ""
        const seen: Array<string> = []
        for await (const event of (await sdk.send(new ConverseStreamCommand(input))).stream ?? []) {
          text += event.contentBlockDelta?.delta?.text ?? ""
          seen.push(...Object.keys(event))
        }
        return { text, last: seen.slice(-2) }
      })
      assert.deepStrictEqual(streamed, { text: words, last: ["messageStop", "metadata"] })
    }))

  it.scoped("a long text is quoted in part, without splitting a character", () =>
    Effect.gen(function*() {
      const { url } = yield* Sandbox.make()
      const say = (text: string, more: object = {}) =>
        Effect.map(
          send(url, { path: converse("m"), body: { messages: [{ role: "user", content: [{ text }] }], ...more } }),
          ({ json }) =>
            json as {
              output: { message: { content: [{ text: string }] } }
              stopReason: string
              usage: { outputTokens: number }
            }
        )
      const long = yield* say("🦉".repeat(300))
      assert.isTrue(long.output.message.content[0].text.endsWith(`“${"🦉".repeat(200)}…”`))
      const cut = yield* say("🦉".repeat(300), { inferenceConfig: { maxTokens: 20 } })
      assert.strictEqual([...cut.output.message.content[0].text].length, 80)
      assert.strictEqual(cut.stopReason, "max_tokens")
      assert.strictEqual(cut.usage.outputTokens, 20)
      assert.isTrue(cut.output.message.content[0].text.endsWith("🦉"))
    }))

  it.scoped("a tool's result is quoted if there is no text", () =>
    Effect.gen(function*() {
      const { url } = yield* Sandbox.make()
      const after = (...content: ReadonlyArray<ContentBlock | object>) =>
        Effect.map(
          send(url, {
            path: converse("m"),
            body: {
              messages: [
                { role: "user", content: [{ text: "Read it" }] },
                { role: "assistant", content: [{ toolUse: { toolUseId: "t", name: "read", input: {} } }] },
                { role: "user", content: [{ toolResult: { toolUseId: "t", content } }] }
              ],
              toolConfig: { tools }
            }
          }),
          ({ text }) => text
        )
      assert.include(yield* after({ text: "42 lines" }), "The tool answered: “42 lines”")
      assert.include(yield* after({ json: { lines: 42 } }), `The tool answered: “{\\"lines\\":42}”`)
      assert.include(yield* after({ image: { format: "png", source: { bytes: "" } } }), "You sent no text.")
    }))

  it.scoped("a forced tool is called with the smallest valid input", () =>
    Effect.gen(function*() {
      const { url } = yield* Sandbox.make()
      const chosen = (toolChoice: object | undefined, path = converse(nova)) =>
        send(url, { path, body: { ...hello, toolConfig: { tools, toolChoice } } })
      const forced = yield* chosen({ tool: { name: "read" } })
      const id = content(forced)[0]?.["toolUse"]?.toolUseId ?? ""
      assert.match(id, /^tooluse_[a-zA-Z0-9_-]{22}$/)
      assert.deepStrictEqual(content(forced) as unknown, [{
        toolUse: { toolUseId: id, name: "read", input: { path: "", line: 1 } }
      }])
      assert.strictEqual((forced.json as { stopReason: string }).stopReason, "tool_use")
      assert.include(JSON.stringify(content(yield* chosen({ any: {} }))), `"name":"stat","input":{}`)
      assert.include(JSON.stringify(content(yield* chosen({ auto: {} }))), "You said")
      assert.include(JSON.stringify(content(yield* chosen(undefined))), "You said")

      const streamed = yield* chosen({ tool: { name: "read" } }, converseStream(nova))
      const [, start, first, ...rest] = split(streamed.body).frames.map(decode)
      assert.strictEqual(start?.headers[":event-type"], "contentBlockStart")
      assert.nestedPropertyVal(start?.payload, "start.toolUse.name", "read")
      assert.deepStrictEqual(first?.payload["delta"], { toolUse: { input: "" } }, "the first piece is empty")
      const input = rest.map(({ payload }) =>
        (payload["delta"] as { toolUse?: { input: string } })?.toolUse?.input ?? ""
      )
      assert.deepStrictEqual(JSON.parse(input.join("")), { path: "", line: 1 })
      assert.deepStrictEqual(kinds(streamed.body).slice(-3), ["contentBlockStop", "messageStop", "metadata"])
    }))
})
