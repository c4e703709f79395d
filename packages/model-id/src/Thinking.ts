/**
 * How a model thinks before it answers: how much thinking can be asked for, in which form, and what happens if nothing is asked for.
 *
 * @since 0.1.0
 */

/**
 * How much the model thinks, the least first.
 *
 * @since 0.1.0
 * @category models
 */
export type Effort = "low" | "medium" | "high" | "xhigh" | "max"

/**
 * All efforts, the least first.
 *
 * @since 0.1.0
 * @category models
 */
export const efforts: ReadonlyArray<Effort> = ["low", "medium", "high", "xhigh", "max"]

/**
 * The fields that control thinking in `additionalModelRequestFields`:
 *
 * - `budget`: `thinking: { type: "enabled", budget_tokens }`
 * - `adaptive`: `thinking: { type: "adaptive" }` and `output_config: { effort }`
 * - `nova`: `reasoningConfig: { type: "enabled", maxReasoningEffort }`
 * - `gpt-oss`: `reasoning_effort`
 *
 * @since 0.1.0
 * @category models
 */
export type Form = "budget" | "adaptive" | "nova" | "gpt-oss"

/**
 * What turns thinking off: `unset`: a request without the fields; `disabled` and `between_tools`: this type of `thinking`; `never`: nothing.
 * With `between_tools` the model still thinks between tool calls.
 *
 * @since 0.1.0
 * @category models
 */
export type Off = "unset" | "disabled" | "between_tools" | "never"

/**
 * The facts about a model whose thinking can be controlled.
 *
 * @since 0.1.0
 * @category models
 */
export interface Thinking {
  readonly form: Form
  /** The least first. With a budget, an effort stands for a number of tokens. */
  readonly efforts: ReadonlyArray<Effort>
  /** The effort if none is asked for. With `adaptive` and `gpt-oss` it is the model's own and need not be sent. */
  readonly defaultEffort: Effort
  readonly off: Off
  /** Whether the model accepts a budget in tokens. */
  readonly acceptsBudget: boolean
  /** Whether the answer has the text of the thinking only if the request says `display: "summarized"`. */
  readonly needsDisplay: boolean
}

const version = (major: string | undefined, minor: string | undefined): number =>
  Number(major ?? 0) * 100 + Number(minor ?? 0)

/** The family and the version of a Claude model: 406 for 4.6. A date is not a version. */
const parseClaude = (id: string): { readonly family: string; readonly version: number } | undefined => {
  const old = /^anthropic\.claude-(\d{1,2})(?:-(\d{1,2}))?-([a-z]+)/.exec(id)
  if (old !== null) return { family: old[3]!, version: version(old[1], old[2]) }
  const found = /^anthropic\.claude-([a-z]+)(?:-(\d{1,2})(?!\d)(?:-(\d{1,2})(?!\d))?)?/.exec(id)
  return found === null ? undefined : { family: found[1]!, version: version(found[2], found[3]) }
}

const withoutXhigh = efforts.filter((effort) => effort !== "xhigh")

const adaptive = (off: Off, levels = efforts, defaultEffort: Effort = "high"): Thinking => ({
  form: "adaptive",
  efforts: levels,
  defaultEffort,
  off,
  acceptsBudget: false,
  needsDisplay: true
})

const threeEfforts: ReadonlyArray<Effort> = ["low", "medium", "high"]

const others = { efforts: threeEfforts, defaultEffort: "medium", acceptsBudget: false, needsDisplay: false } as const

const budget: Thinking = { ...others, form: "budget", off: "unset", acceptsBudget: true }

/**
 * Sources, as of 2026-11: AWS, Bedrock user guide, "Adaptive thinking" and "Extended thinking"; Anthropic's pages about the effort parameter and its
 * migration guides for the 5.5 models; @earendil-works/pi-ai 1.6.0 for the efforts on Bedrock.
 */
const describeClaude = (id: string): Thinking | undefined => {
  const claude = parseClaude(id)
  if (claude === undefined) return undefined
  const { family, version } = claude
  if (family === "mythos" && version === 0) return adaptive("never", withoutXhigh)
  if (family === "fable" || family === "mythos") return adaptive("never")
  if (version < 307 || version > 505) return undefined
  if (version < 406) return budget
  // These also accept a budget, which is deprecated.
  if (version === 406) {
    return { ...adaptive("unset", withoutXhigh), acceptsBudget: true, needsDisplay: false }
  }
  if (version < 500) return adaptive("unset")
  if (version === 505 && family === "opus") return adaptive("never", efforts, "medium")
  if (version === 505 && family === "sonnet") return adaptive("between_tools")
  return adaptive("disabled", efforts, family === "haiku" ? "medium" : "high")
}

/**
 * The facts about the thinking of the model with this ID, which has no prefix. Undefined if the model does not think, or if its thinking cannot be
 * controlled.
 *
 * @since 0.1.0
 * @category catalog
 */
export const describe = (id: string): Thinking | undefined => {
  // AWS, Nova 2 user guide, "Extended thinking".
  if (id.startsWith("amazon.nova-2-")) return { ...others, form: "nova", off: "unset" }
  // OpenAI's model card: the Harmony format has three efforts, and the model always thinks.
  if (id.startsWith("openai.gpt-oss-")) return { ...others, form: "gpt-oss", off: "never" }
  return describeClaude(id)
}
