/**
 * Which settings a project's file may change without asking the user.
 *
 * @since 0.1.0
 */
import * as Context from "effect/Context"
import * as Layer from "effect/Layer"
import * as Option from "effect/Option"
import * as Predicate from "effect/Predicate"
import { bedrockFields } from "../internal/schema/bedrockOptions.ts"
import { modelFields } from "../internal/schema/requestFields.ts"

/**
 * A change that a project's file would make: a setting, or a group of settings (`permission`, an MCP server, `headers`, `guardrail`) as a plain
 * value.
 *
 * @since 0.1.0
 * @category models
 */
export interface ProposedChange {
  /** For example `["provider", "amazon-bedrock", "options", "baseURL"]`. */
  readonly path: ReadonlyArray<string>
  readonly value: unknown
  /** Whether the value contains a placeholder that would be replaced. */
  readonly hasPlaceholder: boolean
  /** The endpoints in the user's own configuration and environment, as written there. */
  readonly ownEndpoints: ReadonlyArray<string>
  /** The cost limit of a session in the user's own configuration or on the command line, in US dollars. */
  readonly ownMaxCost: Option.Option<number>
  /**
   * The guardrail in the user's own configuration that this change would replace or leave out: for an option of a model, that model's. Absent
   * or `false`: none.
   */
  readonly ownGuardrail?: unknown
}

/**
 * Reviews the changes of a project's file.
 *
 * @since 0.1.0
 * @category models
 */
export interface Service {
  /** Returns none if the change applies. Otherwise it applies only after the user trusts the file; the text says what a stranger could do with it. */
  readonly review: (change: ProposedChange) => Option.Option<string>
}

/**
 * The policy for settings in a project's file. The file comes with a cloned repository, so a stranger may have written it.
 * Without a layer, that of `layer` is used.
 *
 * @since 0.1.0
 * @category services
 */
export class TrustPolicy extends Context.Reference<TrustPolicy>()("@altimate-code/config/trust/TrustPolicy", {
  defaultValue: (): Service => live
}) {}

/**
 * Amazon's own hosts: the service's endpoints and its VPC endpoints. Other names under `amazonaws.com` can belong to any AWS customer, such
 * as an API gateway, a load balancer, or the bucket `bedrock-runtime.s3.amazonaws.com`.
 * Source: AWS General Reference, "Amazon Bedrock endpoints and quotas"; AWS PrivateLink Guide, "DNS names of endpoints".
 */
const amazonHost =
  /^(vpce-[a-z0-9-]+\.)?bedrock-runtime(-fips)?\.[a-z]{2,4}(-[a-z]+)+-\d+\.(vpce\.)?(amazonaws\.com(\.cn)?|api\.aws|amazonaws\.eu)$/

/**
 * A path segment that every server reads the same way: nothing encoded (`..%2f`), no parameter (`..;`), and not only dots. An empty segment is
 * allowed only at the end.
 */
const isPlain = (segment: string): boolean => /^(?!\.+$)[\w.~:@+-]+$/.test(segment)

/** Whether `url` has the scheme, host, port and user of `own`, and a path that begins with all segments of the path of `own`. */
const isUnderEndpoint = (own: URL, url: URL): boolean => {
  if (own.origin !== url.origin || own.username !== url.username || own.password !== url.password) return false
  const rest = ["search", "hash"] as const
  if (rest.some((part) => url[part] !== "" && url[part] !== own[part])) return false
  const top = own.pathname.replace(/\/+$/, "").split("/")
  const path = url.pathname.replace(/\/$/, "").split("/")
  return top.every((segment, index) => segment === path[index]) && path.slice(top.length).every(isPlain)
}

const isAmazon = ({ hostname, password, port, protocol, username }: URL): boolean =>
  protocol === "https:" && port === "" && username === "" && password === "" && amazonHost.test(hostname)

const isTrustedUrl = (value: unknown, own: ReadonlyArray<string>): boolean => {
  if (typeof value !== "string" || !URL.canParse(value)) return false
  const url = new URL(value)
  return isAmazon(url) || own.some((endpoint) => URL.canParse(endpoint) && isUnderEndpoint(new URL(endpoint), url))
}

/** Whether a path or glob leads out of the project. */
const leavesProject = (value: unknown): boolean =>
  [value].flat().some((path) => typeof path === "string" && /^([/\\~]|[a-z]:)|(^|[/\\{,])\.\.([/\\},]|$)/i.test(path))

const newEndpoint = "sends your credential and prompts to an endpoint that you have not configured"

/** What a stranger could do with each option that is not harmless. */
const risks: Readonly<Record<string, string>> = {
  proxy: "sends requests through this proxy",
  caFile: "trusts the certificate authorities in this file",
  clientCert: "presents this client certificate",
  clientKey: "presents a client certificate with this key",
  headers: "adds these headers to every request",
  apiKey: "signs in with this token, whose owner may be able to see your prompts",
  tokenCommand: "runs a command",
  additionalModelRequestFields: "adds fields to requests, which may give the model other tools",
  allowInsecure: "allows unencrypted requests"
}

/** Options that give no access to another host, file or program. */
const harmless: ReadonlySet<string> = new Set<keyof typeof bedrockFields>([
  "additionalModelResponseFieldPaths",
  "anthropic_beta",
  "auth",
  "cache",
  "cachePoint",
  "crossRegion",
  "effort",
  "fallback",
  "http2",
  "inferenceConfig",
  "maxTokens",
  "performanceConfig",
  "prefixRules",
  "profile",
  "region",
  "requestMetadata",
  "retry",
  "serviceTier",
  "signingService",
  "stopSequences",
  "streaming",
  "temperature",
  "thinking",
  "timeout",
  "topP"
])

/** A guardrail protects the user, so a project's file may add one, but not weaken it. */
const reviewGuardrail = ({ ownGuardrail, value }: ProposedChange): Option.Option<string> => {
  if (ownGuardrail === undefined || ownGuardrail === false) return Option.none()
  if (value === false) return Option.some("removes your guardrail")
  const isSame = Predicate.isRecord(ownGuardrail) && Predicate.isRecord(value) &&
    Object.entries(value).every(([key, part]) => String(part) === String(ownGuardrail[key]))
  return isSame ? Option.none() : Option.some("changes your guardrail")
}

/** A limit may be lowered. */
const reviewMaxCost = ({ ownMaxCost, value }: ProposedChange): Option.Option<string> =>
  Option.filter(ownMaxCost, (limit) => typeof value !== "number" || value > limit).pipe(
    Option.map((limit) => `raises the cost limit of a session, which you have set to $${limit}`)
  )

/** A model's price follows from these. A lower price would let a session cost more than the user's limit. */
const reviewModel = (name: string, { ownMaxCost }: ProposedChange): Option.Option<string> =>
  (name === "cost" || name === "baseModel") && Option.isSome(ownMaxCost)
    ? Option.some("changes the price that your cost limit is computed with")
    : Option.none()

const reviewOption = (name: string, change: ProposedChange): Option.Option<string> => {
  const { hasPlaceholder, ownEndpoints, ownGuardrail, value } = change
  if (name === "baseURL" || name === "endpoint") {
    return hasPlaceholder || !isTrustedUrl(value, ownEndpoints) ? Option.some(newEndpoint) : Option.none()
  }
  if (name === "guardrail" || name === "guardrailConfig") return reviewGuardrail(change)
  if (name === "maxCost") return reviewMaxCost(change)
  if (name === "drop") {
    const hasGuardrail = ownGuardrail !== undefined && ownGuardrail !== false
    return hasGuardrail && [value].flat().includes("guardrailConfig")
      ? Option.some("removes your guardrail")
      : Option.none()
  }
  // An unknown option has no effect.
  if (harmless.has(name) || !Object.hasOwn(bedrockFields, name)) return Option.none()
  return Option.some(risks[name] ?? "changes how the gateway is reached")
}

const isBedrockModel = ([first, provider, group]: ReadonlyArray<string>): boolean =>
  first === "provider" && provider === "amazon-bedrock" && group === "models"

/** The name of the option at this path, which may be an option of one model. */
const optionName = ([first, provider, group, ...rest]: ReadonlyArray<string>): Option.Option<string> => {
  if (first !== "provider" || provider !== "amazon-bedrock") return Option.none()
  if (group === "options") return Option.fromNullable(rest[0])
  return group === "models" && rest[1] === "options" && rest[2] !== undefined &&
      Object.hasOwn(modelFields, rest[2])
    ? Option.some(rest[2])
    : Option.none()
}

/** Whether the rules allow every shell command. */
const allowsAllCommands = (rules: unknown): boolean => {
  if (!Predicate.isRecord(rules)) return rules === "allow"
  return ["bash", "*"].some((name) => rules[name] === "allow") ||
    Predicate.isRecord(rules["bash"]) && rules["bash"]["*"] === "allow"
}

const live: Service = {
  review: (change) => {
    const { hasPlaceholder, path, value } = change
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
    if (path[0] === "notification" && typeof (path.length > 1 ? undefined : value) !== "string") {
      return Option.some("runs a command when the assistant asks or is done")
    }
    if (path[0] === "keybinds") {
      return Option.some("changes which keys send prompts and run commands")
    }
    if (path[0] === "instructions" && leavesProject(value)) {
      return Option.some("shows the model files from outside the project")
    }
    const why = Option.orElse(
      Option.flatMap(optionName(path), (name) => reviewOption(name, change)),
      () => isBedrockModel(path) ? reviewModel(path[4] ?? "", change) : Option.none()
    )
    return Option.isNone(why) && hasPlaceholder ? Option.some("reads your environment variables or your files") : why
  }
}

/**
 * These changes need the user's trust:
 *
 * - an endpoint, unless it is Amazon's own or under one in the user's own configuration or environment (the same scheme, host and port, and
 *   a path that begins with its path);
 * - a proxy, certificates, headers, `apiKey`, `tokenCommand`, `allowInsecure` and `additionalModelRequestFields`;
 * - a change to a guardrail of the user's own, its removal, and leaving it out of requests (`drop`); a guardrail where there is none is
 *   allowed;
 * - a cost limit above the user's own and, if the user has one, the price of a model;
 * - MCP servers, permissions, keys, a program for notifications, and instructions from outside the project;
 * - every value with a placeholder `{env:…}` or `{file:…}` that would be replaced.
 *
 * Everything else applies immediately.
 *
 * @since 0.1.0
 * @category layers
 */
export const layer: Layer.Layer<TrustPolicy> = Layer.succeed(TrustPolicy, live)

/**
 * Applies every project's file without asking: for machines on which only trusted repositories are opened.
 *
 * @since 0.1.0
 * @category layers
 */
export const off: Layer.Layer<TrustPolicy> = Layer.succeed(TrustPolicy, { review: () => Option.none() })
