/**
 * The sender of a response that did not come from Bedrock.
 *
 * @since 0.1.0
 */
import * as Schema from "effect/Schema"

/**
 * - `firewall`: inspects requests and refused this one
 * - `proxy`: forwards the traffic of the user's network
 * - `gateway`: a load balancer, a reverse proxy or anything else in front of Bedrock
 * - `login`: a login page
 * - `network`: a captive portal, which requires a login before it allows any traffic
 *
 * `name` is the product, if the response reveals it. `supportId` is an ID that its operators can look up, with its label:
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

/**
 * The sender as the subject of a sentence, for example `A firewall in front of Bedrock (F5)`.
 *
 * @since 0.1.0
 * @category rendering
 */
export const describe = ({ kind, name }: Sender): string => {
  const product = name === undefined ? "" : ` (${name})`
  switch (kind) {
    case "firewall":
      return `A firewall in front of Bedrock${product}`
    case "proxy":
      return `A proxy${product}`
    default:
      return `The gateway${product}`
  }
}
