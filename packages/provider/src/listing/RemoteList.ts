/**
 * The models that an endpoint lists, as they are stored.
 *
 * @since 0.1.0
 */
import * as Schema from "effect/Schema"

/**
 * A model that can chat. Of a gateway's own list only `id` and `name` are known.
 *
 * @since 0.1.0
 * @category schemas
 */
export const RemoteModel = Schema.Struct({
  id: Schema.String,
  name: Schema.String,
  arn: Schema.optional(Schema.String),
  /** Whether requests may name the model itself, without an inference profile. */
  onDemand: Schema.Boolean,
  /** Whether AWS has announced its end. */
  legacy: Schema.Boolean,
  /** When it ends or ended, in milliseconds since 1970. */
  end: Schema.optional(Schema.Number),
  /** Whether the account has access; absent: unknown. */
  access: Schema.optional(Schema.Boolean)
})
/**
 * @since 0.1.0
 * @category models
 */
export type RemoteModel = typeof RemoteModel.Type

/**
 * An inference profile.
 *
 * @since 0.1.0
 * @category schemas
 */
export const RemoteProfile = Schema.Struct({
  id: Schema.String,
  arn: Schema.String,
  name: Schema.String,
  /** Whether the account created it; otherwise AWS did. */
  isApplication: Schema.Boolean,
  /** The IDs of its models, without prefix: the same model in several regions. */
  models: Schema.Array(Schema.String)
})
/**
 * @since 0.1.0
 * @category models
 */
export type RemoteProfile = typeof RemoteProfile.Type

/**
 * What an endpoint answered. It contains no secrets.
 *
 * @since 0.1.0
 * @category schemas
 */
export const RemoteList = Schema.Struct({
  /** When it was read, in milliseconds since 1970. */
  readAt: Schema.Number,
  region: Schema.String,
  /** `ControlPlane`: AWS's own list. `Gateway`: the gateway's. `None`: the gateway has no list, which is common. */
  source: Schema.Literal("ControlPlane", "Gateway", "None"),
  /** The URL of the list, without secrets; for `None`, the first one that was tried. */
  url: Schema.String,
  /** The status of the last response, if there is no list. */
  status: Schema.optional(Schema.Number),
  models: Schema.Array(RemoteModel),
  profiles: Schema.Array(RemoteProfile),
  /** Why the inference profiles are not known, if they are not. */
  profilesError: Schema.optional(Schema.String)
})
/**
 * @since 0.1.0
 * @category models
 */
export type RemoteList = typeof RemoteList.Type
