import * as Digest from "@altimate-code/system/Digest"
import * as AiError from "@effect/ai/AiError"
import type * as LanguageModel from "@effect/ai/LanguageModel"
import * as Prompt from "@effect/ai/Prompt"
import * as Tool from "@effect/ai/Tool"
import * as Toolkit from "@effect/ai/Toolkit"
import * as NodeContext from "@effect/platform-node/NodeContext"
import { assert, layer } from "@effect/vitest"
import * as Chunk from "effect/Chunk"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Logger from "effect/Logger"
import * as Schema from "effect/Schema"
import * as Stream from "effect/Stream"
import * as Approver from "../../src/permission/Approver.ts"
import * as PermissionPolicy from "../../src/permission/PermissionPolicy.ts"
import * as History from "../../src/session/History.ts"
import type { Entry, Line } from "../../src/session/Session.ts"
import { ToolCall, ToolFailure, ToolOutput } from "../../src/tools/ToolCall.ts"
import { ToolOrigin } from "../../src/tools/ToolOrigin.ts"
import type { ModelProvider, Refusal } from "../../src/turn/ModelProvider.ts"
import * as Turn from "../../src/turn/Turn.ts"
import type { TurnEvent } from "../../src/turn/TurnEvent.ts"
import { faults } from "../conversation.ts"
import { call, finish, scripted, type Step, text } from "../model.ts"
import { assistant, makeSessions, result, started, summary, user } from "../sessions.ts"

const tool = (name: string) =>
  Tool.make(name, {
    parameters: { what: Schema.String },
    success: ToolOutput,
    failure: ToolFailure,
    failureMode: "return",
    dependencies: [ToolCall]
  })

const toolkit = Toolkit.make(
  tool("look"),
  tool("web_search").annotate(ToolOrigin, { server: "web", tool: "search" }),
  tool("web_open").annotate(ToolOrigin, { server: "web", tool: "open" }),
  tool("crm_find").annotate(ToolOrigin, { server: "crm", tool: "find" })
)
/** `look` returns an image for `x.png`, and a text of 1000 characters for `x#1000`. */
const answer = ({ what }: { readonly what: string }): ToolOutput => ({
  content: what.endsWith(".png")
    ? [file(what)]
    : [{ type: "text", text: `saw ${what}${"x".repeat(Number(what.split("#")[1] ?? 0))}` }],
  summary: ""
})
const handlers = toolkit.toLayer({
  look: (params) => Effect.succeed(answer(params)),
  web_search: (params) => Effect.succeed(answer(params)),
  web_open: (params) => Effect.succeed(answer(params)),
  crm_find: (params) => Effect.succeed(answer(params))
})

/** An image whose bytes are its name. */
const file = (fileName: string) => ({
  type: "file" as const,
  mediaType: "image/png",
  fileName,
  data: Buffer.from(fileName).toString("base64")
})
const image = (name: string) => Prompt.filePart(file(name))

const refused = (refusal: Refusal, description = "ValidationException: No."): Step => ({
  parts: [],
  fails: new AiError.UnknownError({ module: "t", method: "t", description, cause: refusal })
})
const tooLong = (limit?: number): Step =>
  refused({ _tag: "TooLong", unit: "tokens", ...(limit === undefined ? {} : { size: limit + 10, limit }) })
const says = (words: string, usage: Parameters<typeof finish>[1] = {}): Step => ({
  parts: [...text(words), finish("stop", usage)]
})
const calls = (name: string, ...what: ReadonlyArray<string>): Step => ({
  parts: [...what.map((what) => call(what, name, { what })), finish("tool-calls")]
})

const provider = (model = "m"): ModelProvider => ({
  model,
  refusal: (error) => "cause" in error ? error.cause as Refusal | undefined : undefined,
  canRetryAnswer: () => false,
  isOverloaded: () => false,
  reportWaits: (effect) => effect,
  describeIntervention: (metadata) =>
    metadata["test"]?.["blocked"] === undefined
      ? undefined
      : { text: "A guardrail blocked it.", isPromptBlocked: metadata["test"]["blocked"] === "prompt" },
  isFull: (metadata) => metadata["test"]?.["full"] === true,
  computeCost: () => undefined,
  maxCost: undefined,
  notices: Effect.succeed([])
})
const full = (words: string): Step => ({
  parts: [...(words === "" ? [] : text(words)), {
    type: "finish",
    reason: "length",
    usage: { inputTokens: 10, outputTokens: 1, totalTokens: 11 },
    metadata: { test: { full: true } }
  }]
})

interface Setting {
  readonly lines?: ReadonlyArray<Entry>
  readonly steps: ReadonlyArray<Step>
  readonly prompts?: ReadonlyArray<string | ReadonlyArray<Prompt.UserMessagePart>>
  readonly window?: number
  readonly model?: string
}

/** Plays turns in a session that holds these lines already, and answers with all that can be seen of them. */
const play = ({ lines = [], model, prompts = ["go"], steps, window }: Setting) =>
  Effect.gen(function*() {
    const { sessions } = yield* makeSessions
    const session = yield* sessions.create("/project")
    yield* Effect.forEach(lines, session.append)
    const seen: Array<LanguageModel.ProviderOptions> = []
    const services = Layer.mergeAll(
      scripted(steps, seen),
      PermissionPolicy.neverAsk("A test allows everything.").pipe(Layer.provide(PermissionPolicy.layer)),
      Approver.declineAll("Nobody.")
    )
    const events: Array<TurnEvent> = []
    yield* Effect.gen(function*() {
      for (const prompt of prompts) {
        const turn = Turn.run({
          session,
          input: typeof prompt === "string" ? [Prompt.textPart({ text: prompt })] : prompt,
          system: undefined,
          toolkit: yield* toolkit,
          maxSteps: 30,
          provider: provider(model),
          ...(window === undefined ? {} : { contextWindow: window })
        })
        events.push(...Chunk.toReadonlyArray(yield* Stream.runCollect(turn)))
      }
    }).pipe(Effect.provide(Layer.merge(services, handlers)))
    for (const { prompt } of seen) assert.deepStrictEqual(faults(prompt), [])
    return {
      events,
      seen,
      asked: seen.map(({ prompt }) => JSON.stringify(prompt)),
      lines: yield* session.entries,
      notices: events.flatMap((event) => event.type === "notice" ? [event.text] : []),
      end: events.at(-1)!
    }
  })

const count = (lines: ReadonlyArray<Line>, type: Line["type"]) => lines.filter((line) => line.type === type).length
const long = (word: string, tokens: number) => `${word} ${"x".repeat(tokens * 4)}`
const texts = (events: ReadonlyArray<TurnEvent>) =>
  events.map((event) => event.type === "text" ? event.text : "").join("")

layer(Layer.merge(NodeContext.layer, Logger.remove(Logger.defaultLogger)))("a request that is too long", (it) => {
  const older = [
    user("first"),
    assistant("I run.", "a"),
    started("a"),
    result("a", long("found", 2000)),
    assistant("one"),
    user("second"),
    assistant("two")
  ]

  it.scoped("is retried once per turn after compaction, even if the context window is unknown", () =>
    Effect.gen(function*() {
      const { asked, end, events, lines, notices } = yield* play({
        lines: older,
        steps: [tooLong(), says("They spoke."), says("done")]
      })
      assert.strictEqual(end.type, "finished")
      assert.strictEqual(texts(events), "done")
      assert.include(asked[2], "They spoke.")
      assert.include(asked[2], "go")
      assert.notInclude(asked[2], "xxxx")
      assert.lengthOf(notices, 1)
      assert.include(notices[0], "too long")
      assert.deepStrictEqual([count(lines, "summary"), count(lines, "notice"), count(lines, "limit")], [1, 1, 1])

      const again = yield* play({ lines: older, steps: [tooLong(), says("They spoke."), tooLong(), says("never")] })
      assert.strictEqual(again.end.type, "failed")
      assert.strictEqual(again.seen.length, 3)
    }))

  it.scoped("fails the turn if nothing older can be compacted; the next prompt works", () =>
    Effect.gen(function*() {
      const { asked, end, events, seen } = yield* play({
        prompts: [long("huge", 5000), "small"],
        steps: [tooLong(), tooLong(), says("They pasted something."), says("done")]
      })
      assert.isTrue(events.some(({ type }) => type === "failed"))
      assert.strictEqual(end.type, "finished")
      assert.strictEqual(seen.length, 4)
      assert.notInclude(asked[3], "xxxx")
      assert.include(asked[3], "small")
    }))

  it.scoped("reveals this model's limit, so that later requests are compacted in time", () =>
    Effect.gen(function*() {
      const learn = yield* play({ lines: older, steps: [tooLong(1000), says("They spoke."), says("done")] })
      assert.include(learn.notices[0], "1,010 tokens, at most 1,000")
      const limit = learn.lines.find((line) => line.type === "limit")
      assert.deepInclude(limit!, { unit: "tokens", size: 1000, model: "m" })

      const known = [...learn.lines.slice(1) as ReadonlyArray<Entry>, user("more"), {
        ...assistant("much") as Extract<Entry, { type: "assistant" }>,
        usage: { input: 900, output: 0, cacheRead: 0, cacheWrite: 0 }
      }]
      const next = yield* play({ lines: known, steps: [says("In short."), says("done")] })
      assert.strictEqual(next.seen.length, 2)
      assert.strictEqual(count(next.lines, "summary"), 2)
      const other = yield* play({ lines: known, model: "other", steps: [says("done")] })
      assert.strictEqual(count(other.lines, "summary"), 1)
    }))

  it.scoped("assumes the size of the last accepted request if the provider reports no limit", () =>
    Effect.gen(function*() {
      const step = (index: number) => calls("look", `${index}#8000`)
      const { end, lines, seen } = yield* play({
        steps: [
          ...[1, 2, 3, 4].map(step),
          tooLong(),
          says("They looked."),
          ...[5, 6, 7].map(step),
          // The turn's only way back was taken: this one is made in time.
          says("They looked more."),
          ...[8, 9].map(step),
          says("done")
        ]
      })
      assert.strictEqual(end.type, "finished", JSON.stringify(end).slice(0, 300))
      assert.strictEqual(count(lines, "summary"), 2)
      assert.strictEqual(count(lines, "limit"), 1)
      const limit = lines.find((line) => line.type === "limit")
      assert.isTrue(limit?.type === "limit" && limit.assumed)
      assert.isBelow(Math.max(...seen.slice(5).map(({ prompt }) => JSON.stringify(prompt).length)), 27_000)
    }))

  it.scoped("is measured in bytes with its attachments, which a summary leaves out", () =>
    Effect.gen(function*() {
      const picture = Prompt.filePart({ ...file("big.png"), data: "A".repeat(400_000) })
      const withPicture = (words: string): Entry => ({
        type: "user",
        message: Prompt.userMessage({ content: [Prompt.textPart({ text: words }), picture] }),
        time: ""
      })
      const { asked, end, lines } = yield* play({
        lines: [
          withPicture("one"),
          assistant("a"),
          withPicture("two"),
          assistant("b"),
          withPicture("three"),
          assistant("c")
        ],
        steps: [refused({ _tag: "TooLong", unit: "bytes" }), says("They saw pictures."), says("done")]
      })
      assert.strictEqual(end.type, "finished")
      assert.isBelow(asked[1]!.length, 10_000)
      assert.include(asked[1], "the image \\\"big.png\\\"")
      assert.isBelow(asked[2]!.length, 10_000)
      const limit = lines.find((line) => line.type === "limit")
      assert.isTrue(limit?.type === "limit" && limit.unit === "bytes" && limit.size > 800_000)
    }))

  it.scoped("is summarized in pieces, each with the previous summary, if the summary request is too long as well", () =>
    Effect.gen(function*() {
      const many = Array.from(
        { length: 8 },
        (_, index) => [user(long(`question ${index}`, 300)), assistant(`answer ${index}`)]
      ).flat()
      const { asked, end } = yield* play({
        lines: many,
        steps: [
          tooLong(1300),
          ...Array.from({ length: 4 }, (_, index) => says(`Summary ${index}.`)),
          says("done")
        ]
      })
      assert.strictEqual(end.type, "finished", JSON.stringify(end).slice(0, 300))
      const pieces = asked.slice(1, -1)
      assert.isAbove(pieces.length, 1)
      pieces.forEach((piece, index) => {
        assert.isBelow(piece.length, 5000)
        if (index > 0) assert.include(piece, `Summary ${index - 1}.`)
      })
      for (let index = 0; index < 7; index++) {
        assert.lengthOf(pieces.filter((piece) => piece.includes(`question ${index}`)), 1)
      }
      assert.include(asked.at(-1), `Summary ${pieces.length - 1}.`)
    }))

  it.scoped("halves refused pieces of the summary and gives up eventually", () =>
    Effect.gen(function*() {
      const { asked, end, lines } = yield* play({
        lines: older,
        steps: [tooLong(), tooLong(), says("Half."), says("done")]
      })
      assert.strictEqual(end.type, "finished")
      assert.strictEqual(count(lines, "summary"), 1)
      assert.isBelow(asked[2]!.length, asked[1]!.length * 0.7)
      const never = yield* play({ lines: older, steps: Array.from({ length: 20 }, () => tooLong()) })
      assert.strictEqual(never.end.type, "failed")
      assert.isAtMost(never.seen.length, 6)
    }))

  it.scoped("is compacted if the window fills up during an answer, which then continues", () =>
    Effect.gen(function*() {
      const { asked, end, events } = yield* play({
        lines: older,
        steps: [full("Half an "), says("They spoke."), says("answer.")]
      })
      assert.strictEqual(texts(events), "Half an answer.")
      assert.deepInclude(end, { type: "finished", reason: "stop" })
      assert.include(asked[2], "Half an ")
      assert.include(asked[2], "cut off")

      const nothing = yield* play({ lines: older, steps: [full(""), says("They spoke."), says("done")] })
      assert.strictEqual(texts(nothing.events), "done")
      assert.include(nothing.asked[2], "go")
      const alone = yield* play({ steps: [full("")] })
      assert.deepInclude(alone.end, { type: "finished", reason: "length", isEmpty: true })
    }))
})

layer(Layer.merge(NodeContext.layer, Logger.remove(Logger.defaultLogger)))("a context that is nearly full", (it) => {
  const used = (input: number, words = "ok") => says(words, { inputTokens: input, outputTokens: 0, totalTokens: input })

  it.scoped("is compacted once, and reports once that this did not help", () =>
    Effect.gen(function*() {
      const filled = (what: string): Step => ({
        parts: [
          call(what, "look", { what }),
          finish("tool-calls", { inputTokens: 950, outputTokens: 0, totalTokens: 950 })
        ]
      })
      const { lines, notices, seen } = yield* play({
        window: 1000,
        prompts: ["one", "two", "three"],
        steps: [
          filled("a"),
          says("In short."),
          ...["b", "c", "d", "e", "f", "g"].map(filled),
          used(950),
          filled("h"),
          used(950),
          used(950)
        ]
      })
      assert.strictEqual(count(lines, "summary"), 1)
      assert.strictEqual(seen.length, 12)
      assert.deepStrictEqual(notices.filter((text) => text.includes("did not free enough context")).length, 1)
      assert.match(notices.at(-1)!, /9\d\d of 1k tokens are in use/)
    }))

  it.scoped("is compacted repeatedly as long as that helps", () =>
    Effect.gen(function*() {
      const { lines } = yield* play({
        window: 1000,
        prompts: ["one", "two", "three", "four", "five"],
        steps: [used(900), says("S1"), used(300), used(900), says("S2"), used(300), used(500)]
      })
      assert.strictEqual(count(lines, "summary"), 2)
    }))

  it.scoped("stays unchanged if the summary is refused or empty", () =>
    Effect.gen(function*() {
      for (const summary of [refused({ _tag: "Unnamed" }), says(" ")]) {
        const { end, lines, notices } = yield* play({
          window: 1000,
          prompts: ["one", "two", "three"],
          steps: [used(900), summary, ...(summary.fails === undefined ? [] : [summary]), used(900), used(900)]
        })
        assert.strictEqual(end.type, "finished")
        assert.strictEqual(count(lines, "summary"), 0)
        assert.lengthOf(notices, 1)
        assert.include(notices[0], "could not be compacted")
      }
    }))
})

layer(Layer.merge(NodeContext.layer, Logger.remove(Logger.defaultLogger)))("a part that is refused", (it) => {
  const named = (name: string, kind: "image" | "text" = "image"): Step =>
    refused(
      { _tag: "Part", kind, digests: [Digest.of(name)] },
      "ValidationException: messages.2.content.0: Could not process image"
    )
  const unnamed = refused({ _tag: "Part", kind: "image", digests: [] }, "ValidationException: Could not process image")
  const data = (name: string) => file(name).data

  it.scoped("is replaced in all later requests by a note with the reason; other parts stay", () =>
    Effect.gen(function*() {
      const { asked, end, events, lines, notices } = yield* play({
        prompts: ["go", "more"],
        steps: [calls("look", "a.png", "b.png"), named("b.png"), says("done"), says("more")]
      })
      assert.strictEqual(end.type, "finished")
      assert.strictEqual(texts(events), "donemore")
      assert.include(asked[1], data("b.png"))
      for (const later of asked.slice(2)) {
        assert.notInclude(later, data("b.png"))
        assert.include(later, data("a.png"))
        assert.include(later, "(The image \\\"b.png\\\" was left out: messages.2.content.0: Could not process image)")
      }
      assert.lengthOf(notices, 1)
      assert.include(notices[0], "the image \"b.png\"")
      assert.deepStrictEqual([count(lines, "left-out"), count(lines, "notice")], [1, 1])
      // What was read stays in the file.
      assert.include(JSON.stringify(lines), data("b.png"))
    }))

  it.scoped("can be part of the prompt", () =>
    Effect.gen(function*() {
      const { asked, end } = yield* play({
        prompts: [[image("a.png"), Prompt.textPart({ text: "What is this?" })]],
        steps: [unnamed, says("I can't see it.")]
      })
      assert.strictEqual(end.type, "finished")
      assert.notInclude(asked[1], data("a.png"))
      assert.include(asked[1], "What is this?")
    }))

  it.scoped("is guessed if the service names only its kind: first the new parts of that kind, then all", () =>
    Effect.gen(function*() {
      const steps = [calls("look", "old.png"), says("seen"), calls("look", "new.png")]
      const one = yield* play({ prompts: ["one", "two"], steps: [...steps, unnamed, says("done")] })
      assert.include(one.asked.at(-1), data("old.png"))
      assert.notInclude(one.asked.at(-1), data("new.png"))

      const all = yield* play({ prompts: ["one", "two"], steps: [...steps, unnamed, unnamed, says("done")] })
      assert.strictEqual(all.end.type, "finished")
      for (const name of ["old.png", "new.png"]) assert.notInclude(all.asked.at(-1), data(name))

      const never = yield* play({
        prompts: ["one", "two"],
        steps: [...steps, ...Array.from({ length: 9 }, () => unnamed)]
      })
      assert.strictEqual(never.end.type, "failed")
      assert.strictEqual(never.seen.length, 6)
    }))

  it.scoped("stays in the conversation if leaving it out does not help", () =>
    Effect.gen(function*() {
      const { asked, lines, notices } = yield* play({
        prompts: ["go", "more"],
        steps: [calls("look", "a.png"), named("a.png"), refused({ _tag: "Unnamed" }), says("done")]
      })
      assert.deepStrictEqual(notices, [])
      assert.strictEqual(count(lines, "left-out"), 0)
      assert.include(asked.at(-1), data("a.png"))
    }))

  it.scoped("fails the turn if it is the prompt, and is left out before the next prompt", () =>
    Effect.gen(function*() {
      const { asked, end, events } = yield* play({
        prompts: ["bad words", "good words"],
        steps: [named("bad words", "text"), named("bad words", "text"), says("done")]
      })
      assert.strictEqual(events[0]!.type, "failed")
      assert.strictEqual(end.type, "finished")
      assert.notInclude(asked[2], "bad words")
      assert.include(asked[2], "good words")
    }))

  it.scoped("can be the text of a result or reasoning", () =>
    Effect.gen(function*() {
      const { asked } = yield* play({ steps: [calls("look", "a"), named("saw a", "text"), says("done")] })
      assert.notInclude(asked[2], "saw a")
      assert.include(asked[2], "(A text was left out")
      const thinking: Step = {
        parts: [
          { type: "reasoning-start", id: "r" },
          { type: "reasoning-delta", id: "r", delta: "Hm, hm." },
          { type: "reasoning-end", id: "r" },
          call("1", "look", { what: "a" }),
          finish("tool-calls")
        ]
      }
      const thought = refused({ _tag: "Part", kind: "reasoning", digests: [Digest.of("Hm, hm.")] })
      const { asked: without } = yield* play({ steps: [thinking, thought, says("done")] })
      assert.include(without[1], "Hm, hm.")
      assert.notInclude(without[2], "Hm, hm.")
    }))
})

layer(Layer.merge(NodeContext.layer, Logger.remove(Logger.defaultLogger)))("a tool that is refused", (it) => {
  const tool = (name: string) => refused({ _tag: "Tool", name }, "ValidationException: tools.1: no such schema")
  const names = ({ tools }: LanguageModel.ProviderOptions) => tools.map(({ name }) => name)

  it.scoped("is reported with its server and left out for the session", () =>
    Effect.gen(function*() {
      const { lines, notices, seen } = yield* play({
        prompts: ["go", "more"],
        steps: [tool("web_search"), says("done"), says("more")]
      })
      assert.include(notices[0], "the tool \"search\" of the MCP server \"web\" (tools.1: no such schema)")
      for (const later of seen.slice(1)) assert.deepStrictEqual(names(later), ["look", "web_open", "crm_find"])
      assert.strictEqual(count(lines, "left-out"), 1)
    }))

  it.scoped("is left out with its server, then with all servers, if more tools are refused", () =>
    Effect.gen(function*() {
      const { end, seen } = yield* play({
        steps: [tool("web_search"), tool("web_open"), tool("crm_find"), says("done")]
      })
      assert.strictEqual(end.type, "finished")
      assert.deepStrictEqual(seen.map(names), [
        ["look", "web_search", "web_open", "crm_find"],
        ["look", "web_open", "crm_find"],
        ["look", "crm_find"],
        ["look"]
      ])
      const never = yield* play({ steps: Array.from({ length: 9 }, () => tool("web_search")) })
      assert.strictEqual(never.end.type, "failed")
      assert.strictEqual(never.seen.length, 4)
    }))
})

layer(Layer.merge(NodeContext.layer, Logger.remove(Logger.defaultLogger)))(
  "a refusal that does not name the part",
  (it) => {
    const no = refused({ _tag: "Unnamed" })

    it.scoped("fails its turn; if refused again, everything before the next prompt is left out", () =>
      Effect.gen(function*() {
        const { asked, end, events, lines, notices } = yield* play({
          prompts: ["one", "two", "three"],
          steps: [calls("look", "poison"), no, no, says("fine"), says("still fine")]
        })
        assert.lengthOf(events.filter(({ type }) => type === "failed"), 1)
        assert.deepStrictEqual([end.type, texts(events)], ["finished", "finestill fine"])
        assert.include(asked[2], "saw poison")
        for (const later of asked.slice(3)) {
          assert.notInclude(later, "saw poison")
          assert.include(later, "one")
          assert.include(later, "Part of the conversation was left out here")
        }
        assert.deepStrictEqual(notices, [
          "The service refused the request (No.). It was accepted without the last answer and the messages after it, so they are left out from now on."
        ])
        assert.strictEqual(count(lines, "left-out"), 1)
      }))

    it.scoped("reports what is left out before the answer that accepts it", () =>
      Effect.gen(function*() {
        const { events } = yield* play({ prompts: ["one", "two"], steps: [no, no, says("fine")] })
        const shown = events.flatMap(({ type }) => type === "notice" || type === "text" ? [type] : [])
        assert.deepStrictEqual(shown, ["notice", "text"])
      }))

    it.scoped("leaves nothing out, and reports nothing as left out, if that does not help", () =>
      Effect.gen(function*() {
        const { asked, lines, notices } = yield* play({
          prompts: ["one", "two", "three"],
          steps: [no, no, no, says("fine")]
        })
        assert.strictEqual(count(lines, "left-out"), 0)
        assert.deepStrictEqual(notices, [])
        for (const word of ["one", "two", "three"]) assert.include(asked[3], word)
      }))

    it.scoped("never makes a session unusable, whichever line is the cause", () =>
      Effect.gen(function*() {
        const lines = [
          user("one"),
          assistant("I run.", "a", "b"),
          started("a"),
          result("a"),
          result("b"),
          assistant("Done."),
          user("two"),
          summary("so far", 3),
          assistant("Yes."),
          user("three"),
          user("four", true)
        ]
        for (let length = 1; length <= lines.length; length++) {
          // The cause may be in all of what came before.
          for (let refusals = 1; refusals <= 3; refusals++) {
            const steps = Array.from({ length: refusals }, () => no)
            const { asked, end } = yield* play({
              lines: lines.slice(0, length),
              prompts: ["go", "more"],
              steps: [...steps, says("a"), says("b")]
            })
            const last = asked.at(-1)!
            assert.strictEqual(end.type, "finished", `after line ${length} and ${refusals} refusals`)
            assert.include(last, "more")
          }
        }
      }))

    it.scoped("leaves out the whole conversation only as the last resort", () =>
      Effect.gen(function*() {
        const lines = [user("one"), assistant("1"), user("two"), summary("so far", 3), assistant("2"), user("three")]
        const { asked, notices } = yield* play({ lines, steps: [no, no, no, says("fine")] })
        assert.deepStrictEqual(
          asked.map((prompt) => ["so far", "\"2\"", "three", "go"].filter((word) => prompt.includes(word))),
          [["so far", "\"2\"", "three", "go"], ["so far", "\"2\"", "go"], ["so far", "go"], ["go"]]
        )
        // Only what the accepted request lacks is reported.
        assert.deepStrictEqual(notices, [
          "The service refused the request (No.). It was accepted without the earlier messages of this conversation, so they are left out from now on."
        ])
      }))
  }
)

layer(NodeContext.layer)("content that was left out", (it) => {
  it.effect("does not change the line numbers of the session", () =>
    Effect.sync(() => {
      const lines: ReadonlyArray<Entry> = [
        user("one"),
        assistant("I run.", "a"),
        result("a"),
        { type: "left-out", what: { from: 1, to: 3 }, why: "no", time: "" },
        user("two"),
        assistant("Yes."),
        summary("in short", 4)
      ]
      const told = (count: number) => JSON.stringify(History.toPrompt(lines.slice(0, count)))
      assert.notInclude(told(5), "I run.")
      assert.include(told(7), "two")
      assert.notInclude(told(7), "left out here")
    }))
})

layer(NodeContext.layer)("A turn that the provider stopped", (it) => {
  const stopped = (words: string, blocked: "prompt" | "answer"): Step => ({
    parts: [...text(words), {
      type: "finish",
      reason: "content-filter",
      usage: { inputTokens: 10, outputTokens: 1, totalTokens: 11 },
      metadata: { test: { blocked } }
    }]
  })

  it.scoped("says why, and leaves the blocked prompt out of later requests", () =>
    Effect.gen(function*() {
      const { asked, events } = yield* play({
        prompts: ["first", "second", "third"],
        steps: [says("One."), stopped("No.", "prompt"), says("Three.")]
      })
      assert.deepInclude(events.find((event) => event.type === "finished" && event.reason === "content-filter")!, {
        why: "A guardrail blocked it."
      })
      assert.include(asked[2]!, "first")
      assert.notInclude(asked[2]!, "second")
      assert.include(asked[2]!, "third")
    }))

  it.scoped("leaves out only the calls whose results were blocked", () =>
    Effect.gen(function*() {
      const { asked } = yield* play({
        prompts: ["first", "second"],
        steps: [calls("look", "kept"), calls("look", "poison"), stopped("No.", "prompt"), says("Done.")]
      })
      assert.include(asked[3]!, "first")
      assert.include(asked[3]!, "kept")
      assert.notInclude(asked[3]!, "poison")
    }))

  it.scoped("leaves nothing out if its answer was blocked", () =>
    Effect.gen(function*() {
      const { asked } = yield* play({ prompts: ["first", "second"], steps: [stopped("No.", "answer"), says("Two.")] })
      assert.include(asked[1]!, "first")
    }))
})
