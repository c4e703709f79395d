import type { TurnEvent } from "@altimate-code/agent/turn/TurnEvent"
import { assert, describe, it } from "@effect/vitest"
import { finished, makeScreen, toolAsked, toolDone } from "./simulatedScreen.ts"

describe("An empty answer", () => {
  it("shows why it ended, for each reason", () => {
    const reasons = ["stop", "length", "content-filter", "error", "unknown", "other"] as const
    const texts = reasons.map((reason) => {
      const { endTurn, press, transcript, turn } = makeScreen()
      press("hello", "\r")
      turn({ ...finished, reason, isEmpty: true })
      endTurn()
      return transcript().replace("› hello", "").trim()
    })
    for (const text of texts) assert.isNotEmpty(text)
    assert.include(texts[1], "token limit")
    assert.include(texts[2], "filter")
  })

  it("shows what the provider says about it", () => {
    for (const answer of [{}, { isEmpty: true }] as const) {
      const { endTurn, press, transcript, turn } = makeScreen()
      press("hello", "\r")
      turn({
        ...finished,
        reason: "content-filter",
        why: "A guardrail blocked the prompt: the denied topic.",
        ...answer
      })
      endTurn()
      assert.include(transcript(), "A guardrail blocked the prompt: the denied topic.")
      assert.notInclude(transcript(), "content filter")
    }
  })

  it("is not reported if a notice already explains it", () => {
    const { endTurn, press, transcript, turn } = makeScreen()
    press("hello", "\r")
    turn({ type: "notice", text: "The model ended the turn without a closing message." }, finished)
    endTurn()
    assert.include(transcript(), "without a closing message")
    assert.notInclude(transcript(), "empty")
  })
})

describe("A turn", () => {
  it("keeps only the unfinished end of the answer in the view", () => {
    const { view, press, transcript, turn } = makeScreen()
    press("hi", "\r")
    turn({ type: "text", text: "First paragraph.\n\nSecond\n" })
    assert.include(transcript(), "First paragraph.")
    assert.notInclude(transcript(), "Second")
    assert.include(view(), "Second")
    turn({ type: "text", text: "one." }, finished)
    assert.include(transcript(), "First paragraph.\n\nSecond\none.")
    assert.notInclude(view(), "Second")
  })

  it("folds reasoning to one line", () => {
    const { view, press, transcript, turn, wait } = makeScreen()
    press("hi", "\r")
    turn({ type: "reasoning", text: "secret thoughts\nin lines" })
    assert.include(view(), "∴ thinking")
    wait(5000)
    turn({ type: "text", text: "Answer." }, finished)
    assert.include(transcript(), "∴ thought for 5s · ctrl-o: show")
    assert.notInclude(transcript(), "secret thoughts")
  })

  it("shows tool calls in order, each with a sign and an outcome", () => {
    const { view, press, transcript, turn } = makeScreen()
    press("hi", "\r")
    turn(
      toolAsked("a"),
      toolAsked("b"),
      { type: "tool-running", id: "a" },
      { type: "tool-running", id: "b" },
      toolDone("b", "denied")
    )
    assert.include(view(), "… read a · running")
    assert.notInclude(transcript(), "read b")
    turn(toolDone("a"))
    assert.include(transcript(), "✓ read a · 3 lines\n⊘ read b · 3 lines")
  })

  it("shows the first lines of a change", () => {
    const { press, transcript, turn } = makeScreen()
    const lines = Array.from({ length: 40 }, (_, index) => `+line ${index}`).join("\n")
    press("hi", "\r")
    turn(toolAsked("a"), toolDone("a", "ok", `--- a/x\n+++ b/x\n@@ -0,0 +1,40 @@\n${lines}\n`))
    assert.include(transcript(), "+ line 0")
    assert.notInclude(transcript(), "+ line 30")
    assert.match(transcript(), /… \d+ more lines · ctrl-o: show/)
  })

  it("shows that it and its calls were interrupted", () => {
    const { endTurn, press, transcript, turn } = makeScreen()
    press("hi", "\r")
    turn({ type: "text", text: "Begun" }, toolAsked("a"))
    endTurn(true)
    assert.include(transcript(), "Begun\n\n■ read a · interrupted\n\n! Interrupted. The answer so far is kept.")
  })

  it("shows durations from two seconds", () => {
    const { view, press, wait } = makeScreen()
    press("hi", "\r")
    wait(1900)
    assert.include(view(), "thinking · esc: stop")
    wait(200)
    assert.include(view(), "thinking 2s · esc: stop")
  })

  it("adds up the session's tokens and costs", () => {
    const { view, press, send, turn } = makeScreen({ columns: 200, rows: 24 })
    send({
      type: "model",
      model: {
        name: "M",
        wire: "m",
        provider: "P",
        contextWindow: 1000,
        region: "",
        gateway: "",
        credential: ""
      } as never
    })
    press("hi", "\r")
    const step = { input: 400, output: 100, cacheRead: 0, cacheWrite: 0 }
    assert.notInclude(view(), "$")
    turn({ type: "usage", step, cost: 0.05, context: 500 }, { type: "usage", step, cost: 0.25, context: 600 })
    assert.include(view(), "context 60% · 1.0k tokens · $0.30")
    // Another model has another price, which does not change what the earlier answers have cost.
    send({
      type: "model",
      model: { name: "N", wire: "n", provider: "P", region: "", gateway: "", credential: "" } as never
    })
    assert.include(view(), "1.0k tokens · $0.30")
    turn({ type: "usage", step, context: 500 })
    assert.include(view(), "1.5k tokens · at least $0.30")
  })
})

describe("The output of a command", () => {
  const lines = Array.from({ length: 30 }, (_, index) => `line ${index + 1}`)
  const done = (outcome: "ok" | "failed", name = "bash"): TurnEvent => ({
    type: "tool-done",
    id: "1",
    name,
    title: "npm test",
    outcome,
    summary: "exit code 1",
    output: `${lines.join("\n")}\n\n(exit code 1)`
  })

  it("is shown live below its call, as it is now", () => {
    const { turn, view } = makeScreen()
    turn(toolAsked("1", "bash", "npm test"), { type: "tool-running", id: "1" })
    turn({ type: "tool-output", id: "1", text: "old" }, { type: "tool-output", id: "1", text: "one\ntwo" })
    assert.match(view(), /bash npm test · running\n {2}one\n {2}two\n/)
    assert.notInclude(view(), "old")
  })

  it("leaves room for the call and the prompt on a small terminal", () => {
    const { turn, view } = makeScreen({ columns: 40, rows: 12 })
    turn(toolAsked("1", "bash", "npm test"), { type: "tool-running", id: "1" })
    turn({ type: "tool-output", id: "1", text: lines.slice(-10).join("\n") })
    assert.include(view(), "bash npm test · running")
    assert.include(view(), "line 30")
    assert.include(view(), "› ")
  })

  it.each(["ok", "failed"] as const)("keeps its last ten lines in the transcript: %s", (outcome) => {
    const { transcript, turn } = makeScreen()
    turn(toolAsked("1", "bash", "npm test"), { type: "tool-running", id: "1" }, done(outcome))
    assert.match(transcript(), /… 20 lines above · ctrl-o: show\n {2}line 21\n/)
    assert.isTrue(transcript().endsWith("line 30"))
  })

  it("is shown for other tools only if they fail", () => {
    for (const [outcome, isShown] of [["ok", false], ["failed", true]] as const) {
      const { transcript, turn } = makeScreen()
      turn(toolAsked("1", "grep", "x"), { type: "tool-running", id: "1" }, done(outcome, "grep"))
      assert.strictEqual(transcript().includes("line 30"), isShown)
    }
  })

  it("of a command of the user's is shown live as well", () => {
    const { press, send, view } = makeScreen()
    press("!make", "\r")
    send({ type: "shell-output", text: "cc -c a.c" })
    assert.match(view(), /! make\n {2}cc -c a\.c/)
  })
})

describe("The line after a turn", () => {
  it("has its duration, tokens and cost, without those of earlier turns", () => {
    const { endTurn, press, transcript, turn, wait } = makeScreen()
    const usage = (input: number, cost: number): TurnEvent => ({
      type: "usage",
      step: { input, output: 0, cacheRead: 0, cacheWrite: 0 },
      cost,
      context: 0
    })
    press("one", "\r")
    turn(usage(1000, 1))
    wait(5000)
    endTurn()
    assert.isTrue(transcript().endsWith("─ 5s · 1.0k tokens · $1.00"))
    press("two", "\r")
    turn(usage(200, 0.25), usage(100, 0.25))
    endTurn()
    assert.isTrue(transcript().endsWith("─ 300 tokens · $0.50"))
  })

  it("is left out if nothing was sent", () => {
    const { endTurn, press, transcript } = makeScreen()
    press("one", "\r")
    endTurn()
    assert.notInclude(transcript(), "tokens")
  })
})
