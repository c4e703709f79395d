import type { Setting } from "@altimate-code/config/Origin"
import type { RequestOptions } from "@altimate-code/config/RequestOptions"
import { Settings } from "@altimate-code/config/Settings"
import * as Catalog from "@altimate-code/model-id/Catalog"
import { type Effort, efforts } from "@altimate-code/model-id/Thinking"
import * as Sandbox from "@altimate-code/sandbox/Sandbox"
import * as LanguageModel from "@effect/ai/LanguageModel"
import * as Prompt from "@effect/ai/Prompt"
import * as Tool from "@effect/ai/Tool"
import { assert, layer } from "@effect/vitest"
import * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Option from "effect/Option"
import * as Schema from "effect/Schema"
import * as BedrockLanguageModel from "../../src/BedrockLanguageModel.ts"
import { key } from "../../src/internal/protocol/key.ts"
import type { ThinkingNotice, Wanted } from "../../src/internal/protocol/prompt/thinkingPlan.ts"
import { client, noRetries } from "./fixture.ts"

type Level = Effort | "off" | "default"
const levels: ReadonlyArray<Level> = ["default", "off", ...efforts]

type Row = Readonly<Record<Level, object | undefined>>

const thinking = (fields: object, effort?: string) => ({
  thinking: fields,
  ...(effort === undefined ? {} : { output_config: { effort } })
})
const budget = (budget_tokens: number) => thinking({ type: "enabled", budget_tokens })
const plain = { type: "adaptive" }
const shown = { type: "adaptive", display: "summarized" }
const nova = (maxReasoningEffort: string) => ({ reasoningConfig: { type: "enabled", maxReasoningEffort } })
const oss = (reasoning_effort: string) => ({ reasoning_effort })

const nothing: Row = {
  default: undefined,
  off: undefined,
  low: undefined,
  medium: undefined,
  high: undefined,
  xhigh: undefined,
  max: undefined
}
const budgets: Row = {
  default: budget(8192),
  off: undefined,
  low: budget(2048),
  medium: budget(8192),
  high: budget(16_384),
  xhigh: budget(16_384),
  max: budget(16_384)
}
const withoutXhigh: Row = {
  default: thinking(plain),
  off: undefined,
  low: thinking(plain, "low"),
  medium: thinking(plain, "medium"),
  high: thinking(plain, "high"),
  xhigh: thinking(plain, "high"),
  max: thinking(plain, "max")
}
const adaptive = (off: object | undefined): Row => ({
  default: thinking(shown),
  off,
  low: thinking(shown, "low"),
  medium: thinking(shown, "medium"),
  high: thinking(shown, "high"),
  xhigh: thinking(shown, "xhigh"),
  max: thinking(shown, "max")
})

const gptOss: Row = {
  ...nothing,
  low: oss("low"),
  medium: oss("medium"),
  high: oss("high"),
  xhigh: oss("high"),
  max: oss("high")
}

/** What `additionalModelRequestFields` has for each effort. */
const rows: { readonly [id: string]: Row } = {
  "anthropic.claude-3-7-sonnet-20250219-v1:0": {
    // Its answers have at most 8192 tokens.
    ...nothing,
    default: budget(4096),
    low: budget(2048),
    medium: budget(4096),
    high: budget(4096),
    xhigh: budget(4096),
    max: budget(4096)
  },
  "anthropic.claude-opus-4-20250514-v1:0": budgets,
  "anthropic.claude-opus-4-1-20250805-v1:0": budgets,
  "anthropic.claude-opus-4-5-20251101-v1:0": budgets,
  "anthropic.claude-sonnet-4-20250514-v1:0": budgets,
  "anthropic.claude-sonnet-4-5-20250929-v1:0": budgets,
  "anthropic.claude-haiku-4-5-20251001-v1:0": budgets,
  "anthropic.claude-opus-4-6-v1": withoutXhigh,
  "anthropic.claude-sonnet-4-6": withoutXhigh,
  "anthropic.claude-opus-4-7": adaptive(undefined),
  "anthropic.claude-opus-4-8": adaptive(undefined),
  "anthropic.claude-opus-5": adaptive(thinking({ type: "disabled" })),
  "anthropic.claude-sonnet-5": adaptive(thinking({ type: "disabled" })),
  "anthropic.claude-haiku-5-5": adaptive(thinking({ type: "disabled" })),
  "anthropic.claude-sonnet-5-5": adaptive(thinking({ type: "between_tools" })),
  "anthropic.claude-opus-5-5": adaptive(undefined),
  "anthropic.claude-fable-5": adaptive(undefined),
  "anthropic.claude-fable-5-1": adaptive(undefined),
  "anthropic.claude-fable-5-2": adaptive(undefined),
  "amazon.nova-2-lite-v1:0": {
    ...nothing,
    default: nova("medium"),
    low: nova("low"),
    medium: nova("medium"),
    high: nova("high"),
    xhigh: nova("high"),
    max: nova("high")
  },
  "openai.gpt-oss-safeguard-120b": gptOss,
  "openai.gpt-oss-safeguard-20b": gptOss,
  "openai.gpt-oss-120b-1:0": gptOss,
  "openai.gpt-oss-20b-1:0": gptOss
}

interface Sent {
  readonly additionalModelRequestFields?: object
  readonly inferenceConfig?: { readonly maxTokens?: number; readonly temperature?: number }
  readonly toolConfig?: { readonly toolChoice?: object }
}

/** One gateway for all requests of this file. */
class Gateway extends Context.Tag("test/Gateway")<Gateway, Sandbox.Service>() {}
const gateway = Layer.unwrapScoped(
  Effect.map(
    Sandbox.make({}),
    (sandbox) => Layer.merge(Layer.succeed(Gateway, sandbox), client(sandbox.url, { retry: noRetries }))
  )
)

const set = <A>(value: A): Setting<A> => ({ value, origin: { _tag: "Default" } })

/** Sends one request, which the sandbox must accept. */
const send = (
  model: string,
  { thinking, effort, isSampled, ...options }: Omit<BedrockLanguageModel.Options, "model" | "effort"> & Wanted = {},
  ask: Effect.Effect<unknown, unknown, LanguageModel.LanguageModel> = LanguageModel.generateText({ prompt: "Hi" })
) =>
  Effect.gen(function*() {
    const sandbox = yield* Gateway
    const configured: RequestOptions = {
      ...(effort === undefined ? {} : { effort: set(effort) }),
      ...(thinking === undefined ? {} : { thinking: set(thinking) }),
      ...(isSampled ? { temperature: set(0.2) } : {})
    }
    const before = (yield* sandbox.requests).length
    const target = yield* Effect.zipRight(ask, BedrockLanguageModel.BedrockTarget).pipe(
      Effect.provide(BedrockLanguageModel.layer({ model, ...options })),
      Effect.updateService(
        Settings,
        (settings) => ({ ...settings, gateway: { ...settings.gateway, request: configured } })
      )
    )
    const [request, ...others] = (yield* sandbox.requests).slice(before)
    assert.strictEqual(others.length, 0)
    const notices = (yield* target.notices).flatMap((notice) => notice._tag === "Thinking" ? [notice.notice] : [])
    return { body: request!.body as Sent, notices, effort: target.effort }
  })

const sendWanted = (model: string, wanted: Wanted, maxTokens?: number) =>
  send(model, { ...wanted, ...(maxTokens === undefined ? {} : { maxTokens }) })

const tags = (notices: ReadonlyArray<ThinkingNotice>) => notices.map(({ _tag }) => _tag)

layer(gateway, { excludeTestServices: true })("each model of the catalog gets the fields that it accepts", (it) => {
  for (const { id, thinking } of Catalog.models) {
    it.effect(
      id,
      () =>
        Effect.forEach(
          thinking === undefined ? ["default", "off", "high"] as const : levels,
          (level) =>
            Effect.gen(function*() {
              const { body, notices } = yield* sendWanted(id, level === "default" ? {} : { effort: level })
              const row = rows[id] ?? nothing
              assert.deepStrictEqual(body.additionalModelRequestFields, row[level], level)
              assert.strictEqual(rows[id] === undefined, thinking === undefined)
              const isServed = level === "default" || (level === "off"
                ? thinking === undefined ? false : thinking.off === "unset" || thinking.off === "disabled"
                : thinking?.efforts.includes(level) === true)
              const { maxOutput, reasoning } = Catalog.getCapabilities(id)
              assert.strictEqual(notices.length === 0, isServed || (level === "off" && !reasoning), level)
              const isUnlimited = id.includes("nova-2") && ["high", "xhigh", "max"].includes(level)
              assert.deepStrictEqual(
                body.inferenceConfig,
                isUnlimited ? undefined : { maxTokens: Math.min(32_000, maxOutput) }
              )
            }),
          { discard: true }
        )
    )
  }
})

layer(gateway, { excludeTestServices: true })("thinking", (it) => {
  it.effect("is not asked of an unknown model, which is reported if an effort is set", () =>
    Effect.gen(function*() {
      const plain = yield* send("claude-prod")
      assert.isUndefined(plain.body.additionalModelRequestFields)
      assert.deepStrictEqual(plain.notices, [])
      const asked = yield* sendWanted("claude-prod", { effort: "high" })
      assert.isUndefined(asked.body.additionalModelRequestFields)
      assert.deepStrictEqual(asked.notices, [
        { _tag: "EffortIgnored", model: "claude-prod", effort: "high", why: "unknown" }
      ])
    }))

  it.effect("keeps a written budget that fits, and makes room for the answer otherwise", () =>
    Effect.gen(function*() {
      const written = (budget: number) => ({ thinking: { type: "enabled", budget_tokens: budget } }) as const
      const sonnet = "anthropic.claude-sonnet-4-5-20250929-v1:0"
      const kept = yield* sendWanted(sonnet, written(4000))
      assert.deepStrictEqual(kept.body.additionalModelRequestFields, budget(4000))
      assert.deepStrictEqual(kept.notices, [])
      const large = yield* sendWanted(sonnet, written(40_000))
      assert.deepStrictEqual(large.body.additionalModelRequestFields, budget(27_904))
      assert.deepStrictEqual(tags(large.notices), ["BudgetChanged"])
      const small = yield* sendWanted(sonnet, written(100))
      assert.deepStrictEqual(small.body.additionalModelRequestFields, budget(1024))
      assert.deepStrictEqual(tags(small.notices), ["BudgetChanged"])
      // Deprecated, but accepted.
      const newer = yield* sendWanted("anthropic.claude-opus-4-6-v1", written(4000))
      assert.deepStrictEqual(newer.body.additionalModelRequestFields, budget(4000))
    }))

  it.effect("turns a written budget into an effort for a model without budgets", () =>
    Effect.gen(function*() {
      const written = { thinking: { type: "enabled", budget_tokens: 5000 } } as const
      const opus = yield* sendWanted("anthropic.claude-opus-4-7", written)
      assert.deepStrictEqual(opus.body.additionalModelRequestFields, thinking(shown, "medium"))
      assert.deepStrictEqual(tags(opus.notices), ["BudgetReplaced"])
      const nova2 = yield* sendWanted("amazon.nova-2-lite-v1:0", written)
      assert.deepStrictEqual(nova2.body.additionalModelRequestFields, nova("medium"))
    }))

  it.effect("honours the other types as they are written; an effort takes precedence", () =>
    Effect.gen(function*() {
      const fields = (model: string, wanted: Wanted) =>
        Effect.map(sendWanted(model, wanted), ({ body }) => body.additionalModelRequestFields)
      const disabled = { thinking: { type: "disabled" } } as const
      assert.isUndefined(yield* fields("anthropic.claude-sonnet-4-6", disabled))
      assert.deepStrictEqual(yield* fields("anthropic.claude-opus-5", disabled), disabled)
      assert.deepStrictEqual(
        yield* fields("anthropic.claude-sonnet-4-5-20250929-v1:0", { thinking: { type: "adaptive" } }),
        budget(8192)
      )
      assert.deepStrictEqual(
        yield* fields("amazon.nova-2-lite-v1:0", { effort: "low", thinking: { type: "enabled" } }),
        nova("low")
      )
      assert.deepStrictEqual(
        yield* fields("anthropic.claude-sonnet-4-6", { effort: "low", ...disabled }),
        thinking(plain, "low")
      )
    }))

  it.effect("that nobody asked for gives way to a temperature, which Claude refuses together with it", () =>
    Effect.gen(function*() {
      const sonnet = "anthropic.claude-sonnet-4-6"
      const unasked = yield* sendWanted(sonnet, { isSampled: true })
      assert.isUndefined(unasked.body.additionalModelRequestFields)
      assert.strictEqual(unasked.body.inferenceConfig?.temperature, 0.2)
      assert.deepStrictEqual(unasked.notices, [])
      // Thinking that was asked for takes precedence.
      for (const model of [sonnet, "anthropic.claude-sonnet-4-5-20250929-v1:0"]) {
        const asked = yield* sendWanted(model, { isSampled: true, effort: "low" })
        assert.isDefined(asked.body.additionalModelRequestFields)
        assert.isUndefined(asked.body.inferenceConfig?.temperature)
        assert.deepStrictEqual(tags(asked.notices), ["SamplingLeftOut"])
      }
      const off = yield* sendWanted(sonnet, { isSampled: true, effort: "off" })
      assert.strictEqual(off.body.inferenceConfig?.temperature, 0.2)
    }))

  it.effect("takes the effort of its caller before the configured one", () =>
    Effect.gen(function*() {
      const request = { effort: set("low" as const) }
      const { effort } = yield* BedrockLanguageModel.BedrockTarget.pipe(
        Effect.provide(BedrockLanguageModel.layer({ model: "anthropic.claude-sonnet-4-6", effort: "max" })),
        Effect.updateService(Settings, (settings) => ({ ...settings, gateway: { ...settings.gateway, request } }))
      )
      assert.deepStrictEqual(effort, Option.some("max"))
    }))

  it.effect("is left out if maxTokens has no room for it", () =>
    Effect.gen(function*() {
      const sonnet = "anthropic.claude-sonnet-4-5-20250929-v1:0"
      const asked = yield* sendWanted(sonnet, { effort: "high" }, 2046)
      assert.isUndefined(asked.body.additionalModelRequestFields)
      assert.deepStrictEqual(tags(asked.notices), ["NoRoom"])
      const unasked = yield* sendWanted(sonnet, {}, 512)
      assert.isUndefined(unasked.body.additionalModelRequestFields)
      assert.deepStrictEqual(unasked.notices, [])
      const enough = yield* sendWanted(sonnet, { effort: "high" }, 2048)
      assert.deepStrictEqual(enough.body.additionalModelRequestFields, budget(1024))
    }))

  it.effect("is not added to fields that control it themselves", () =>
    Effect.gen(function*() {
      const own = { thinking: { type: "enabled", budget_tokens: 3000 } }
      const { body } = yield* send("anthropic.claude-sonnet-4-6", { additionalModelRequestFields: own })
      assert.deepStrictEqual(body.additionalModelRequestFields, own)
      const other = yield* send("anthropic.claude-sonnet-4-6", { additionalModelRequestFields: { top_k: 5 } })
      assert.deepStrictEqual(other.body.additionalModelRequestFields, { ...thinking(plain), top_k: 5 })
    }))
})

const read = Tool.make("read", { parameters: { path: Schema.String }, success: Schema.String })
const tools = { tools: { read }, handle: () => Effect.dieMessage("nothing is called") } as never

layer(gateway, { excludeTestServices: true })("a request that forces a tool call", (it) => {
  const force = LanguageModel.generateText({
    prompt: "Hi",
    toolkit: tools,
    toolChoice: "required",
    disableToolCallResolution: true
  })
  const forced = { any: {} }

  it.effect("turns thinking off where that is possible", () =>
    Effect.gen(function*() {
      for (
        const [model, fields] of [
          ["anthropic.claude-sonnet-4-5-20250929-v1:0", undefined],
          ["anthropic.claude-sonnet-4-6", undefined],
          ["anthropic.claude-opus-5", thinking({ type: "disabled" })]
        ] as const
      ) {
        const { body } = yield* send(model, {}, force)
        assert.deepStrictEqual(body.additionalModelRequestFields, fields)
        assert.deepStrictEqual(body.toolConfig?.toolChoice, forced)
      }
    }))

  it.effect("does not force the call if the model always thinks", () =>
    Effect.gen(function*() {
      for (const model of ["anthropic.claude-opus-5-5", "anthropic.claude-sonnet-5-5", "anthropic.claude-fable-5"]) {
        for (const wanted of [{}, { effort: "off" }] as const) {
          const { body } = yield* send(model, wanted, force)
          assert.isUndefined(body.toolConfig?.toolChoice)
        }
      }
    }))
})

layer(gateway, { excludeTestServices: true })("a turn whose tool calls another model made without thinking", (it) => {
  const history = (reasoning: boolean) =>
    Prompt.make([
      { role: "user", content: "Read a" },
      {
        role: "assistant",
        content: [
          ...(reasoning
            ? [{
              type: "reasoning" as const,
              text: "Hm",
              options: {
                [key]: { signature: "c2ln", model: "us.anthropic.claude-sonnet-4-5-20250929-v1:0" }
              }
            }]
            : []),
          { type: "tool-call", id: "a", name: "read", params: { path: "a" }, providerExecuted: false }
        ]
      },
      {
        role: "tool",
        content: [{
          type: "tool-result",
          id: "a",
          name: "read",
          isFailure: false,
          result: "text",
          providerExecuted: false
        }]
      }
    ] as never)
  const ask = (reasoning: boolean) => LanguageModel.generateText({ prompt: history(reasoning), toolkit: tools })

  it.effect("is continued without a budget", () =>
    Effect.gen(function*() {
      const sonnet = "anthropic.claude-sonnet-4-5-20250929-v1:0"
      assert.isUndefined((yield* send(sonnet, {}, ask(false))).body.additionalModelRequestFields)
      assert.deepStrictEqual((yield* send(sonnet, {}, ask(true))).body.additionalModelRequestFields, budget(8192))
      // Adaptive thinking has no such rule.
      const { body } = yield* send("anthropic.claude-opus-4-7", {}, ask(false))
      assert.deepStrictEqual(body.additionalModelRequestFields, thinking(shown))
    }))
})
