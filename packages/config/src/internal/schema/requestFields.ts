/** The schema of the fields of a request: in `options` for every model, and in `models.NAME.options` for one. */
import * as Schema from "effect/Schema"
import { count, optional, record, text, Whole } from "./schemas.ts"

const placeholders = "{env:NAME} and {file:path} are replaced."

const guardrailTrace = () => Schema.Literal("enabled", "disabled", "enabled_full")
export type GuardrailTrace = ReturnType<typeof guardrailTrace>["Type"]

const streamProcessingMode = () => Schema.Literal("sync", "async")
export type StreamProcessingMode = ReturnType<typeof streamProcessingMode>["Type"]

const serviceTier = () => Schema.Literal("default", "priority", "flex", "reserved")
export type ServiceTier = ReturnType<typeof serviceTier>["Type"]

const latency = () => Schema.Literal("standard", "optimized")
export type Latency = ReturnType<typeof latency>["Type"]

const cacheTtl = () => Schema.Literal("5m", "1h")
export type CacheTtl = ReturnType<typeof cacheTtl>["Type"]

export const effort = () => Schema.Literal("off", "low", "medium", "high", "xhigh", "max")
export type Effort = ReturnType<typeof effort>["Type"]

const thinkingType = () => Schema.Literal("enabled", "adaptive", "disabled")
export type ThinkingType = ReturnType<typeof thinkingType>["Type"]

const guardrailId = (description: string) => text(`${description} ${placeholders}`)

const guardrailVersion = (description: string) =>
  optional(() => Schema.Union(Schema.String, Whole).annotations({ description: `${description} ${placeholders}` }))

const guardrailRest = {
  trace: optional(() =>
    guardrailTrace().annotations({
      description:
        "enabled: a message names the policy that acted. enabled_full: the response also has policies that did not act. disabled: no trace. Default: enabled."
    })
  ),
  streamProcessingMode: optional(() =>
    streamProcessingMode().annotations({
      description:
        "sync: text is checked before it is shown. async: text is shown at once, and what the guardrail blocks may be visible before. Default: sync."
    })
  )
}

const guardrail = () =>
  Schema.Struct({
    id: guardrailId("The ID or ARN of the guardrail."),
    version: guardrailVersion("The version: a number or DRAFT."),
    ...guardrailRest
  }).annotations({ description: "The guardrail that checks prompts and answers." })

/** Bedrock takes numbers from 0 to 1 for both. */
const share = (description: string) =>
  optional(() =>
    Schema.Number.pipe(
      Schema.filter((value) => value >= 0 && value <= 1, {
        title: "a number from 0 to 1",
        jsonSchema: { type: "number", minimum: 0, maximum: 1, description }
      })
    )
  )

const inference = {
  maxTokens: count("The maximum length of an answer in tokens, including thinking."),
  temperature: share("How random answers are, from 0 to 1. Not sent unless it is set; recent Claude models refuse it."),
  topP: share("Nucleus sampling, from 0 to 1. Not sent unless it is set; recent Claude models refuse it."),
  stopSequences: optional(() =>
    Schema.Array(Schema.String).annotations({ description: "Texts that end an answer where they occur." })
  )
}

const ttl = optional(() =>
  cacheTtl().annotations({
    description:
      "How long a cached prompt is kept after its last use: 5m or 1h. 1h is more expensive to write, and only recent Claude models accept it. Default: 5m."
  })
)

export const requestFields = {
  guardrail: optional(() =>
    Schema.Union(guardrail(), Schema.Literal(false)).annotations({
      description: "The guardrail that checks prompts and answers; false: none."
    })
  ),
  guardrailConfig: optional(() =>
    Schema.Struct({
      guardrailIdentifier: guardrailId("Same as guardrail.id."),
      guardrailVersion: guardrailVersion("Same as guardrail.version."),
      ...guardrailRest
    }).annotations({ description: "Same as guardrail, as Converse spells it." })
  ),
  requestMetadata: optional(() =>
    record(
      Schema.String,
      `Names and values, at most 16, that Bedrock writes to its invocation logs, for example to split the bill by team. ${placeholders}`
    )
  ),
  serviceTier: optional(() =>
    Schema.Union(serviceTier(), Schema.Struct({ type: optional(() => serviceTier()) })).annotations({
      description:
        "The service tier: priority is faster and more expensive, flex is slower and cheaper, reserved is capacity that you bought. Default: default."
    })
  ),
  performanceConfig: optional(() =>
    Schema.Union(latency(), Schema.Struct({ latency: optional(() => latency()) })).annotations({
      description: "optimized: lower latency, for the models and regions that have it. Default: standard."
    })
  ),
  ...inference,
  inferenceConfig: optional(() =>
    Schema.Struct(inference).annotations({
      description: "maxTokens, temperature, topP and stopSequences, as Converse spells them."
    })
  ),
  anthropic_beta: optional(() =>
    Schema.Union(Schema.String, Schema.Array(Schema.String)).annotations({
      description: "Beta features of Claude to turn on: a list, or a text with commas."
    })
  ),
  cache: optional(() => Schema.Struct({ ttl }).annotations({ description: "The prompt cache." })),
  cachePoint: optional(() =>
    Schema.Struct({
      type: optional(() => Schema.Literal("default").annotations({ description: "Always default." })),
      ttl
    })
      .annotations({ description: "Same as cache, as Converse spells it." })
  ),
  additionalModelRequestFields: optional(() =>
    record(
      Schema.Unknown.annotations({ title: "a field of the model", description: "Sent unchanged." }),
      "Fields of the model's own, which Converse has no name for. Merged with those that the program sends."
    )
  ),
  additionalModelResponseFieldPaths: optional(() =>
    Schema.Array(Schema.String).annotations({
      description: "JSON Pointers to fields of the model's own response that Converse should return, at most 10."
    })
  ),
  effort: optional(() =>
    effort().annotations({ description: "How much the model thinks; off: not at all, if it can." })
  ),
  thinking: optional(() =>
    Schema.Struct({
      type: optional(() => thinkingType().annotations({ description: "How the model thinks." })),
      budget_tokens: count("The maximum length of its thoughts in tokens."),
      budgetTokens: count("Same as budget_tokens.")
    }).annotations({ description: "Thinking as Claude's API spells it. effort is simpler." })
  ),
  reasoningConfig: optional(() =>
    Schema.Struct({
      type: optional(() => thinkingType().annotations({ description: "Same as thinking.type." })),
      budgetTokens: count("Same as thinking.budget_tokens."),
      maxReasoningEffort: optional(() => effort().annotations({ description: "Same as effort." }))
    }).annotations({ description: "Same as thinking and effort, as other tools spell them." })
  )
}

/** As written, after other spellings were converted. */
export type RequestFields = Schema.Struct.Type<typeof requestFields>

export const modelFields = {
  ...requestFields,
  headers: optional(() =>
    record(
      Schema.String,
      `Additional HTTP headers for requests to this model. They override those in options.headers. ${placeholders}`
    )
  )
}

export const modelOptions = () =>
  Schema.Struct(modelFields).annotations({
    description: "Fields of the requests to this model. They override those in the general options, field by field."
  })
