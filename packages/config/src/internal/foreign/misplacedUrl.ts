/** A gateway's URL in a place where nothing reads it. */
import { printable } from "@altimate-code/log/Printable"
import type { ConfigError } from "../../ConfigError.ts"
import type { Origin } from "../../Origin.ts"
import { isSecretName } from "../../SecretName.ts"
import { nearest, unknownKeys } from "../file/check.ts"
import { failure } from "../file/place.ts"
import { type Branch, dotted, find, type Tree } from "../file/tree.ts"
import { BedrockOptions } from "../schema/bedrockOptions.ts"
import { placeholders } from "../sources/placeholders.ts"
import { maskValue } from "../values/masking.ts"
import { bare, isBedrock, isOtherProvider } from "./providers.ts"

/** A text that is a URL, or may become one, and where it is. */
interface Found {
  readonly path: ReadonlyArray<string>
  readonly origin: Origin
  readonly url: string
}

/**
 * The failure for the first gateway's URL that this file has in a place where nothing reads it: under another spelling of
 * `amazon-bedrock`, beside `options`, under another name, or in an object that a later one of the same name replaces. Whatever stands
 * in an unknown place counts, unless its name says that it is something else.
 */
export const misplacedUrl = (tree: Branch): ConfigError | undefined => {
  const [found] = [...unknownKeys(tree).flatMap(({ path }) => inUnknown(tree, path)), ...replaced(tree)]
  return found === undefined ? undefined : failure(found.origin, {
    reason: "Misplaced",
    message: `the gateway's URL is in ${dotted(found.path)}, which is not read`,
    hint: correction(tree, found)
  })
}

/** The URLs of other providers' entries. */
export const otherProvidersUrls = (tree: Branch): ReadonlyArray<Found> =>
  Array.from(children(find(tree, ["provider"]))).flatMap(([id, entry]) =>
    id !== "amazon-bedrock" && isOtherProvider(id, entry)
      ? urls(entry, ["provider", id]).filter(({ path }) =>
        endpointNames.has(bare(path.at(-1)!)) || path.at(-1) === "api"
      )
      : []
  )

const children = (tree: Tree | undefined): ReadonlyMap<string, Tree> =>
  tree?._tag === "Branch" ? tree.children : new Map<string, Tree>()

/** Settings of earlier tools at the top of the file in which a URL is something else. */
const sections = new Set(
  ("agent agents attachment attachments attribution autoshare autoupdate command commands compaction defaultagent "
    + "disabledproviders enabledproviders enterprise experimental feedback formatter hooks instructions keybinds layout loglevel lsp "
    + "mcp mcpservers mode modes notifications permission permissions plugin plugins references server share shell skill skills "
    + "smallmodel snapshot statusline telemetry theme tooloutput tools tui username watcher webfetch websearch").split(
      " "
    )
)

const inUnknown = (tree: Branch, path: ReadonlyArray<string>): ReadonlyArray<Found> => {
  const at = find(tree, path)
  const [top = ""] = path
  if (at === undefined) return []
  if (path.length > 1) return top === "provider" ? urls(at, path) : []
  if (nearest(top, ["provider"]) !== undefined) {
    return at._tag === "Leaf"
      ? urls(at, path)
      : Array.from(at.children).flatMap(([id, entry]) => isOtherProvider(id, entry) ? [] : urls(entry, [top, id]))
  }
  return sections.has(bare(top)) || isOtherProvider(top, at) ? [] : urls(at, path)
}

/** Of two equal names in one object the last one counts, with all that is in it. */
const replaced = (tree: Branch): ReadonlyArray<Found> => {
  const path = ["provider", "amazon-bedrock", "options"]
  return path.concat("").flatMap((_, depth) => {
    const branch = find(tree, path.slice(0, depth))
    const before = branch?._tag === "Branch" ? branch.replaced ?? [] : []
    return before.flatMap(([name, lost]) =>
      depth < path.length && name !== path[depth]
        ? []
        : urls(lost, [...path.slice(0, depth), name]).filter(({ path: [, id, , option] }) =>
          id === "amazon-bedrock" && (option === "baseURL" || option === "endpoint")
        )
    )
  })
}

/** Names of the URL of an API, without separators. */
const endpointNames = new Set(
  ("address apibase apibaseurl apiendpoint apihost apiurl baseuri baseurl base endpoint endpointuri endpointurl gateway "
    + "gatewayurl host hostname origin server serverurl uri url").split(" ")
)

/** Of these names those that hold a single word as well, such as the name of a protocol, which then says nothing of a host. */
const ambiguousNames = new Set("api base gateway origin server".split(" "))

/** Words that say what else a URL is, in its name or that of an object around it. */
const somethingElse = new Set(
  ("analytics bugs callback changelog doc docs documentation header headers homepage icon image issuer license login logo metrics "
    + "oauth oidc otel proxies proxy redirect referer referrer repo repository schema share sso sts support telemetry token tracing "
    + "update webhook website").split(" ")
)

const isSomethingElse = (name: string): boolean =>
  words(name).some((word) => somethingElse.has(word)) ||
  // `httpproxy`, and the endpoints of other AWS services: `AWS_ENDPOINT_URL_S3`.
  /proxy|^awsendpointurl(?!$|bedrock)/.test(bare(name))

/** Words in a name for something that is no URL. */
const noUrl = new Set(
  "account arn id key keys mode model profile project region role tenant user username version".split(" ")
)

const isNoUrl = (name: string): boolean => isSecretName(name) || words(name).some((word) => noUrl.has(word))

const words = (name: string): ReadonlyArray<string> =>
  name.replaceAll(/([a-z])([A-Z])/g, "$1 $2").toLowerCase().split(/[^a-z0-9]+/)

const urls = (tree: Tree, path: ReadonlyArray<string>): ReadonlyArray<Found> => {
  if (isSomethingElse(path.at(-1) ?? "")) return []
  if (tree._tag === "Branch") {
    return Array.from(tree.children).flatMap(([key, child]) => urls(child, [...path, key]))
  }
  if (tree.items !== undefined) return tree.items.flatMap((item) => urls(item, path))
  if (typeof tree.value !== "string") return []
  const url = asUrl(tree.value.trim(), path)
  return url === undefined ? [] : [{ path, origin: tree.origin, url }]
}

/** The text as it has to be written, if it is a URL or may become one. */
const asUrl = (text: string, path: ReadonlyArray<string>): string | undefined => {
  const name = path.at(-1) ?? ""
  if (/^https?:/i.test(text) && (URL.canParse(text) || placeholders(text).length > 0)) return text
  const isEndpoint = !isNoUrl(name) &&
    (endpointNames.has(bare(name)) || words(name).some((word) => endpointNames.has(word)))
  const [, , inner = ""] = /^\{(env|file):([^{}]*)\}/.exec(text) ?? []
  if (inner !== "") {
    return !isNoUrl(name) && !isNoUrl(inner) && (isEndpoint || path.some(isBedrock)) ? text : undefined
  }
  return isEndpoint && isAddress(text, name) ? toUrl(text) : undefined
}

/** A host without its scheme, a variable as other tools write it; under a name that can mean nothing else, any word. */
const isAddress = (text: string, name: string): boolean =>
  /^(\/\/)?([\w-]+\.)+[a-z]{2,}(:\d+)?(\/\S*)?$|^(\/\/)?[\w.-]+:\d+(\/\S*)?$|^\$\{?[\w:]+\}?(\/\S*)?$/i.test(text) ||
  endpointNames.has(bare(name)) && /^\S+$/.test(text) && !(/^[\w-]+$/.test(text) && ambiguousNames.has(bare(name)))

/** What was probably meant by an address that is no URL. */
const toUrl = (text: string): string => {
  if (placeholders(text).length > 0) return text
  const [, variable, rest = ""] = /^\$\{?(?:env:)?(\w+)\}?(.*)$/.exec(text) ?? []
  if (variable !== undefined) return `{env:${variable}}${rest}`
  if (/^[a-z][a-z0-9+.-]*:\/\//i.test(text)) return text.replace(/^ws(?=s?:)/i, "http")
  const address = text.replace(/^\/\//, "")
  return `${/^(localhost|127\.[\d.]+|\[::1\])(?=$|[:/])/.test(address) ? "http" : "https"}://${address}`
}

/** The lines to write instead, with the options that stand beside the URL or where it belongs. */
const correction = (tree: Branch, { origin, path, url }: Found): string => {
  const place = ["provider", "amazon-bedrock", "options"]
  const beside = [find(tree, place), find(tree, path.slice(0, -1))].flatMap((at) =>
    Array.from(children(at)).flatMap(([name, option]) =>
      option._tag === "Leaf" && Object.hasOwn(BedrockOptions.fields, name) && name !== "baseURL" &&
        name !== "endpoint" &&
        JSON.stringify(maskValue(option.value, [name])) === JSON.stringify(option.value)
        ? [[name, option.value] as const]
        : []
    )
  )
  const shown = maskValue(url, [path.at(-1) ?? ""])
  const options = { baseURL: shown, ...Object.fromEntries(beside) }
  const where = origin._tag === "File" ? printable(origin.path) : "ALTIMATE_CLI_CONFIG_CONTENT"
  return [
    "Nothing was sent: without the URL, requests would go to AWS itself. If that is what you want, delete the URL.",
    `Otherwise write it like this in ${where}${
      shown === url ? "" : " (<redacted> stands for the secret in your URL)"
    }:`,
    "",
    JSON.stringify({ provider: { "amazon-bedrock": { options } } }, null, 2)
  ].join("\n")
}
