import { assert, describe, it } from "@effect/vitest"
import * as Either from "effect/Either"
import { toParts } from "../../src/internal/protocol/response/completeResponse.ts"
import { initialState, step } from "../../src/internal/protocol/response/streamParts.ts"

const expected = {
  modelId: "openai.gpt-oss-120b-1:0",
  isClaude: false,
  documents: [],
  tools: new Set(["json", "read_file"]),
  ids: new Set<string>()
}

describe("a tool name with tokens of the harmony format", () => {
  const names: ReadonlyArray<readonly [given: string, name: string]> = [
    ["json<|channel|>commentary", "json"],
    ["read_file<|channel|>json", "read_file"],
    ["functions.read_file<|constrain|>json", "read_file"],
    ["<|channel|>commentary to=functions.read_file <|constrain|>json", "read_file"],
    ["read_file", "read_file"]
  ]

  for (const [given, name] of names) {
    it(`is understood: ${given}`, () => {
      const [, call] = Either.getOrThrow(toParts({
        $metadata: {},
        output: { message: { role: "assistant", content: [{ toolUse: { toolUseId: "t", name: given, input: {} } }] } },
        stopReason: "tool_use",
        usage: undefined,
        metrics: undefined
      }, expected))
      assert.deepInclude(call, { type: "tool-call", name })

      const start = { contentBlockStart: { contentBlockIndex: 0, start: { toolUse: { toolUseId: "t", name: given } } } }
      const [opened, parts] = Either.getOrThrow(step(initialState, start, expected))
      assert.deepInclude(parts.at(-1), { type: "tool-params-start", name })
      const [, ended] = Either.getOrThrow(step(opened, { contentBlockStop: { contentBlockIndex: 0 } }, expected))
      assert.deepInclude(ended.at(-1), { type: "tool-call", name })
    })
  }
})
