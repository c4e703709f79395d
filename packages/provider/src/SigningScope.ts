/**
 * Decides which service and region requests are signed for.
 *
 * @since 0.1.0
 */
import * as Origin from "@altimate-code/config/Origin"
import type * as Settings from "@altimate-code/config/Settings"
import * as Option from "effect/Option"
import { dnsSuffixes } from "./internal/endpoint/defaultHost.ts"

/**
 * The credential scope of signatures, for example `us-east-1/bedrock`, and why it was chosen.
 *
 * @since 0.1.0
 * @category models
 */
export interface SigningScope {
  readonly service: string
  readonly region: string
  readonly why: string
}

const amazon = dnsSuffixes.map((suffix) => suffix.replaceAll(".", "\\.")).join("|")

/**
 * Hosts in front of Bedrock that check signatures themselves. The pattern captures their region.
 * Source: API Gateway Developer Guide, "Invoke REST APIs" and "Invoke a private API" (`ID.execute-api.REGION.amazonaws.com`,
 * `ID-VPCE.execute-api.…`, `VPCE.execute-api.REGION.vpce.amazonaws.com`); VPC Lattice User Guide, "SIGv4 authenticated requests";
 * Lambda Developer Guide, "Invoking Lambda function URLs".
 */
const hosts: ReadonlyArray<readonly [string, RegExp]> = [
  ["execute-api", new RegExp(`^[a-z0-9-]+\\.execute-api\\.([a-z0-9-]+)\\.(?:vpce\\.)?(?:${amazon})$`)],
  ["vpc-lattice-svcs", /\.vpc-lattice-svcs\.([a-z0-9-]+)\.on\.aws$/],
  ["lambda", /^[a-z0-9]+\.lambda-url\.([a-z0-9-]+)\.on\.aws$/]
]

const scopeOfHost = (url: string): Pick<SigningScope, "region" | "service"> | undefined => {
  const { hostname } = new URL(url)
  for (const [service, pattern] of hosts) {
    const region = pattern.exec(hostname)?.[1]
    if (region !== undefined) return { service, region }
  }
  return undefined
}

/**
 * Describes the scope; none for the default service, `bedrock`.
 *
 * @since 0.1.0
 * @category rendering
 */
export const describe = ({ region, service, why }: SigningScope): Option.Option<string> =>
  service === "bedrock" ? Option.none() : Option.some(`signed for ${service} in ${region} (${why})`)

/**
 * The service is `options.signingService`, or the one in the host name, or `bedrock`. The region is the one in the host name, if it has one,
 * because such a host accepts only signatures for its own region; otherwise it is the configured region. Model IDs always use the
 * configured region, because a gateway and its models can be in different regions.
 *
 * @since 0.1.0
 * @category constructors
 */
export const resolve = (
  { gateway, region }: Pick<Settings.Service, "gateway" | "region">,
  /** The absolute URL of the endpoint. */
  url: string
): SigningScope => {
  const host = scopeOfHost(url)
  const configured = Option.getOrUndefined(gateway.signingService)
  const service = configured?.value ?? host?.service ?? "bedrock"
  return {
    service,
    region: host?.service === service ? host.region : region.value,
    why: configured !== undefined
      ? `options.signingService, ${Origin.describe(configured.origin)}`
      : host === undefined
      ? "default"
      : "host name"
  }
}
