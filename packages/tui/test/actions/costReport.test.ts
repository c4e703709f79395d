import type { Entry } from "@altimate-code/agent/session/Session"
import * as Prompt from "@effect/ai/Prompt"
import { assert, describe, it } from "@effect/vitest"
import { reportCost } from "../../src/internal/actions/reports/costReport.ts"

const answer = (model: string): Entry => ({
  type: "assistant",
  message: Prompt.assistantMessage({ content: [Prompt.textPart({ text: "hi" })] }),
  reason: "stop",
  usage: { input: 1000, output: 10, cacheRead: 0, cacheWrite: 0 },
  model,
  cost: 0.25,
  time: "2026-11-20T10:00:00.000Z"
})

describe("the table of /cost", () => {
  it("shortens ARNs, so that the numbers stay on the same line", () => {
    const arn = "arn:aws:bedrock:us-east-1:111122223333:application-inference-profile/a1b2c3d4e5f6"
    const { lines, narrow } = reportCost([answer("claude-prod"), answer(arn)], undefined)
    const [, first, second, total] = lines
    assert.match(first!, /^claude-prod +1 +1,000 .*\$0\.25$/)
    assert.match(second!, /^…\/a1b2c3d4e5f6 +1 +1,000 .*\$0\.25$/)
    assert.match(total!, /^total +2 +2,000 .*\$0\.50$/)
    assert.isBelow(second!.length, 80)
    assert.include(narrow.join("\n"), "claude-prod\n  requests    1\n  input       1,000\n")
    assert.isBelow(Math.max(...narrow.map(({ length }) => length)), 36)
  })
})
