/**
 * Which cross-region prefix a model ID gets in which region: the policy, as data.
 *
 * @since 0.1.0
 */
import * as Context from "effect/Context"
import * as Layer from "effect/Layer"

/**
 * One row: in these regions, these models are sent with this prefix. Patterns are globs with `*` as the only wildcard;
 * they match whole, and case counts, as in AWS's own names.
 *
 * @since 0.1.0
 * @category models
 */
export interface PrefixRule {
  /** Pattern over region names, for example `us-*`. */
  readonly regions: string
  /** Patterns over region names that `regions` matches but the rule leaves out. */
  readonly except?: ReadonlyArray<string>
  /** Patterns over the provider's own model IDs, for example `anthropic.claude-*`. Any one is enough. */
  readonly models: ReadonlyArray<string>
  /** The same models in words for a person, for example `Claude`. */
  readonly families: string
  /** What goes in front of the ID, with its dot, for example `us.`; empty sends these models bare. */
  readonly prefix: string
  /** Where the rule stands, in words for a person, if it is a user's own. */
  readonly from?: string
}

/**
 * The rules in force. They are tried in order and the first that matches wins.
 *
 * @since 0.1.0
 * @category services
 */
export class PrefixRules
  extends Context.Tag("@altimate-code/model-id/PrefixRules")<PrefixRules, ReadonlyArray<PrefixRule>>()
{}

/**
 * A rule of a user's own, who names patterns and no families: the patterns are the words for them.
 *
 * @since 0.1.0
 * @category constructors
 */
export const own = (rule: Omit<PrefixRule, "families" | "from">, from: string): PrefixRule => ({
  ...rule,
  families: rule.models.join(", "),
  from
})

type Family = Pick<PrefixRule, "families" | "models">

const claude: Family = { families: "Claude", models: ["anthropic.claude-*"] }
const claudeSonnet45: Family = { families: "Claude Sonnet 4.5", models: ["anthropic.claude-sonnet-4-5*"] }
// Up to version 3.5 the generation comes before the word: claude-3-haiku, claude-3-5-haiku, then claude-haiku-4-5.
const claudeHaiku: Family = {
  families: "Claude Haiku",
  models: ["anthropic.claude-haiku*", "anthropic.claude-*-haiku*"]
}
const nova: Family = {
  families: "Nova",
  models: [
    "amazon.nova-micro*",
    "amazon.nova-lite*",
    "amazon.nova-pro*",
    "amazon.nova-premier*",
    "amazon.nova-2-micro*",
    "amazon.nova-2-lite*",
    "amazon.nova-2-pro*",
    "amazon.nova-2-premier*"
  ]
}
const novaLiteMicro: Family = { families: "Nova Lite/Micro", models: ["amazon.nova-lite*", "amazon.nova-micro*"] }
const novaLiteMicroPro: Family = {
  families: "Nova Lite/Micro/Pro",
  models: ["amazon.nova-lite*", "amazon.nova-micro*", "amazon.nova-pro*"]
}
const deepSeek: Family = { families: "DeepSeek", models: ["deepseek.*"] }
const llama3: Family = { families: "Llama 3", models: ["meta.llama3*"] }
const pixtral: Family = { families: "Pixtral", models: ["mistral.pixtral*"] }

const rules = (
  where: Pick<PrefixRule, "regions" | "except">,
  prefix: string,
  families: ReadonlyArray<Family>
): ReadonlyArray<PrefixRule> => families.map((family) => ({ ...where, ...family, prefix }))

/**
 * The user guide's table "Cross-region model ID prefixing", one rule for each family it names. Literal, also where AWS
 * has moved on:
 *
 * - "Nova Lite", "Nova Micro" and "Nova Pro" are the first generation (`amazon.nova-lite-…`). Nova 2 is named for `us-*`
 *   only, so `amazon.nova-2-lite-…` is sent bare everywhere else.
 * - "Nova" for `us-*` is the text models of both generations; Canvas, Reel, Sonic, Omni and embeddings are sent bare.
 * - `us-*` leaves out GovCloud (`us-gov-*`) and nothing else; `eu-*` is every region that starts so (`eusc-…` does not).
 * - The two Australian regions and Tokyo have rules of their own and never get `apac.`.
 *
 * @since 0.1.0
 * @category rules
 */
export const guideRules: ReadonlyArray<PrefixRule> = [
  ...rules({ regions: "us-*", except: ["us-gov-*"] }, "us.", [claude, nova, deepSeek]),
  ...rules({ regions: "eu-*" }, "eu.", [claude, novaLiteMicro, llama3, pixtral]),
  ...rules({ regions: "ap-northeast-1" }, "jp.", [claude, novaLiteMicroPro]),
  ...rules({ regions: "ap-southeast-2" }, "au.", [claudeSonnet45, claudeHaiku]),
  ...rules({ regions: "ap-southeast-4" }, "au.", [claudeSonnet45, claudeHaiku]),
  ...rules({ regions: "ap-*", except: ["ap-northeast-1", "ap-southeast-2", "ap-southeast-4"] }, "apac.", [
    claude,
    novaLiteMicroPro
  ])
]

/**
 * The guide's table.
 *
 * @since 0.1.0
 * @category layers
 */
export const layer: Layer.Layer<PrefixRules> = Layer.succeed(PrefixRules, guideRules)

/**
 * No rules: every ID is sent as configured, for gateways that expect bare IDs.
 *
 * @since 0.1.0
 * @category layers
 */
export const off: Layer.Layer<PrefixRules> = Layer.succeed(PrefixRules, [])
