/**
 * How much a model is asked to think, and what is sent to ask for it. Pure.
 *
 * @since 0.1.0
 */
import type * as RequestOptions from "@altimate-code/config/RequestOptions"
import { type Effort, efforts, type Thinking } from "@altimate-code/model-id/Thinking"

/**
 * What the user asks for. `effort` takes precedence over `thinking`.
 *
 * @since 0.1.0
 * @category models
 */
export interface Wanted {
  readonly effort?: Effort | "off" | undefined
  readonly thinking?: RequestOptions.Thinking | undefined
  /** Whether the temperature or a similar field is set, so that Claude can only think without it. */
  readonly isSampled?: boolean
}

/**
 * A wish that the model cannot fulfil, with what is done instead:
 *
 * - `EffortReplaced`: the model does not have this effort; `used` is the closest one
 * - `AlwaysThinks`: thinking cannot be turned off
 * - `ThinksBetweenTools`: thinking can be turned off only before the first tool call
 * - `EffortIgnored`: nothing is sent, because the model is not in the catalog (`unknown`), its thinking cannot be controlled (`fixed`), or it
 *   does not think (`none`)
 * - `BudgetReplaced`: the model accepts no budget, so an effort is sent
 * - `BudgetChanged`: the budget was below the minimum or did not fit into `maxTokens`
 * - `NoRoom`: `maxTokens` leaves no room for thinking
 * - `SamplingLeftOut`: the temperature and `topP` are not sent, because the model refuses them while it thinks
 *
 * @since 0.1.0
 * @category models
 */
export type ThinkingNotice =
  & { readonly model: string }
  & (
    | { readonly _tag: "EffortReplaced"; readonly effort: Effort; readonly used: Effort }
    | { readonly _tag: "AlwaysThinks" }
    | { readonly _tag: "ThinksBetweenTools" }
    | { readonly _tag: "SamplingLeftOut" }
    | {
      readonly _tag: "EffortIgnored"
      readonly effort: Effort | "off"
      readonly why: "unknown" | "fixed" | "none"
    }
    | { readonly _tag: "BudgetReplaced"; readonly budget: number; readonly used: Effort }
    | { readonly _tag: "BudgetChanged"; readonly budget: number; readonly used: number; readonly maxTokens: number }
    | { readonly _tag: "NoRoom"; readonly maxTokens: number }
  )

type Fields = Readonly<Record<string, unknown>>

/**
 * What is sent.
 *
 * @since 0.1.0
 * @category models
 */
export interface ThinkingPlan {
  /** How much the model thinks; absent if that is not known. */
  readonly effort?: Effort | "off"
  /** The members of `additionalModelRequestFields`. */
  readonly fields: Fields
  /** The same for a request that must not make the model think; absent if it always thinks, at least between tool calls. */
  readonly fieldsWithoutThinking?: Fields
  /** Whether the model refuses to be forced to call a tool while it thinks. */
  readonly refusesForcedTool: boolean
  /** Whether the model refuses to continue a turn in which it called a tool without thinking first. */
  readonly refusesUnthoughtCalls: boolean
  /** Whether the model refuses `maxTokens` with these fields. */
  readonly refusesMaxTokens: boolean
  /** Whether the model refuses the temperature or `topP` that are set with these fields. */
  readonly refusesSampling: boolean
  readonly notices: ReadonlyArray<ThinkingNotice>
}

/**
 * The model and its limit.
 *
 * @since 0.1.0
 * @category models
 */
export interface Model {
  readonly name: string
  /** Whether the model is in the catalog. */
  readonly isKnown: boolean
  /** Whether the model can think, as far as is known. */
  readonly reasoning: boolean
  readonly thinking?: Thinking | undefined
  readonly maxTokens: number
  /** Whether `thinking.display` may be sent. GovCloud refuses it. */
  readonly acceptsDisplay: boolean
}

/** In tokens. Claude's minimum is 1024. */
export const minBudget = 1024
const budgets: Readonly<Record<Effort, number>> = { low: 2048, medium: 8192, high: 16_384, xhigh: 16_384, max: 16_384 }

/** The largest budget that leaves room for an answer, in tokens. */
export const maxBudget = (maxTokens: number): number => maxTokens - Math.min(4096, Math.floor(maxTokens / 2))

/** The effort whose budget is closest from above. */
const effortForBudget = (budget: number): Effort =>
  budget <= budgets.low ? "low" : budget <= budgets.medium ? "medium" : "high"

/** The highest supported effort that is not above the wanted one; otherwise the lowest. */
const clamp = (wanted: Effort, { efforts: supported }: Thinking): Effort =>
  supported.findLast((effort) => efforts.indexOf(effort) <= efforts.indexOf(wanted)) ?? supported[0]!

type Choice =
  | { readonly _tag: "Off" }
  | { readonly _tag: "Effort"; readonly effort: Effort; readonly isAsked: boolean }
  | { readonly _tag: "Budget"; readonly budget: number }

const choose = (
  { effort, isSampled, thinking: { budget_tokens: budget, type } = {} }: Wanted,
  facts: Thinking
): Choice => {
  if (effort !== undefined) return effort === "off" ? { _tag: "Off" } : { _tag: "Effort", effort, isAsked: true }
  if (type === "disabled") return { _tag: "Off" }
  if (budget !== undefined && type !== "adaptive") return { _tag: "Budget", budget }
  // The user's own choice of a temperature takes precedence over thinking that nobody asked for.
  if (type === undefined && isSampled === true && isClaude(facts) && facts.off !== "never") return { _tag: "Off" }
  return { _tag: "Effort", effort: facts.defaultEffort, isAsked: false }
}

/** Without `refusesSampling`, which depends only on whether Claude thinks. */
type Plan = Omit<ThinkingPlan, "refusesSampling">

const nothing = { fields: {}, refusesForcedTool: false, refusesUnthoughtCalls: false, refusesMaxTokens: false } as const

/**
 * Decides what is sent. An unknown model gets no fields, because it might refuse them.
 *
 * @since 0.1.0
 * @category planning
 */
export const make = (model: Model, wanted: Wanted): ThinkingPlan => {
  const { thinking: facts } = model
  const plan = planThinking(model, wanted)
  const refusesSampling = wanted.isSampled === true && facts !== undefined && isClaude(facts) && plan.effort !== "off"
  return {
    ...plan,
    refusesSampling,
    notices: refusesSampling ? [...plan.notices, { _tag: "SamplingLeftOut", model: model.name }] : plan.notices
  }
}

const planThinking = (model: Model, wanted: Wanted): Plan => {
  const { name, thinking: facts } = model
  if (facts === undefined) {
    const { effort } = wanted
    const why = !model.isKnown ? "unknown" : model.reasoning ? "fixed" : "none"
    const isIgnored = effort !== undefined && !(effort === "off" && why === "none")
    return { ...nothing, notices: isIgnored ? [{ _tag: "EffortIgnored", model: name, effort, why }] : [] }
  }
  const choice = choose(wanted, facts)
  if (choice._tag === "Off") return planOff(model, facts)
  if (choice._tag === "Budget" && facts.acceptsBudget) {
    return planBudget(model, facts, effortForBudget(choice.budget), choice.budget)
  }
  const asked = choice._tag === "Budget" ? effortForBudget(choice.budget) : choice.effort
  const effort = clamp(asked, facts)
  const notices: ReadonlyArray<ThinkingNotice> = choice._tag === "Budget"
    ? [{ _tag: "BudgetReplaced", model: name, budget: choice.budget, used: effort }]
    : effort === asked
    ? []
    : [{ _tag: "EffortReplaced", model: name, effort: asked, used: effort }]
  const isAsked = choice._tag === "Budget" || choice.isAsked
  switch (facts.form) {
    case "budget": {
      const plan = planBudget(model, facts, effort, budgets[effort])
      // An effort is no promise of a number of tokens.
      const limited = plan.notices.filter(({ _tag }) => isAsked && _tag === "NoRoom")
      return { ...plan, notices: limited.length > 0 ? limited : notices }
    }
    case "adaptive":
      return {
        ...withoutThinking(facts),
        effort,
        fields: {
          thinking: { type: "adaptive", ...display(model, facts) },
          ...(isAsked && { output_config: { effort } })
        },
        notices
      }
    case "nova":
      return {
        ...withoutThinking(facts),
        effort,
        fields: { reasoningConfig: { type: "enabled", maxReasoningEffort: effort } },
        // AWS, Nova 2 user guide: with high effort, temperature, topP and maxTokens must be unset.
        refusesMaxTokens: effort === "high",
        notices
      }
    case "gpt-oss":
      return { ...nothing, effort, fields: isAsked ? { reasoning_effort: effort } : {}, notices }
  }
}

const display = ({ acceptsDisplay }: Model, { needsDisplay }: Thinking) =>
  needsDisplay && acceptsDisplay ? { display: "summarized" } : {}

const isClaude = ({ form }: Thinking): boolean => form === "adaptive" || form === "budget"

/** Everything but the fields and the effort. */
const withoutThinking = (facts: Thinking): Omit<Plan, "fields" | "notices"> => ({
  ...((facts.off === "unset" || facts.off === "disabled") && { fieldsWithoutThinking: fieldsOff(facts) }),
  refusesForcedTool: facts.form !== "gpt-oss",
  refusesUnthoughtCalls: facts.form === "budget",
  refusesMaxTokens: false
})

const fieldsOff = ({ off }: Thinking): Fields =>
  off === "disabled" || off === "between_tools" ? { thinking: { type: off } } : {}

const planOff = ({ name }: Model, facts: Thinking): Plan =>
  facts.off === "never"
    ? { ...nothing, refusesForcedTool: isClaude(facts), notices: [{ _tag: "AlwaysThinks", model: name }] }
    : {
      ...nothing,
      effort: "off",
      fields: fieldsOff(facts),
      // Between tool calls it still thinks.
      refusesForcedTool: facts.off === "between_tools",
      notices: facts.off === "between_tools" ? [{ _tag: "ThinksBetweenTools", model: name }] : []
    }

const planBudget = (model: Model, facts: Thinking, effort: Effort, wanted: number): Plan => {
  const { maxTokens, name } = model
  const most = maxBudget(maxTokens)
  if (most < minBudget) {
    return { ...planOff(model, facts), notices: [{ _tag: "NoRoom", model: name, maxTokens }] }
  }
  const used = Math.max(minBudget, Math.min(wanted, most))
  return {
    ...withoutThinking(facts),
    refusesUnthoughtCalls: true,
    effort,
    fields: { thinking: { type: "enabled", budget_tokens: used } },
    notices: used === wanted ? [] : [{ _tag: "BudgetChanged", model: name, budget: wanted, used, maxTokens }]
  }
}
