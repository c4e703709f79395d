/** The parts of a Converse request that the sandbox uses (Bedrock Runtime API model `2023-09-30`). */
import * as Schema from "effect/Schema"

const optional = <A, I>(schema: Schema.Schema<A, I>) => Schema.optionalWith(schema, { nullable: true })

const Media = Schema.Struct({ format: Schema.String })

const DocumentBlock = Schema.Struct({ format: optional(Schema.String), name: Schema.String })
export type DocumentBlock = typeof DocumentBlock.Type

const ToolResultContent = Schema.Struct({
  text: optional(Schema.String),
  json: Schema.optional(Schema.Unknown),
  image: optional(Media),
  document: optional(DocumentBlock)
})

const ContentBlock = Schema.Struct({
  text: optional(Schema.String),
  image: optional(Media),
  document: optional(DocumentBlock),
  toolUse: optional(Schema.Struct({
    toolUseId: Schema.String,
    name: Schema.String,
    type: optional(Schema.String)
  })),
  toolResult: optional(Schema.Struct({
    toolUseId: Schema.String,
    content: Schema.Array(ToolResultContent),
    type: optional(Schema.String)
  }))
})
export type ContentBlock = typeof ContentBlock.Type

const Message = Schema.Struct({ role: Schema.String, content: Schema.Array(ContentBlock) })
export type Message = typeof Message.Type

const Tool = Schema.Struct({
  toolSpec: optional(Schema.Struct({
    name: Schema.String,
    inputSchema: Schema.Struct({ json: Schema.Unknown })
  }))
})

export const ConverseRequest = Schema.Struct({
  messages: Schema.Array(Message),
  system: optional(Schema.Array(Schema.Struct({ text: optional(Schema.String) }))),
  inferenceConfig: optional(Schema.Struct({
    maxTokens: optional(Schema.Number),
    temperature: optional(Schema.Number),
    topP: optional(Schema.Number),
    stopSequences: optional(Schema.Array(Schema.String))
  })),
  guardrailConfig: optional(Schema.Struct({
    guardrailIdentifier: optional(Schema.String),
    guardrailVersion: optional(Schema.String),
    trace: optional(Schema.String),
    streamProcessingMode: optional(Schema.String)
  })),
  requestMetadata: optional(Schema.Record({ key: Schema.String, value: Schema.String })),
  serviceTier: optional(Schema.Struct({ type: Schema.String })),
  performanceConfig: optional(Schema.Struct({ latency: optional(Schema.String) })),
  additionalModelRequestFields: optional(Schema.Record({ key: Schema.String, value: Schema.Unknown })),
  additionalModelResponseFieldPaths: optional(Schema.Array(Schema.String)),
  toolConfig: optional(Schema.Struct({
    tools: Schema.Array(Tool),
    toolChoice: optional(Schema.Struct({
      auto: Schema.optional(Schema.Unknown),
      any: Schema.optional(Schema.Unknown),
      tool: optional(Schema.Struct({ name: Schema.String }))
    }))
  }))
})
export type ConverseRequest = typeof ConverseRequest.Type
