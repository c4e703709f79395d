/**
 * What a project's file may change without the user being asked.
 *
 * @since 0.1.0
 */
import * as Context from "effect/Context"
import * as Layer from "effect/Layer"
import * as Option from "effect/Option"
import * as Predicate from "effect/Predicate"
import { BedrockOptions } from "./internal/schema/bedrockOptions.ts"

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
  /** The URLs that the user's own configuration or environment has requests sent to, as written there. */
  readonly ownEndpoints: ReadonlyArray<string>
}

/**
 * Judges what a project's file says.
 *
 * @since 0.1.0
 * @category models
 */
export interface Service {
  /** What a stranger could do with it, for the user, when it waits until they trust the file; none: it applies at once. */
  readonly waits: (wish: Wish) => Option.Option<string>
}

/**
 * The policy that answers what a project's file may change without the user being asked. The file comes with a cloned repository,
 * so a stranger may have written it.
 *
 * @since 0.1.0
 * @category services
 */
export class TrustPolicy extends Context.Tag("@altimate-code/config/TrustPolicy")<TrustPolicy, Service>() {}

/**
 * Amazon's own, which nobody else can stand behind: the service's hosts and its VPC endpoints. Other names below `amazonaws.com`
 * are anybody's (an API gateway, a load balancer; `bedrock-runtime.s3.amazonaws.com` is somebody's bucket).
 * Source: AWS General Reference, "Amazon Bedrock endpoints and quotas"; AWS PrivateLink Guide, "DNS names of endpoints".
 */
const amazon =
  /^(vpce-[a-z0-9-]+\.)?bedrock-runtime(-fips)?\.[a-z]{2,4}(-[a-z]+)+-\d+\.(vpce\.)?(amazonaws\.com(\.cn)?|api\.aws|amazonaws\.eu)$/

/**
 * A segment that every server reads as it stands: nothing encoded (`..%2f`), no parameter (`..;`), and not only dots.
 * An empty one is fine at the end alone.
 */
const isPlain = (segment: string): boolean => /^(?!\.+$)[\w.~:@+-]+$/.test(segment)

/** Is `url` at or below `own`: the same scheme, host, port and user, and a path that begins with all segments of its path? */
const isBelow = (own: URL, url: URL): boolean => {
  if (own.origin !== url.origin || own.username !== url.username || own.password !== url.password) return false
  const rest = ["search", "hash"] as const
  if (rest.some((part) => url[part] !== "" && url[part] !== own[part])) return false
  const top = own.pathname.replace(/\/+$/, "").split("/")
  const path = url.pathname.replace(/\/$/, "").split("/")
  return top.every((segment, index) => segment === path[index]) && path.slice(top.length).every(isPlain)
}

const isAmazon = ({ hostname, password, port, protocol, username }: URL): boolean =>
  protocol === "https:" && port === "" && username === "" && password === "" && amazon.test(hostname)

const isTrustedUrl = (value: unknown, own: ReadonlyArray<string>): boolean => {
  if (typeof value !== "string" || !URL.canParse(value)) return false
  const url = new URL(value)
  return isAmazon(url) || own.some((endpoint) => URL.canParse(endpoint) && isBelow(new URL(endpoint), url))
}

/** Paths and globs that lead out of the project. */
const leadsOut = (value: unknown): boolean =>
  [value].flat().some((path) => typeof path === "string" && /^([/\\~]|[a-z]:)|(^|[/\\{,])\.\.([/\\},]|$)/i.test(path))

const host = "sends your credential and prompts to an endpoint that you have not configured"

/** What a stranger could do with each option that is not in `harmless`. */
const options: Readonly<Record<string, string>> = {
  proxy: "sends requests through this proxy",
  caFile: "trusts the certificate authorities in this file",
  clientCert: "presents this client certificate",
  clientKey: "presents a client certificate with this key",
  headers: "adds these headers to every request",
  apiKey: "signs in with this token, so that its owner may see your prompts",
  tokenCommand: "runs a command",
  allowInsecure: "lets requests go unencrypted"
}

/** Of the options those with which nobody can reach another host, file or program. */
const harmless: ReadonlySet<string> = new Set<keyof typeof BedrockOptions.Type>([
  "auth",
  "crossRegion",
  "drop",
  "http2",
  "prefixRules",
  "profile",
  "region",
  "retry",
  "signingService",
  "streaming",
  "timeout"
])

const option = (name: string, { fillsIn, ownEndpoints, value }: Wish): Option.Option<string> => {
  if (name === "baseURL" || name === "endpoint") {
    return fillsIn || !isTrustedUrl(value, ownEndpoints) ? Option.some(host) : Option.none()
  }
  // An unknown name applies to nothing.
  if (harmless.has(name) || !Object.hasOwn(BedrockOptions.fields, name)) return Option.none()
  return Option.some(options[name] ?? "changes how the gateway is reached")
}

/** Do the rules allow every command? */
const allowsAllCommands = (rules: unknown): boolean => {
  if (!Predicate.isRecord(rules)) return rules === "allow"
  return ["bash", "*"].some((name) => rules[name] === "allow") ||
    Predicate.isRecord(rules["bash"]) && rules["bash"]["*"] === "allow"
}

/**
 * These wait: an endpoint, unless it is below one that the user's own configuration or environment names (the same scheme, host and
 * port, and a path that begins with its path) or Amazon's; a proxy, certificates, headers, `apiKey`, `tokenCommand`, `allowInsecure`; MCP
 * servers; permissions; instructions from outside the project; and whatever has `{env:…}` or `{file:…}` filled in. Everything else
 * applies at once.
 *
 * @since 0.1.0
 * @category layers
 */
export const layer: Layer.Layer<TrustPolicy> = Layer.succeed(TrustPolicy, {
  waits: (wish) => {
    const { fillsIn, path, value } = wish
    if (path[0] === "permission") {
      return Option.some(
        allowsAllCommands(value)
          ? "lets the model run any command without asking"
          : "changes which tool calls need your approval"
      )
    }
    if (path[0] === "mcp") {
      return Option.some(
        Predicate.isRecord(value) && "headersCommand" in value
          ? "runs a command, and connects to this MCP server"
          : "starts or connects to this MCP server"
      )
    }
    if (path[0] === "instructions" && leadsOut(value)) {
      return Option.some("shows the model files from outside the project")
    }
    const why = path[0] === "provider" && path[1] === "amazon-bedrock" && path[2] === "options"
      ? option(path[3] ?? "", wish)
      : Option.none()
    return Option.isNone(why) && fillsIn ? Option.some("reads your environment variables or your files") : why
  }
})

/**
 * Every project's file applies as it is: for machines where nobody else's repositories are opened.
 *
 * @since 0.1.0
 * @category layers
 */
export const off: Layer.Layer<TrustPolicy> = Layer.succeed(TrustPolicy, { waits: () => Option.none() })
