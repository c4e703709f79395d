/**
 * What a project's file may change without anybody being asked.
 *
 * @since 0.1.0
 */
import * as Context from "effect/Context"
import * as Layer from "effect/Layer"
import * as Option from "effect/Option"

/**
 * One thing that a project's file says: a setting, or a group of settings (`permission`, one MCP server, `headers`) as a plain value.
 *
 * @since 0.1.0
 * @category models
 */
export interface Wish {
  /** For example `["provider", "amazon-bedrock", "options", "baseURL"]`. */
  readonly path: ReadonlyArray<string>
  readonly value: unknown
  /** Would `{env:…}` or `{file:…}` be filled in? */
  readonly fillsIn: boolean
  /** Hosts (names without ports, in lower case) that the person's own configuration or environment has requests sent to. */
  readonly ownHosts: ReadonlySet<string>
}

/**
 * Judges what a project's file wants.
 *
 * @since 0.1.0
 * @category models
 */
export interface Service {
  /** What it could do with it, in words, when it has to wait until the person trusts the file; none: it applies at once. */
  readonly waits: (wish: Wish) => Option.Option<string>
}

/**
 * The policy that answers what a project's file may change without anybody being asked. It comes with a cloned repository, so it
 * may be a stranger's.
 *
 * @since 0.1.0
 * @category services
 */
export class TrustPolicy extends Context.Tag("@altimate-code/config/TrustPolicy")<TrustPolicy, Service>() {}

/**
 * Amazon's own, which nobody else can stand behind: the service's hosts and its VPC endpoints. Other names below `amazonaws.com`
 * are anybody's (an API gateway, a load balancer).
 * Source: AWS General Reference, "Amazon Bedrock endpoints and quotas"; AWS PrivateLink Guide, "DNS names of endpoints".
 */
const amazon =
  /^(vpce-[a-z0-9-]+\.)?bedrock-runtime(-fips)?\.[a-z0-9-]+\.(vpce\.)?(amazonaws\.com(\.cn)?|api\.aws|amazonaws\.eu)$/

const loopback = /^(localhost|.*\.localhost|127(\.\d+){3}|\[::1\])$/

const isTrustedUrl = (value: unknown, own: ReadonlySet<string>): boolean => {
  if (typeof value !== "string" || !URL.canParse(value)) return false
  const host = new URL(value).hostname.toLowerCase()
  return own.has(host) || amazon.test(host) || loopback.test(host)
}

/** Paths and globs that lead out of the project. */
const leadsOut = (value: unknown): boolean =>
  [value].flat().some((path) => typeof path === "string" && /^([/\\~]|[a-z]:)|(^|[/\\{,])\.\.([/\\},]|$)/i.test(path))

const options: Readonly<Record<string, string>> = {
  proxy: "sends requests through a proxy of its choosing",
  caFile: "has a gateway trusted by certificates of its choosing",
  clientCert: "presents a client certificate",
  clientKey: "presents a client certificate",
  headers: "sends headers of its choosing",
  tokenCommand: "runs a command",
  allowInsecure: "lets requests go unencrypted"
}

/**
 * These wait: an endpoint, unless its host is one that the person's own configuration names, Amazon's, or this machine; a proxy,
 * certificates, headers, `tokenCommand`, `allowInsecure`; MCP servers; permissions; instructions from outside the project; and whatever
 * has `{env:…}` or `{file:…}` filled in. Everything else applies at once.
 *
 * @since 0.1.0
 * @category layers
 */
export const layer: Layer.Layer<TrustPolicy> = Layer.succeed(TrustPolicy, {
  waits: ({ fillsIn, ownHosts, path, value }) => {
    if (path[0] === "permission") return Option.some("changes what tools may do")
    if (path[0] === "mcp") return Option.some("starts or asks a server")
    if (path[0] === "instructions" && leadsOut(value)) {
      return Option.some("shows the model files from outside the project")
    }
    if (path[0] === "provider" && path[1] === "amazon-bedrock" && path[2] === "options") {
      const name = path[3] ?? ""
      if (Object.hasOwn(options, name)) return Option.fromNullable(options[name])
      if ((name === "baseURL" || name === "endpoint") && (fillsIn || !isTrustedUrl(value, ownHosts))) {
        return Option.some("sends your credential and prompts to a host of its choosing")
      }
    }
    return fillsIn ? Option.some("reads your environment or your files") : Option.none()
  }
})

/**
 * Every project's file applies as it is: for machines where nobody else's repositories are opened.
 *
 * @since 0.1.0
 * @category layers
 */
export const off: Layer.Layer<TrustPolicy> = Layer.succeed(TrustPolicy, { waits: () => Option.none() })
