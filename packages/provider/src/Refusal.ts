/**
 * What of a request the service refused, as far as the next request can do without it.
 *
 * @since 0.1.0
 */
import * as Schema from "effect/Schema"

/**
 * - `TooLong`: the whole request; `size` is the request's and `limit` the most that is taken, where the service reports them. Measured
 *   in tokens, or in bytes where something on the way limits the body.
 * - `Part`: contents of messages, each by its `Digest` (system); none when the service names only the kind
 * - `Tool`: a tool's definition
 * - `Unnamed`: the service does not say which part
 *
 * @since 0.1.0
 * @category schemas
 */
export const Refusal = Schema.Union(
  Schema.TaggedStruct("TooLong", {
    unit: Schema.Literal("tokens", "bytes"),
    size: Schema.optional(Schema.Number),
    limit: Schema.optional(Schema.Number)
  }),
  Schema.TaggedStruct("Part", {
    kind: Schema.Literal("image", "document", "text", "reasoning"),
    digests: Schema.Array(Schema.String)
  }),
  Schema.TaggedStruct("Tool", { name: Schema.String }),
  Schema.TaggedStruct("Unnamed", {})
)
/**
 * @since 0.1.0
 * @category models
 */
export type Refusal = typeof Refusal.Type
