/** Where a list of models may be found. Pure. */
import type { Endpoint } from "../../EndpointPolicy.ts"
import { dnsSuffixes } from "../endpoint/defaultHost.ts"

export interface Candidate {
  /** `ControlPlane`: AWS's operations below `url`. `Gateway`: a list of the gateway itself at `url`, in OpenAI's format. */
  readonly _tag: "ControlPlane" | "Gateway"
  /** Absolute, perhaps with a query. It may contain a password. */
  readonly url: string
}

const suffixes = [...dnsSuffixes, "api.aws"].map((suffix) => suffix.replaceAll(".", "\\.")).join("|")

/** `bedrock-runtime.us-east-1.amazonaws.com`, also its FIPS and dual-stack variants. The control plane has the same name without `-runtime`. */
const awsHost = new RegExp(`^bedrock-runtime(-fips)?(\\.[a-z0-9-]+\\.(?:${suffixes}))$`)

const append = (base: string, path: string): string => {
  const url = new URL(base)
  url.pathname = `${url.pathname.replace(/\/+$/, "")}${path}`
  return url.href
}

/** The URL of a control plane's operation. */
export const operationUrl = (base: string, path: string, query: Readonly<Record<string, string>>): string => {
  const url = new URL(append(base, path))
  for (const [name, value] of Object.entries(query)) url.searchParams.set(name, value)
  return url.href
}

/**
 * In the order in which they are tried. `controlPlane` is the configured URL of the control plane. A gateway may forward AWS's operations, or list its own
 * models beside its endpoint or, as LiteLLM does, at the root of its host.
 */
export const listCandidates = (endpoint: Endpoint, controlPlane: Endpoint | undefined): ReadonlyArray<Candidate> => {
  if (controlPlane !== undefined) return [{ _tag: "ControlPlane", url: controlPlane.url }]
  const { hostname } = new URL(endpoint.url)
  const [, fips = "", rest] = awsHost.exec(hostname) ?? []
  if (rest !== undefined) return [{ _tag: "ControlPlane", url: `https://bedrock${fips}${rest}` }]
  const root = new URL(endpoint.url)
  root.pathname = ""
  const lists = [
    append(endpoint.url, "/models"),
    append(endpoint.url, "/v1/models"),
    append(root.href, "/v1/models")
  ].filter((url) => !url.includes("/v1/v1/"))
  return [
    { _tag: "ControlPlane", url: endpoint.url },
    ...[...new Set(lists)].map((url): Candidate => ({ _tag: "Gateway", url }))
  ]
}
