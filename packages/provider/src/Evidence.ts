/**
 * What was observed about a failed request, beyond its error message.
 *
 * @since 0.1.0
 */
import * as Schema from "effect/Schema"

/**
 * The credential that a request carried, without its secrets.
 *
 * @since 0.1.0
 * @category schemas
 */
export const Authorization = Schema.Struct({
  kind: Schema.Literal("Bearer", "AwsChain", "Headers", "None"),
  /** Its source, for example `AWS_BEARER_TOKEN_BEDROCK` or `AWS profile dev`. */
  source: Schema.String,
  /** Whether the source can provide a new credential. */
  refreshable: Schema.Boolean,
  /** The AWS profile that the credential comes from. */
  profile: Schema.optional(Schema.String),
  /** The region and expiry encoded in a short-term Bedrock API key; `expiresAt` is in milliseconds since 1970. */
  bedrockKey: Schema.optional(Schema.Struct({ region: Schema.String, expiresAt: Schema.Number }))
})
/**
 * @since 0.1.0
 * @category models
 */
export type Authorization = typeof Authorization.Type

/**
 * The format of a response body, detected from its content rather than its content type.
 *
 * @since 0.1.0
 * @category schemas
 */
export const BodyForm = Schema.Literal("empty", "binary", "events", "json", "xml", "page", "text")
/**
 * @since 0.1.0
 * @category models
 */
export type BodyForm = typeof BodyForm.Type

/**
 * The parts of a response that help to explain it.
 *
 * @since 0.1.0
 * @category schemas
 */
export const ResponseEvidence = Schema.Struct({
  form: BodyForm,
  /** In milliseconds since 1970. */
  receivedAt: Schema.Number,
  /** How far this machine's clock is ahead of the response's `date` header, in milliseconds. */
  clockSkewMillis: Schema.optional(Schema.Number),
  /** The `www-authenticate` or `proxy-authenticate` header. */
  challenge: Schema.optional(Schema.String),
  /** The `upgrade` header. */
  upgrade: Schema.optional(Schema.String),
  /** The `location` header, without the secrets that a URL can contain. */
  location: Schema.optional(Schema.String),
  /** All headers, names in lower case, without secrets. */
  headers: Schema.Record({ key: Schema.String, value: Schema.String })
})
/**
 * @since 0.1.0
 * @category models
 */
export type ResponseEvidence = typeof ResponseEvidence.Type

/**
 * How the failed request was sent, and what was received. Contains no secrets.
 *
 * @since 0.1.0
 * @category schemas
 */
export const Evidence = Schema.Struct({
  /** `list`: a list of models was requested. */
  operation: Schema.Literal("converse", "converse-stream", "list"),
  region: Schema.String,
  authorization: Authorization,
  /** The request fields that were left out of this request. */
  dropped: Schema.Array(Schema.String),
  /** The guardrail that the request asked for, for example `gr1, version 2`. */
  guardrail: Schema.optional(Schema.String),
  /** The closest request that this gateway has answered since the client was created, if any. */
  answeredBefore: Schema.optional(Schema.Literal("same-url", "other-operation", "other-model")),
  /** Absent when there was no response. */
  response: Schema.optional(ResponseEvidence)
})
/**
 * @since 0.1.0
 * @category models
 */
export type Evidence = typeof Evidence.Type
