import type { Turn } from "@altimate-code/sandbox/Script"
import * as NodeContext from "@effect/platform-node/NodeContext"
import { assert, describe, it, layer } from "@effect/vitest"
import * as Effect from "effect/Effect"
import { readSnippets, runCommands, useConfiguration } from "./Page.ts"

const snippets = readSnippets("guardrails.md")
const configurations = snippets.filter(({ language }) => language === "json")
const consoles = snippets.filter(({ language }) => language === "console")

/** What arrives at the gateway with each configuration of the page: in the body, or in the headers. */
const sent: Readonly<Record<string, Record<string, unknown>>> = {
  "Guardrails": {
    guardrailConfig: { guardrailIdentifier: "gr1abc2def3g", guardrailVersion: "1", trace: "enabled" }
  },
  "Metadata for the bill": { requestMetadata: { team: "search", user: "ann" } },
  "Tiers and latency": { serviceTier: { type: "flex" }, performanceConfig: { latency: "optimized" } },
  "Sampling": { inferenceConfig: { maxTokens: 8192, temperature: 0.2, stopSequences: ["</done>"] } },
  "The prompt cache": {},
  "Beta features of Claude": { additionalModelRequestFields: { anthropic_beta: ["context-1m-2025-08-07"] } },
  "Fields that the model defines": {
    additionalModelRequestFields: { top_k: 50 },
    additionalModelResponseFieldPaths: ["/stop_sequence"]
  },
  "Headers for one model": { "x-team": "search", "x-route": "ann-claude" }
}

const finding = (assessment: Record<string, unknown>, source: "input" | "output") =>
  source === "input"
    ? { inputAssessment: { gr1abc2def3g: assessment } }
    : { outputAssessments: { gr1abc2def3g: [assessment] } }

const turns: ReadonlyArray<Turn> = [
  {
    blocks: [{ type: "text", text: "Sorry, I can't help with that." }],
    guardrail: finding({
      topicPolicy: { topics: [{ name: "Investment advice", type: "DENY", action: "BLOCKED", detected: true }] },
      contentPolicy: {
        filters: [
          { type: "MISCONDUCT", confidence: "MEDIUM", filterStrength: "HIGH", action: "BLOCKED", detected: true },
          { type: "HATE", confidence: "LOW", filterStrength: "NONE", action: "NONE", detected: true }
        ]
      }
    }, "input")
  },
  {
    blocks: [{ type: "text", text: "It was {NAME}." }],
    guardrail: finding({
      sensitiveInformationPolicy: {
        piiEntities: [{ type: "NAME", match: "Ann Smith", action: "ANONYMIZED", detected: true }],
        regexes: []
      }
    }, "output")
  }
]

describe("docs/guardrails.md", () => {
  it("has only snippets that are run here", () => {
    assert.deepStrictEqual(configurations.map(({ heading }) => heading), Object.keys(sent))
    assert.lengthOf(consoles, turns.length)
    assert.lengthOf(snippets, configurations.length + consoles.length)
  })
})

layer(NodeContext.layer)("docs/guardrails.md", (it) => {
  for (const snippet of configurations) {
    it.scoped(`configures requests: ${snippet.heading}`, () =>
      Effect.gen(function*() {
        const { body, headers, rawBody } = yield* useConfiguration(snippet)
        const request = { ...headers, ...body as Record<string, unknown> }
        for (const [name, value] of Object.entries(sent[snippet.heading]!)) {
          assert.deepStrictEqual(request[name], value)
        }
        if (snippet.heading === "The prompt cache") {
          assert.include(rawBody, "\"cachePoint\":{\"type\":\"default\",\"ttl\":\"1h\"}")
        }
      }))
  }

  for (const [index, snippet] of consoles.entries()) {
    it.scoped(`shows what a guardrail did, line ${snippet.line}`, () =>
      Effect.gen(function*() {
        const [result] = yield* runCommands(snippet, {
          configuration: configurations[0]!.text,
          sandbox: { script: [turns[index]!] }
        })
        assert.strictEqual(result!.code, index === 0 ? 1 : 0)
        assert.notInclude(result!.stderr, "Ann Smith")
      }))
  }
})
