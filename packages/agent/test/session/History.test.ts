import type * as Prompt from "@effect/ai/Prompt"
import type * as Response from "@effect/ai/Response"
import { assert, describe, it } from "@effect/vitest"
import * as History from "../../src/session/History.ts"
import type { Line } from "../../src/session/Session.ts"
import { faults } from "../conversation.ts"
import { assistant, result, started, summary, user } from "../sessions.ts"

/** The conversation in short: who says what. */
const told = (prompt: Prompt.Prompt) =>
  prompt.content.map((message) => {
    if (message.role === "system") return [message.role, message.content]
    return [
      message.role,
      ...message.content.map((part) => {
        switch (part.type) {
          case "text":
            return part.text
          case "tool-call":
            return `call ${part.id}`
          case "tool-result":
            return `${part.isFailure ? "failed" : "ok"} ${part.id}: ${JSON.stringify(part.result)}`
          default:
            return part.type
        }
      })
    ]
  })

const is = (text: string) => JSON.stringify([{ type: "text", text }])

const part = (fields: unknown) => ({ metadata: {}, ...fields as object }) as Response.AnyPart
const signed = { "some-provider": { signature: "s" } }

describe("An answer of the model", () => {
  it("preserves the metadata of each reasoning part, with or without streaming", () => {
    const streamed = [
      part({ type: "reasoning-start", id: "a" }),
      part({ type: "reasoning-delta", id: "a", delta: "Hm." }),
      part({ type: "reasoning-end", id: "a", metadata: { "some-provider": { signature: "first" } } }),
      part({ type: "text-start", id: "t" }),
      part({ type: "text-delta", id: "t", delta: "Yes" }),
      part({ type: "text-end", id: "t" }),
      part({ type: "reasoning-start", id: "b" }),
      part({ type: "reasoning-end", id: "b", metadata: { "some-provider": { signature: "second" } } })
    ]
    assert.deepStrictEqual(
      History.toAssistantMessage(streamed).content.map((part) => [part.type, part.options]),
      [
        ["reasoning", { "some-provider": { signature: "first" } }],
        ["text", {}],
        ["reasoning", { "some-provider": { signature: "second" } }]
      ]
    )
    const whole = [part({ type: "reasoning", text: "Hm.", metadata: signed }), part({ type: "text", text: "Yes" })]
    const [message] = History.fromResponseParts(whole).content
    assert.isTrue(message?.role === "assistant")
    assert.deepStrictEqual((message as Prompt.AssistantMessage).content[0]?.options, signed)
  })

  it("preserves the metadata of all the parts of a reasoning, whichever has the signature", () => {
    const data = (name: string) => ({ metadata: { "some-provider": { [name]: name } } })
    const optionsOf = (start: object, delta: object, end: object) =>
      History.toAssistantMessage([
        part({ type: "reasoning-start", id: "a", ...start }),
        part({ type: "reasoning-delta", id: "a", delta: "Hm." }),
        part({ type: "reasoning-delta", id: "a", delta: "", ...delta }),
        part({ type: "reasoning-end", id: "a", ...end })
      ]).content[0]?.options
    assert.deepStrictEqual(optionsOf(data("a"), {}, {}), { "some-provider": { a: "a" } })
    assert.deepStrictEqual(optionsOf({}, data("a"), {}), { "some-provider": { a: "a" } })
    assert.deepStrictEqual(
      optionsOf(data("a"), data("b"), { metadata: { "some-provider": { c: "c" }, other: { d: "d" } } }),
      { "some-provider": { a: "a", b: "b", c: "c" }, other: { d: "d" } }
    )
  })

  it("keeps incomplete text if it was cut off, but no incomplete reasoning", () => {
    const cut = History.toAssistantMessage([
      part({ type: "text-start", id: "1" }),
      part({ type: "text-delta", id: "1", delta: "whole." }),
      part({ type: "text-end", id: "1" }),
      part({ type: "reasoning-start", id: "r" }),
      part({ type: "reasoning-delta", id: "r", delta: "and" }),
      part({ type: "text-start", id: "2" }),
      part({ type: "text-delta", id: "2", delta: "hal" })
    ])
    assert.deepStrictEqual(cut.content.map((part) => part.type === "text" ? part.text : part.type), ["whole.", "hal"])
    assert.deepStrictEqual(History.toAssistantMessage([part({ type: "text-start", id: "1" })]).content, [])
  })
})

describe("The next request", () => {
  it("has each answer's results right after it, in the order of the calls", () => {
    const lines = [
      user("go"),
      assistant("I run.", "a", "b"),
      started("a"),
      started("b"),
      result("b", "second"),
      result("a", "first", "failed"),
      assistant("Done.")
    ]
    assert.deepStrictEqual(told(History.toPrompt(lines)), [
      ["user", "go"],
      ["assistant", "I run.", "call a", "call b"],
      ["tool", `failed a: ${is("first")}`, `ok b: ${is("second")}`],
      ["assistant", "Done."]
    ])
  })

  it("finds a result even after a prompt that was entered during the call", () => {
    const lines = [user("go"), assistant("", "a"), started("a"), user("I ran ls: x"), result("a"), assistant("ok")]
    assert.deepStrictEqual(told(History.toPrompt(lines)), [
      ["user", "go"],
      ["assistant", "call a"],
      ["tool", `ok a: ${is("did a")}`],
      ["user", "I ran ls: x"],
      ["assistant", "ok"]
    ])
  })

  it("does not confuse the results of calls with the same ID in different answers", () => {
    const lines = [user("go"), assistant("", "a"), assistant("", "a"), result("a", "second")]
    assert.deepStrictEqual(told(History.toPrompt(lines)).filter(([role]) => role === "tool"), [
      ["tool", `failed a: ${JSON.stringify("This call has no result: it was interrupted.")}`],
      ["tool", `ok a: ${is("second")}`]
    ])
  })

  it("gives each of two calls with the same ID its own result", () => {
    const lines = [user("go"), assistant("", "", ""), result("", "first"), result("", "second"), assistant("", "")]
    assert.deepStrictEqual(told(History.toPrompt(lines)).filter(([role]) => role === "tool"), [
      ["tool", `ok : ${is("first")}`, `ok : ${is("second")}`],
      ["tool", `failed : ${JSON.stringify("This call has no result: it was interrupted.")}`]
    ])
  })

  it("leaves out an answer that is empty or has only reasoning", () => {
    const answer = (...parts: ReadonlyArray<unknown>): Line => ({
      ...assistant("") as Extract<Line, { type: "assistant" }>,
      message: History.toAssistantMessage(parts.map(part))
    })
    const lines = [
      user("go"),
      answer(),
      answer({ type: "text", text: " \n" }),
      answer({ type: "reasoning", text: "Hm.", metadata: signed }),
      answer({ type: "reasoning", text: "Hm.", metadata: signed }, { type: "text", text: "Yes" })
    ]
    assert.deepStrictEqual(told(History.toPrompt(lines)), [["user", "go"], ["assistant", "reasoning", "Yes"]])
  })

  it("starts with the last summary and the lines that it kept", () => {
    const lines = [
      user("one"),
      assistant("1"),
      { type: "unknown" } as const,
      user("two"),
      assistant("2"),
      summary("old", 3),
      user("three"),
      assistant("3"),
      summary("newer", 6),
      assistant("4", "a"),
      result("a")
    ]
    assert.deepStrictEqual(told(History.toPrompt(lines)), [
      ["user", "Summary of the conversation so far:\n\nnewer"],
      ["user", "three"],
      ["assistant", "3"],
      ["assistant", "4", "call a"],
      ["tool", `ok a: ${is("did a")}`]
    ])
  })

  it("can be sent after any line of a session", () => {
    const lines = [
      user("go"),
      assistant("I run.", "a", "b"),
      started("a"),
      result("a"),
      result("b"),
      assistant("", "c"),
      result("c", "no", "denied"),
      summary("so far", 5),
      assistant("Done."),
      user("more"),
      user("again", true),
      assistant("Yes.")
    ]
    lines.forEach((_, index) => {
      assert.deepStrictEqual(faults(History.toPrompt(lines.slice(0, index + 1))), [], `after line ${index}`)
    })
  })
})

describe("The context", () => {
  it("is the usage of the last answer plus an estimate for later lines", () => {
    assert.strictEqual(History.estimateContext([]), 0)
    assert.strictEqual(History.estimateContext([user("go"), assistant("yes")]), 116)
    const after = (...lines: ReadonlyArray<Line>) =>
      History.estimateContext([user("go"), assistant("yes", "a"), ...lines]) - 116
    for (const line of [user("x".repeat(4000)), result("a", "x".repeat(4000))]) {
      assert.isAtLeast(after(line), 1000)
      assert.isBelow(after(line), 1100)
    }
    assert.isAbove(after(result("a", "x".repeat(4000)), user("x".repeat(4000))), 2000)
    // What its base64 takes says nothing about a picture.
    const picture = { type: "file", mediaType: "image/png", data: "x".repeat(4_000_000) } as const
    assert.isBelow(after({ ...result("a"), output: { content: [picture], summary: "" } } as Line), 2000)
    assert.strictEqual(History.estimateContext([user("go"), assistant("yes"), summary("so far", 1)]), 0)
    const broken = { ...assistant("br"), usage: { input: 0, output: 0, cacheRead: 0, cacheWrite: 0 } } as Line
    assert.isBelow(after(user("more"), broken), 60)
  })
})
