import * as AiError from "@effect/ai/AiError"
import type * as LanguageModel from "@effect/ai/LanguageModel"
import * as Prompt from "@effect/ai/Prompt"
import type * as Response from "@effect/ai/Response"
import * as Toolkit from "@effect/ai/Toolkit"
import * as NodeContext from "@effect/platform-node/NodeContext"
import { assert, layer } from "@effect/vitest"
import * as Chunk from "effect/Chunk"
import * as Effect from "effect/Effect"
import * as Fiber from "effect/Fiber"
import * as Layer from "effect/Layer"
import * as Logger from "effect/Logger"
import * as Stream from "effect/Stream"
import * as Approver from "../../src/permission/Approver.ts"
import * as PermissionPolicy from "../../src/permission/PermissionPolicy.ts"
import type { Entry, Session } from "../../src/session/Session.ts"
import * as Spending from "../../src/session/Spending.ts"
import * as Compaction from "../../src/turn/Compaction.ts"
import { type ModelProvider, unknown } from "../../src/turn/ModelProvider.ts"
import * as Turn from "../../src/turn/Turn.ts"
import type { TurnEvent } from "../../src/turn/TurnEvent.ts"
import { change } from "../changeTool.ts"
import { call, finish, scripted, type Step, text } from "../model.ts"
import { assistant, makeSessions, user } from "../sessions.ts"

/** A dollar for each output token. */
const provider: ModelProvider = { ...unknown, model: "m", computeCost: ({ usage }) => usage.output }
const limited = (maxCost: number): ModelProvider => ({ ...provider, maxCost })
const unpriced: ModelProvider = { ...provider, model: "other", computeCost: () => undefined }

const costs = (dollars: number) => finish("stop", { inputTokens: 1, outputTokens: dollars, totalTokens: dollars + 1 })
const says = (words: string, dollars: number): Step => ({ parts: [...text(words), costs(dollars)] })
const begins: Response.StreamPartEncoded = { type: "response-metadata", id: "r", modelId: "m" }
const half = (words: string) => text(words).slice(0, 2)
const fails = new AiError.UnknownError({ module: "t", method: "t", description: "ThrottlingException: Too fast." })

const makeSession = Effect.flatMap(makeSessions, ({ sessions }) => sessions.create("/project"))

/** Runs turns of a session with the same model. */
const makeTurn = (session: Session, steps: ReadonlyArray<Step>) => {
  const seen: Array<LanguageModel.ProviderOptions> = []
  const toolkit = Toolkit.make(change)
  const handlers = toolkit.toLayer({ change: () => Effect.succeed({ content: [], summary: "" }) })
  const context = Layer.mergeAll(
    scripted(steps, seen),
    PermissionPolicy.neverAsk("A test allows everything.").pipe(Layer.provide(PermissionPolicy.layer)),
    Approver.declineAll("Nobody.")
  )
  const stream = (provider: ModelProvider) =>
    Stream.unwrap(
      Effect.map(Effect.provide(toolkit, handlers), (toolkit) =>
        Turn.run({
          session,
          input: [Prompt.textPart({ text: "go" })],
          system: undefined,
          toolkit,
          maxSteps: 9,
          provider
        }))
    )
  return Effect.map(Layer.build(context), (context) => ({
    seen,
    stream: (provider: ModelProvider) => Stream.provideContext(stream(provider), context),
    run: (provider: ModelProvider) =>
      stream(provider).pipe(
        Stream.provideContext(context),
        Stream.runCollect,
        Effect.map((events): ReadonlyArray<TurnEvent> => Chunk.toReadonlyArray(events))
      )
  }))
}

const summarized = (session: Session) =>
  Effect.map(session.entries, (lines) => {
    const { cost, requests, unpriced, unreported } = Spending.sum(lines)
    return { cost, requests, unpriced, unreported }
  })

layer(Layer.merge(NodeContext.layer, Logger.remove(Logger.defaultLogger)))("the cost of a session", (it) => {
  it.scoped("is stored with each answer, at the price of its own model", () =>
    Effect.gen(function*() {
      const session = yield* makeSession
      const { run } = yield* makeTurn(session, [says("one", 2), says("two", 3), says("three", 4)])
      const events = yield* run(provider)
      assert.deepInclude(events.find(({ type }) => type === "usage"), { cost: 2 })
      // A price that changes later does not change the past.
      yield* run({ ...provider, computeCost: ({ usage }) => usage.output * 10 })
      yield* run(unpriced)
      const lines = yield* session.entries
      assert.deepStrictEqual(lines.flatMap((line) => line.type === "assistant" ? [[line.model, line.cost]] : []), [
        ["m", 2],
        ["m", 30],
        ["other", undefined]
      ])
      const total = Spending.sum(lines)
      assert.strictEqual(Spending.describe(total), "at least $32.00")
      assert.deepStrictEqual([...Spending.sumByModel(lines)].map(([model, { cost }]) => [model, cost]), [
        ["m", 32],
        ["other", 0]
      ])
    }))

  it.scoped("counts an answer that was cut off, with or without usage, and its retry", () =>
    Effect.gen(function*() {
      const session = yield* makeSession
      const retrying: ModelProvider = { ...provider, canRetryAnswer: () => true }
      const { run } = yield* makeTurn(session, [
        // Nothing that can be stored has arrived, and no usage.
        { parts: [begins, { type: "reasoning-start", id: "1" }], fails },
        { parts: [begins, ...half("so"), costs(5)], fails },
        says("whole", 7)
      ])
      const events = yield* run(retrying)
      assert.deepStrictEqual(
        events.map((event) => event.type === "usage" ? event.cost : event.type),
        ["answer-cut", "text", "answer-cut", 5, "text", 7, "finished"]
      )
      assert.deepStrictEqual(yield* summarized(session), { cost: 12, requests: 3, unpriced: 0, unreported: 1 })
      const finished = events.at(-1)
      assert.strictEqual(finished?.type === "finished" ? finished.spending.cost : 0, 12)
    }))

  it.scoped("counts a request that fails after it was answered in part", () =>
    Effect.gen(function*() {
      const session = yield* makeSession
      const { run } = yield* makeTurn(session, [{ parts: [begins, costs(3)], fails }])
      const events = yield* run(provider)
      assert.deepStrictEqual(events.map(({ type }) => type), ["usage", "failed"])
      assert.deepStrictEqual(yield* summarized(session), { cost: 3, requests: 1, unpriced: 0, unreported: 0 })
    }))

  it.scoped("does not count a request that was refused", () =>
    Effect.gen(function*() {
      const session = yield* makeSession
      yield* (yield* makeTurn(session, [{ parts: [], fails }])).run(provider)
      assert.deepStrictEqual(yield* summarized(session), { cost: 0, requests: 0, unpriced: 0, unreported: 0 })
    }))

  for (const [when, parts] of [["before", []], ["during", [begins, ...text("I")]]] as const) {
    it.scoped(`marks an answer that the user interrupts ${when} its text`, () =>
      Effect.gen(function*() {
        const session = yield* makeSession
        const { seen, stream } = yield* makeTurn(session, [says("one", 2), { parts, hangs: true }])
        yield* Stream.runDrain(stream(provider))
        const fiber = yield* Effect.fork(Stream.runDrain(stream(provider)))
        yield* Effect.repeat(Effect.yieldNow(), { until: () => seen.length === 2 })
        yield* Fiber.interrupt(fiber)
        const lines = yield* session.entries
        assert.strictEqual(Spending.describe(Spending.sum(lines)), "at least $2.00")
        assert.deepStrictEqual(yield* summarized(session), { cost: 2, requests: 2, unpriced: 0, unreported: 1 })
      }))
  }

  it.scoped("stops a turn before the next request once the limit is reached, and continues with a higher one", () =>
    Effect.gen(function*() {
      const session = yield* makeSession
      const calls: Step = { parts: [call("1", "change", { what: "a" }), costs(5)] }
      const { run, seen } = yield* makeTurn(session, [calls, says("done", 1)])
      const events = yield* run(limited(5))
      const failed = events.at(-1)
      assert.deepInclude(failed?.type === "failed" ? failed.error : {}, {
        reason: "CostLimit",
        message: "The session has cost $5.00 and reached its limit of $5.00. No further request was sent."
      })
      // The call that was paid for has run.
      assert.include(events.map(({ type }) => type), "tool-done")
      assert.strictEqual(seen.length, 1)

      const before = yield* session.entries
      assert.deepStrictEqual((yield* run(limited(5))).map(({ type }) => type), ["failed"])
      // The refused prompt is not stored, so that it can be repeated.
      assert.deepStrictEqual(yield* session.entries, before)

      assert.strictEqual((yield* run(limited(5.5))).at(-1)?.type, "finished")
      assert.strictEqual(seen.length, 2)
    }))

  it.scoped("reports once a turn that the limit does not count an answer without usage", () =>
    Effect.gen(function*() {
      const session = yield* makeSession
      const none = { inputTokens: undefined, outputTokens: undefined, totalTokens: undefined }
      const { run } = yield* makeTurn(session, [
        { parts: [call("1", "change", { what: "a" }), finish("tool-calls", none)] },
        { parts: [...text("done"), finish("stop", none)] }
      ])
      const notices = (yield* run(limited(5))).flatMap((event) => event.type === "notice" ? [event.text] : [])
      assert.deepStrictEqual(notices, ["The cost of the last answer is unknown, so the cost limit does not count it."])
      assert.strictEqual((yield* summarized(session)).unreported, 2)
    }))

  it.scoped("counts the requests of a compaction, which the limit stops too", () =>
    Effect.gen(function*() {
      const long = (word: string) => `${word} ${"x".repeat(8000)}`
      const lines = [1, 2, 3, 4].flatMap((n) => [user(long(`question ${n}`)), assistant(long(`answer ${n}`))])
      const session = yield* makeSession
      yield* Effect.forEach(lines, session.append)
      const seen: Array<LanguageModel.ProviderOptions> = []
      const compact = (provider: ModelProvider) =>
        Compaction.compact(session, { window: 4000, provider, isRefused: true })
      const all = [1, 2, 3, 4, 5, 6, 7, 8].map((n) => says(`summary ${n}`, 2))
      yield* Effect.gen(function*() {
        const earlier = lines.length / 2
        yield* compact(provider)
        assert.isAbove(seen.length, 1)
        const { cost, requests, unpriced } = yield* summarized(session)
        assert.deepStrictEqual([cost, requests - earlier, unpriced], [2 * seen.length, seen.length, earlier])
        const sent = seen.length
        const paid = yield* makeSession
        yield* Effect.forEach([...lines, { ...assistant("so"), cost: 1 } as Entry, user("on")], paid.append)
        const error = yield* Effect.flip(Compaction.compact(paid, { provider: limited(1), isRefused: true }))
        assert.strictEqual(error._tag === "SessionError" ? error.reason : error._tag, "CostLimit")
        assert.strictEqual(seen.length, sent)
      }).pipe(Effect.provide(scripted(all, seen)))
    }))
})
