/**
 * What was observed of a failed request, beyond the message of its error.
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
  /** Where it came from, for example `AWS_BEARER_TOKEN_BEDROCK` or `AWS profile dev`. */
  source: Schema.String,
  /** Whether that source can provide another one. */
  refreshable: Schema.Boolean,
  /** The AWS profile that provided it. */
  profile: Schema.optional(Schema.String),
  /** What a short-term Bedrock API key says about itself; `expiresAt` is in milliseconds since 1970. */
  bedrockKey: Schema.optional(Schema.Struct({ region: Schema.String, expiresAt: Schema.Number }))
})
/**
 * @since 0.1.0
 * @category models
 */
export type Authorization = typeof Authorization.Type

/**
 * What the body of a response is, whatever its content type says.
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
  location: Schema.optional(Schema.String)
})
/**
 * @since 0.1.0
 * @category models
 */
export type ResponseEvidence = typeof ResponseEvidence.Type

/**
 * How the failed request was sent, and what came back. Contains no secret.
 *
 * @since 0.1.0
 * @category schemas
 */
export const Evidence = Schema.Struct({
  operation: Schema.Literal("converse", "converse-stream"),
  region: Schema.String,
  authorization: Authorization,
  /** The request fields that were left out of this request. */
  dropped: Schema.Array(Schema.String),
  /** Which request this gateway has answered since the client was made, if any: the closest to the failed one. */
  answeredBefore: Schema.optional(Schema.Literal("same-url", "other-operation", "other-model")),
  /** Absent when there was no response. */
  response: Schema.optional(ResponseEvidence)
})
/**
 * @since 0.1.0
 * @category models
 */
export type Evidence = typeof Evidence.Type
