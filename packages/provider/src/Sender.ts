/**
 * Who answered in Bedrock's place.
 *
 * @since 0.1.0
 */
import * as Schema from "effect/Schema"

/**
 * - `firewall`: it checks requests and refused this one
 * - `proxy`: it passes on the traffic of this network
 * - `gateway`: a load balancer or reverse proxy, or whatever else stands in front of Bedrock
 * - `login`: a page where people sign in
 * - `network`: the network itself, which wants a login before it lets anything through
 *
 * `name` is the product, as far as the answer shows it; `supportId` is what its operators find the request by, with its label:
 * `support ID 1234567890`.
 *
 * @since 0.1.0
 * @category schemas
 */
export const Sender = Schema.Struct({
  kind: Schema.Literal("firewall", "proxy", "gateway", "login", "network"),
  name: Schema.optional(Schema.String),
  supportId: Schema.optional(Schema.String)
})
/**
 * @since 0.1.0
 * @category models
 */
export type Sender = typeof Sender.Type
