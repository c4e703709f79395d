/**
 * The part of a request that was refused, if the next request can be sent without it.
 *
 * @since 0.1.0
 */
import * as Schema from "effect/Schema"

/**
 * - `TooLong`: the request is too long; `size` is its size and `limit` the maximum, if the service reports them. The unit is `bytes` if a
 *   gateway or proxy limits the body
 * - `Part`: parts of messages, identified by the `Digest` of their content; `digests` is empty if the service names only the kind
 * - `Tool`: the definition of a tool
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
