import type { ModelLists } from "@altimate-code/sandbox/ModelLists"
import * as Sandbox from "@altimate-code/sandbox/Sandbox"
import * as NodeContext from "@effect/platform-node/NodeContext"
import { assert, layer } from "@effect/vitest"
import * as Effect from "effect/Effect"
import { guideConfig, makeHome } from "../BuiltCli.ts"
import { readSnippets, splitWords } from "./Page.ts"

const snippets = readSnippets("models.md")
const textsIn = (language: string) =>
  snippets.filter((snippet) => snippet.language === language).map(({ text }) => text)

const inferences = { inference: ["INFERENCE_PROFILE"] } as const
const controlPlane: NonNullable<ModelLists["controlPlane"]> = {
  models: [
    { id: "anthropic.claude-sonnet-4-6", ...inferences },
    { id: "anthropic.claude-opus-5", ...inferences },
    {
      id: "anthropic.claude-3-7-sonnet-20250219-v1:0",
      ...inferences,
      lifecycle: "LEGACY",
      end: "2999-05-01T00:00:00Z"
    },
    { id: "anthropic.claude-opus-4-8", ...inferences, access: false },
    { id: "anthropic.claude-fable-5", ...inferences },
    { id: "anthropic.claude-3-haiku-20240307-v1:0", lifecycle: "LEGACY", end: "2020-05-01T00:00:00Z" }
  ],
  profiles: [
    ...["anthropic.claude-sonnet-4-6", "anthropic.claude-3-7-sonnet-20250219-v1:0", "anthropic.claude-opus-4-8"].map((
      id
    ) => ({ id: `us.${id}`, name: id, models: [id] })),
    { id: "global.anthropic.claude-opus-5", name: "Opus", models: ["anthropic.claude-opus-5"] },
    { id: "a1b2c3d4e5f6", name: "team-search", type: "APPLICATION", models: ["anthropic.claude-sonnet-4-6"] }
  ]
}

const env = { AWS_BEARER_TOKEN_BEDROCK: "token" }

/** A line without the widths of its columns. */
const words = (line: string) => line.trim().split(/\s+/).join(" ")

layer(NodeContext.layer)("docs/models.md:", (it) => {
  it.scoped("its commands print what it shows", () =>
    Effect.gen(function*() {
      const sandbox = yield* Sandbox.make({
        lists: { controlPlane },
        overloaded: ["us.anthropic.claude-sonnet-4-6-v1"]
      })
      const home = yield* makeHome
      yield* home.writeGlobalConfig(guideConfig(sandbox.url, { retry: { attempts: 1 } }))
      const shown = textsIn("").filter((block) => block.startsWith("$ "))
      assert.strictEqual(shown.length, 3)
      for (const block of shown) {
        const [command = "", ...lines] = block.trimEnd().split("\n")
        const args = splitWords(command.slice("$ altimate-code ".length))
        const { code, stderr, stdout } = yield* home.run(args, { env })
        assert.strictEqual(code, 0, stderr)
        const printed = `${stdout}${stderr}`.split("\n").map(words)
        for (const line of lines.filter((line) => line !== "…")) assert.include(printed, words(line), command)
      }
    }))

  it.scoped("its configurations are read without a warning", () =>
    Effect.gen(function*() {
      const home = yield* makeHome
      const all = textsIn("json")
      assert.strictEqual(all.length, 2)
      for (const block of all) {
        yield* home.writeGlobalConfig(JSON.parse(block))
        const { code, stderr, stdout } = yield* home.run(["config", "show"], { env })
        assert.strictEqual(code, 0, stderr)
        assert.strictEqual(stderr, "")
        assert.include(stdout, "claude-haiku-4-5-20251001-v1:0")
      }
    }))
})
