/**
 * The rules for cross-region prefixes of model IDs, as data.
 *
 * @since 0.1.0
 */
import * as Context from "effect/Context"
import * as Layer from "effect/Layer"

/**
 * A rule: in these regions, these models are sent with this prefix. Patterns are globs with `*` as the only wildcard; they must match the whole name, and
 * are case-sensitive, as AWS's names are.
 *
 * @since 0.1.0
 * @category models
 */
export interface PrefixRule {
  /** Pattern for region names, for example `us-*`. */
  readonly regions: string
  /** Patterns for regions that `regions` matches but the rule excludes. */
  readonly except?: ReadonlyArray<string>
  /** Patterns for the provider's own model IDs, for example `anthropic.claude-*`. One match is enough. */
  readonly models: ReadonlyArray<string>
  /** The models for messages, for example `Claude`. */
  readonly families: string
  /** The text before the ID, including its dot, for example `us.`; empty: the ID is sent unchanged. */
  readonly prefix: string
  /** Where the rule was configured, for messages, if it is the user's own. */
  readonly from?: string
}

/**
 * The active rules. They are tried in order; the first match applies. Without a layer, those of `layer` are used.
 *
 * @since 0.1.0
 * @category services
 */
export class PrefixRules extends Context.Reference<PrefixRules>()("@altimate-code/model-id/PrefixRules", {
  defaultValue: (): ReadonlyArray<PrefixRule> => guideRules
}) {}

/**
 * Makes a rule from the user's configuration, which has patterns but no family names. The patterns are used in messages instead.
 *
 * @since 0.1.0
 * @category constructors
 */
export const fromUser = (rule: Omit<PrefixRule, "families" | "from">, from: string): PrefixRule => ({
  ...rule,
  families: rule.models.join(", "),
  from
})

type Family = Pick<PrefixRule, "families" | "models">

const claude: Family = { families: "Claude", models: ["anthropic.claude-*"] }
const claudeSonnet45: Family = { families: "Claude Sonnet 4.5", models: ["anthropic.claude-sonnet-4-5*"] }
// Up to version 3.5, the version comes before "haiku": claude-3-haiku, claude-3-5-haiku, then claude-haiku-4-5.
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
 * The user guide's table "Cross-region model ID prefixing", with one rule for each family. It is implemented literally, even where AWS has changed since:
 *
 * - "Nova Lite", "Nova Micro" and "Nova Pro" are the first generation (`amazon.nova-lite-…`). Nova 2 is listed only for `us-*`, so
 *   `amazon.nova-2-lite-…` is sent unchanged everywhere else.
 * - "Nova" for `us-*` means the text models of both generations; Canvas, Reel, Sonic, Omni and embeddings are sent unchanged.
 * - `us-*` excludes only GovCloud (`us-gov-*`); `eu-*` is every region that begins with it (`eusc-…` does not).
 * - The two Australian regions and Tokyo have their own rules and never get `apac.`.
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
 * No rules: every ID is sent as configured, for gateways that expect IDs without prefixes.
 *
 * @since 0.1.0
 * @category layers
 */
export const off: Layer.Layer<PrefixRules> = Layer.succeed(PrefixRules, [])
