import * as AiError from "@effect/ai/AiError"
import type * as LanguageModel from "@effect/ai/LanguageModel"
import * as Prompt from "@effect/ai/Prompt"
import type * as Response from "@effect/ai/Response"
import * as Toolkit from "@effect/ai/Toolkit"
import * as NodeContext from "@effect/platform-node/NodeContext"
import { assert, describe, it, layer } from "@effect/vitest"
import * as Chunk from "effect/Chunk"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Logger from "effect/Logger"
import * as Stream from "effect/Stream"
import { makeRepetitionFilter } from "../../src/internal/session/cutAnswer.ts"
import * as Approver from "../../src/permission/Approver.ts"
import * as PermissionPolicy from "../../src/permission/PermissionPolicy.ts"
import type { Line } from "../../src/session/Session.ts"
import * as Transcript from "../../src/session/Transcript.ts"
import { unknown } from "../../src/turn/ModelProvider.ts"
import * as Turn from "../../src/turn/Turn.ts"
import type { TurnEvent } from "../../src/turn/TurnEvent.ts"
import { change } from "../changeTool.ts"
import { faults } from "../conversation.ts"
import { call, finish, scripted, type Step, text } from "../model.ts"
import { makeSessions } from "../sessions.ts"

const toolkit = Toolkit.make(change)

const fails = new AiError.UnknownError({ module: "t", method: "t", description: "ThrottlingException: Too fast." })
const cut = (...parts: ReadonlyArray<Response.StreamPartEncoded>): Step => ({
  parts: [{ type: "response-metadata", id: "r", modelId: "m" }, ...parts],
  fails
})
/** Text whose end never comes. */
const half = (words: string) => text(words).slice(0, 2)
const says = (words: string): Step => ({ parts: [...text(words), finish("stop")] })
const calls = (what: string): Step => ({ parts: [call(what, "change", { what }), finish("tool-calls")] })

interface Setting {
  readonly steps: ReadonlyArray<Step>
  readonly prompts?: ReadonlyArray<string>
  readonly cutAnswers?: "replaced" | "continued"
  readonly midAnswer?: boolean
}

const play = ({ cutAnswers, midAnswer = true, prompts = ["go"], steps }: Setting) => {
  const seen: Array<LanguageModel.ProviderOptions> = []
  return Effect.gen(function*() {
    const { sessions } = yield* makeSessions
    const session = yield* sessions.create("/project")
    const ran: Array<string> = []
    const handlers = toolkit.toLayer({
      change: ({ what }) => Effect.as(Effect.sync(() => ran.push(what)), { content: [], summary: "" })
    })
    const events: Array<TurnEvent> = []
    for (const prompt of prompts) {
      const turn = Turn.run({
        session,
        input: [Prompt.textPart({ text: prompt })],
        system: undefined,
        toolkit: yield* Effect.provide(toolkit, handlers),
        maxSteps: 10,
        provider: { ...unknown, canRetryAnswer: () => midAnswer },
        ...(cutAnswers === undefined ? {} : { cutAnswers })
      })
      events.push(...Chunk.toReadonlyArray(yield* Stream.runCollect(turn)))
    }
    for (const { prompt } of seen) assert.deepStrictEqual(faults(prompt), [])
    return { events, lines: yield* session.entries, ran, requests: seen.map(({ prompt }) => conversation(prompt)) }
  }).pipe(
    Effect.provide(Layer.mergeAll(
      scripted(steps, seen),
      PermissionPolicy.neverAsk("A test allows everything.").pipe(Layer.provide(PermissionPolicy.layer)),
      Approver.declineAll("Nobody.")
    ))
  )
}

/** Each message in one text. */
const conversation = ({ content }: Prompt.Prompt): ReadonlyArray<string> =>
  content.flatMap((message) =>
    message.role === "user" || message.role === "assistant"
      ? [
        `${message.role}: ${
          message.content.map((part) => part.type === "text" ? part.text : `<${part.type}>`).join("")
        }`
      ]
      : [message.role]
  )

const shown = (events: ReadonlyArray<TurnEvent>) =>
  events.map((event) => event.type === "text" ? event.text : event.type === "answer-cut" ? event.mode : event.type)

const answers = (lines: ReadonlyArray<Line>) =>
  lines.flatMap((line) =>
    line.type === "assistant"
      ? [[line.cut, line.message.content.map((part) => part.type === "text" ? part.text : `<${part.type}>`).join("")]]
      : []
  )

layer(Layer.merge(NodeContext.layer, Logger.remove(Logger.defaultLogger)))("an answer that is cut off", (it) => {
  it.scoped("is retried from the start if no text was reported", () =>
    Effect.gen(function*() {
      const reasoning: ReadonlyArray<Response.StreamPartEncoded> = [
        { type: "reasoning-start", id: "1" },
        { type: "reasoning-delta", id: "1", delta: "Hm." },
        { type: "reasoning-end", id: "1" }
      ]
      const unfinished = { type: "tool-params-start", id: "a", name: "change" } as const
      for (const cutAnswers of ["replaced", "continued"] as const) {
        for (
          const parts of [[], reasoning, reasoning.slice(0, 2), [unfinished], [call("a", "change", { what: "a" })]]
        ) {
          const { events, lines, ran, requests } = yield* play({
            cutAnswers,
            steps: [cut(...parts), calls("a"), says("Done.")]
          })
          assert.deepStrictEqual(requests.slice(0, 2), [["user: go"], ["user: go"]])
          assert.deepStrictEqual(ran, ["a"])
          const cuts = events.filter(({ type }) => type === "answer-cut")
          assert.deepStrictEqual(cuts, [{
            type: "answer-cut",
            mode: "replaced",
            hasText: false,
            message: "Too fast."
          }])
          assert.strictEqual(events.filter(({ type }) => type === "tool-asked").length, 1)
          assert.strictEqual(events.at(-1)?.type, "finished")
          assert.deepStrictEqual(answers(lines).at(-1), [undefined, "Done."])
        }
      }
    }))

  it.scoped("is replaced if its text can be withdrawn; both answers are saved, and only the new one is sent later", () =>
    Effect.gen(function*() {
      const { events, lines, ran, requests } = yield* play({
        steps: [
          cut(...half("I wri"), call("a", "change", { what: "a" })),
          { parts: [...text("I write."), call("a", "change", { what: "a" }), finish("tool-calls")] },
          says("Done."),
          says("Yes.")
        ],
        prompts: ["go", "really?"]
      })
      assert.deepStrictEqual(shown(events).slice(0, 4), ["I wri", "replaced", "I write.", "tool-asked"])
      assert.deepStrictEqual(ran, ["a"])
      assert.deepStrictEqual(requests[1], ["user: go"])
      assert.deepStrictEqual(requests[3], [
        "user: go",
        "assistant: I write.<tool-call>",
        "tool",
        "assistant: Done.",
        "user: really?"
      ])
      assert.deepStrictEqual(answers(lines)[0], ["replaced", "I wri"])
      assert.include(Transcript.toMarkdown(lines), "I wri\n\n*(cut off, then replaced)*\n\nI write.")
    }))

  it.scoped("is continued if its text can't be withdrawn; only new text is reported", () =>
    Effect.gen(function*() {
      const { events, lines, requests } = yield* play({
        cutAnswers: "continued",
        steps: [
          cut(...half("The quick brown fox "), call("a", "change", { what: "a" })),
          { parts: [...text("brown ", "fox jumps over "), finish("stop")] },
          says("Yes.")
        ],
        prompts: ["go", "really?"]
      })
      assert.deepStrictEqual(shown(events).slice(0, 3), ["The quick brown fox ", "continued", "jumps over "])
      const [, second, third] = requests
      assert.deepStrictEqual(second!.slice(0, 2), ["user: go", "assistant: The quick brown fox "])
      assert.include(second![2]!, "\"The quick brown fox \"")
      assert.lengthOf(second!, 3)
      assert.deepStrictEqual(third!.slice(3), ["assistant: jumps over ", "user: really?"])
      assert.deepStrictEqual(answers(lines).slice(0, 2), [["continued", "The quick brown fox "], [
        undefined,
        "jumps over "
      ]])
      assert.notInclude(Transcript.toMarkdown(lines), "last words")
    }))

  it.scoped("is complete if the model adds nothing", () =>
    Effect.gen(function*() {
      const { events, requests } = yield* play({
        cutAnswers: "continued",
        steps: [cut(...text("All of it.")), { parts: [finish("stop")] }]
      })
      assert.lengthOf(requests, 2)
      const end = events.at(-1)
      assert.isTrue(end?.type === "finished" && end.reason === "stop" && end.isEmpty === undefined)
    }))

  it.scoped("is retried twice per turn; after that, the turn fails and the partial answer is saved", () =>
    Effect.gen(function*() {
      const { events, lines, requests } = yield* play({
        cutAnswers: "continued",
        steps: [cut(...half("One, ")), cut(...half("two, ")), cut(...half("three")), says("Never.")],
        prompts: ["count"]
      })
      assert.deepStrictEqual(shown(events), ["One, ", "continued", "two, ", "continued", "three", "failed"])
      assert.include(requests[2]!.at(-1)!, "\"One, two, \"")
      assert.deepStrictEqual(answers(lines), [["continued", "One, "], ["continued", "two, "], [undefined, "three"]])
      const last = lines.findLast(({ type }) => type === "assistant")
      assert.isTrue(last?.type === "assistant" && last.interrupted)
    }))

  it.scoped("counts toward the retry limit of the whole turn", () =>
    Effect.gen(function*() {
      const { events, ran } = yield* play({
        steps: [cut(), calls("a"), cut(), calls("b"), cut(), says("Never.")]
      })
      assert.deepStrictEqual(ran, ["a", "b"])
      assert.strictEqual(events.at(-1)?.type, "failed")
    }))

  it.scoped("fails the turn if it may not be retried or never started", () =>
    Effect.gen(function*() {
      const off = yield* play({ midAnswer: false, steps: [cut(...half("One, ")), says("Never.")] })
      assert.deepStrictEqual(shown(off.events), ["One, ", "failed"])
      // Before the first part the provider itself has tried again already.
      const refused = yield* play({ steps: [{ parts: [], fails }, says("Never.")] })
      assert.deepStrictEqual(shown(refused.events), ["failed"])
    }))
})

describe("makeRepetitionFilter", () => {
  const continued = (said: string, ...deltas: ReadonlyArray<string>): string => {
    const next = makeRepetitionFilter(said)
    return text(...deltas).flatMap((part) => next(part as Parameters<typeof next>[0])).map((part) =>
      part.type === "text-delta" ? part.delta : ""
    ).join("")
  }

  it("removes text that the model repeats", () => {
    const said = "It was the best of times, it was the worst of "
    assert.strictEqual(continued(said, "times."), "times.")
    assert.strictEqual(continued(said, "it was the", " worst of times."), "times.")
    assert.strictEqual(continued(said, said, "times."), "times.")
    assert.strictEqual(continued(said, said), "")
    assert.strictEqual(continued("One ", "One two"), "two")
  })

  it("keeps text that is only similar", () => {
    assert.strictEqual(continued("a bana", "na split"), "na split")
    assert.strictEqual(continued("| a |\n|----------------", "----------------|"), "----------------|")
    assert.strictEqual(continued("it was the worst of times", "it was the best"), "it was the best")
    assert.strictEqual(continued("", "it was"), "it was")
    assert.strictEqual(continued("one two three ", " "), " ")
  })
})
