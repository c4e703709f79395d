/**
 * What a guardrail did with the prompt and with the answer.
 *
 * @since 0.1.0
 */
import * as Option from "effect/Option"
import * as Schema from "effect/Schema"
import { key } from "./internal/protocol/key.ts"

/**
 * A policy that acted on the prompt (`input`) or the answer (`output`): it blocked the text, or masked a part of it. `what` is the name of the
 * topic, the kind of content or of sensitive information, or the word. It never has the sensitive information itself. `strength` is the
 * configured strength of a content filter, `confidence` how sure it was; `score` and `threshold` are those of a grounding check.
 *
 * @since 0.1.0
 * @category schemas
 */
export const Finding = Schema.Struct({
  source: Schema.Literal("input", "output"),
  policy: Schema.Literal(
    "topic",
    "content",
    "word",
    "profanity",
    "sensitive",
    "pattern",
    "grounding"
  ),
  what: Schema.String,
  action: Schema.Literal("blocked", "masked"),
  strength: Schema.optional(Schema.String),
  confidence: Schema.optional(Schema.String),
  score: Schema.optional(Schema.Number),
  threshold: Schema.optional(Schema.Number)
})

/**
 * @since 0.1.0
 * @category models
 */
export type Finding = typeof Finding.Type

/**
 * The findings, the guardrails' IDs with versions, and Bedrock's own sentence about it. `isEnforced` if the account or the organization
 * requires the guardrail, whatever the request contains.
 *
 * @since 0.1.0
 * @category schemas
 */
export const GuardrailReport = Schema.Struct({
  findings: Schema.Array(Finding),
  guardrails: Schema.Array(Schema.String),
  isEnforced: Schema.Boolean,
  reason: Schema.optional(Schema.String)
})

/**
 * @since 0.1.0
 * @category models
 */
export type GuardrailReport = typeof GuardrailReport.Type

const Metadata = Schema.Struct({ [key]: Schema.Struct({ guardrail: GuardrailReport }) })

const decode = (metadata: unknown) => Schema.decodeUnknownOption(Metadata)(metadata)

/**
 * Reads the report from the metadata of a `finish` part. None if the response has no trace of a guardrail.
 *
 * @since 0.1.0
 * @category reading
 */
export const fromMetadata = (metadata: unknown): Option.Option<GuardrailReport> =>
  Option.map(decode(metadata), ({ [key]: { guardrail } }) => guardrail)

/**
 * Whether parts of the text were masked and nothing was blocked, so that the answer is a normal one. Bedrock has the same stop reason for both.
 *
 * @since 0.1.0
 * @category reading
 */
export const isOnlyMasked = ({ findings }: GuardrailReport): boolean =>
  findings.length > 0 && findings.every(({ action }) => action === "masked")

/**
 * Whether the prompt, rather than the answer, was blocked.
 *
 * @since 0.1.0
 * @category reading
 */
export const isInputBlocked = ({ findings }: GuardrailReport): boolean =>
  findings.some(({ action, source }) => source === "input" && action === "blocked")
