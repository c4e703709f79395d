import * as Catalog from "@altimate-code/model-id/Catalog"
import * as Thinking from "@altimate-code/model-id/Thinking"
import { assert, describe, it } from "@effect/vitest"

/** The form, what turns it off, and the efforts. */
const summarize = (thinking: Thinking.Thinking | undefined): string => {
  if (thinking === undefined) return "none"
  const { acceptsBudget, defaultEffort, efforts, form, needsDisplay, off } = thinking
  return [
    form,
    off,
    efforts.join(),
    defaultEffort,
    ...(acceptsBudget ? ["budget"] : []),
    ...(needsDisplay ? ["display"] : [])
  ].join(" ")
}

const three = "low,medium,high medium"
const all = "low,medium,high,xhigh,max"

describe("the thinking of a model", () => {
  it.each([
    ["anthropic.claude-3-haiku-20240307-v1:0", "none"],
    ["anthropic.claude-3-5-sonnet-20241022-v2:0", "none"],
    ["anthropic.claude-3-7-sonnet-20250219-v1:0", `budget unset ${three} budget`],
    // The date begins with digits that must not be read as a version.
    ["anthropic.claude-opus-4-20250514-v1:0", `budget unset ${three} budget`],
    ["anthropic.claude-sonnet-4-20250514-v1:0", `budget unset ${three} budget`],
    ["anthropic.claude-opus-4-1-20250805-v1:0", `budget unset ${three} budget`],
    ["anthropic.claude-haiku-4-5-20251001-v1:0", `budget unset ${three} budget`],
    ["anthropic.claude-opus-4-6-v1", "adaptive unset low,medium,high,max high budget"],
    ["anthropic.claude-sonnet-4-6", "adaptive unset low,medium,high,max high budget"],
    ["anthropic.claude-opus-4-7", `adaptive unset ${all} high display`],
    ["anthropic.claude-opus-4-8", `adaptive unset ${all} high display`],
    ["anthropic.claude-opus-5", `adaptive disabled ${all} high display`],
    ["anthropic.claude-opus-5-5", `adaptive never ${all} medium display`],
    ["anthropic.claude-sonnet-5", `adaptive disabled ${all} high display`],
    ["anthropic.claude-sonnet-5-5", `adaptive between_tools ${all} high display`],
    ["anthropic.claude-haiku-5-5", `adaptive disabled ${all} medium display`],
    ["anthropic.claude-fable-5", `adaptive never ${all} high display`],
    ["anthropic.claude-fable-5-2", `adaptive never ${all} high display`],
    ["anthropic.claude-mythos-preview", "adaptive never low,medium,high,max high display"],
    ["anthropic.claude-opus-9", "none"],
    ["amazon.nova-2-lite-v1:0", `nova unset ${three}`],
    ["amazon.nova-pro-v1:0", "none"],
    ["openai.gpt-oss-120b-1:0", `gpt-oss never ${three}`],
    ["deepseek.r1-v1:0", "none"],
    ["claude-prod", "none"]
  ])("%s: %s", (id, expected) => {
    assert.strictEqual(summarize(Thinking.describe(id)), expected)
  })

  it("is known for every Claude model that thinks, and for no model that does not", () => {
    for (const { family, id, reasoning, thinking } of Catalog.models) {
      if (family === "Claude") assert.strictEqual(thinking !== undefined, reasoning, id)
      if (thinking !== undefined) assert.isTrue(reasoning, id)
    }
  })
})
