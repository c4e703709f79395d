/** Finds a gateway's URL in a place where it has no effect. */
import { printable } from "@altimate-code/log/Printable"
import { isSecretName } from "@altimate-code/log/SecretName"
import * as Suggest from "@altimate-code/system/Suggest"
import type { ConfigError } from "../../ConfigError.ts"
import type { Names } from "../../given/ProgramNames.ts"
import { type Origin, source } from "../../Origin.ts"
import { errorAt } from "../file/errorAt.ts"
import { type Branch, find, formatPath, type Tree } from "../file/tree.ts"
import { bedrockFields } from "../schema/bedrockOptions.ts"
import { placeholders } from "../sources/placeholders.ts"
import { maskSetting } from "../values/maskSetting.ts"
import { isBedrock, isOtherProvider } from "./providerNames.ts"
import { findUnknownKeys } from "./unknownKeys.ts"

/** A text that is a URL or may become one. */
interface Found {
  readonly path: ReadonlyArray<string>
  readonly origin: Origin
  readonly url: string
}

/**
 * An error for the first gateway URL in this file that has no effect: under another spelling of `amazon-bedrock`, beside `options`, under
 * another name, or in an object that a later one with the same name replaces. Every URL in an unknown place counts, unless its name says
 * that it is something else.
 */
export const findMisplacedUrl = (tree: Branch, names: Names): ConfigError | undefined => {
  const [found] = [
    ...findUnknownKeys(tree, names).flatMap(({ path }) => findInUnknown(tree, path)),
    ...findReplaced(tree)
  ]
  return found === undefined ? undefined : errorAt(found.origin, {
    reason: "Misplaced",
    message: `the gateway's URL is in ${formatPath(found.path)}, where it has no effect`,
    hint: describeCorrection(tree, found)
  })
}

/** URLs in other providers' entries. */
export const findOtherProvidersUrls = (tree: Branch): ReadonlyArray<Found> =>
  Array.from(getChildren(find(tree, ["provider"]))).flatMap(([id, entry]) =>
    id !== "amazon-bedrock" && isOtherProvider(id, entry)
      ? findUrls(entry, ["provider", id]).filter(({ path }) =>
        endpointNames.has(Suggest.fold(path.at(-1)!)) || path.at(-1) === "api"
      )
      : []
  )

const getChildren = (tree: Tree | undefined): ReadonlyMap<string, Tree> =>
  tree?._tag === "Branch" ? tree.children : new Map<string, Tree>()

/** Top-level settings of other tools whose URLs are not a gateway's. */
const sections = new Set(
  ("agent agents attachment attachments attribution autoshare autoupdate command commands compaction defaultagent "
    + "disabledproviders enabledproviders enterprise experimental feedback formatter hooks instructions keybinds layout loglevel lsp "
    + "mcp mcpservers mode modes notifications permission permissions plugin plugins references server share shell skill skills "
    + "smallmodel snapshot statusline telemetry theme tooloutput tools tui username watcher webfetch websearch").split(
      " "
    )
)

const findInUnknown = (tree: Branch, path: ReadonlyArray<string>): ReadonlyArray<Found> => {
  const at = find(tree, path)
  const [top = ""] = path
  if (at === undefined) return []
  if (path.length > 1) return top === "provider" ? findUrls(at, path) : []
  if (Suggest.closest(top, ["provider"]).length > 0) {
    return at._tag === "Leaf"
      ? findUrls(at, path)
      : Array.from(at.children).flatMap(([id, entry]) => isOtherProvider(id, entry) ? [] : findUrls(entry, [top, id]))
  }
  return sections.has(Suggest.fold(top)) || isOtherProvider(top, at) ? [] : findUrls(at, path)
}

/** Of two values with the same name in one object, only the last one counts. */
const findReplaced = (tree: Branch): ReadonlyArray<Found> => {
  const path = ["provider", "amazon-bedrock", "options"]
  return path.concat("").flatMap((_, depth) => {
    const branch = find(tree, path.slice(0, depth))
    const before = branch?._tag === "Branch" ? branch.replaced ?? [] : []
    return before.flatMap(([name, value]) =>
      depth < path.length && name !== path[depth]
        ? []
        : findUrls(value, [...path.slice(0, depth), name]).filter(({ path: [, id, , option] }) =>
          id === "amazon-bedrock" && (option === "baseURL" || option === "endpoint")
        )
    )
  })
}

/** Names for the URL of an API, without separators. */
const endpointNames = new Set(
  ("address apibase apibaseurl apiendpoint apihost apiurl baseuri baseurl base endpoint endpointuri endpointurl gateway "
    + "gatewayurl host hostname origin server serverurl uri url").split(" ")
)

/** Those of the names whose value can also be a plain word that is not a host, such as the name of a protocol. */
const ambiguousNames = new Set("api base gateway origin server".split(" "))

/** Words in a name, or in the name of an enclosing object, for a URL that is not a gateway's. */
const otherUrlWords = new Set(
  ("analytics bugs callback changelog doc docs documentation header headers homepage icon image issuer license login logo metrics "
    + "oauth oidc otel proxies proxy redirect referer referrer repo repository schema share sso sts support telemetry token tracing "
    + "update webhook website").split(" ")
)

const isOtherUrl = (name: string): boolean =>
  splitWords(name).some((word) => otherUrlWords.has(word)) ||
  // `httpproxy`, and the endpoints of other AWS services: `AWS_ENDPOINT_URL_S3`.
  /proxy|^awsendpointurl(?!$|bedrock)/.test(Suggest.fold(name))

/** Words in a name whose value is not a URL. */
const nonUrlWords = new Set(
  "account arn id key keys mode model profile project region role tenant user username version".split(" ")
)

const isNonUrl = (name: string): boolean => isSecretName(name) || splitWords(name).some((word) => nonUrlWords.has(word))

const splitWords = (name: string): ReadonlyArray<string> =>
  name.replaceAll(/([a-z])([A-Z])/g, "$1 $2").toLowerCase().split(/[^a-z0-9]+/)

const findUrls = (tree: Tree, path: ReadonlyArray<string>): ReadonlyArray<Found> => {
  if (isOtherUrl(path.at(-1) ?? "")) return []
  if (tree._tag === "Branch") {
    return Array.from(tree.children).flatMap(([key, child]) => findUrls(child, [...path, key]))
  }
  if (tree.items !== undefined) return tree.items.flatMap((item) => findUrls(item, path))
  if (typeof tree.value !== "string") return []
  const url = readUrl(tree.value.trim(), path)
  return url === undefined ? [] : [{ path, origin: tree.origin, url }]
}

/** The text as it should be written, if it is a URL or may become one. */
const readUrl = (text: string, path: ReadonlyArray<string>): string | undefined => {
  const name = path.at(-1) ?? ""
  if (/^https?:/i.test(text) && (URL.canParse(text) || placeholders(text).length > 0)) return text
  const isEndpoint = !isNonUrl(name) &&
    (endpointNames.has(Suggest.fold(name)) || splitWords(name).some((word) => endpointNames.has(word)))
  const [, , inner = ""] = /^\{(env|file):([^{}]*)\}/.exec(text) ?? []
  if (inner !== "") {
    return !isNonUrl(name) && !isNonUrl(inner) && (isEndpoint || path.some(isBedrock)) ? text : undefined
  }
  return isEndpoint && isAddress(text, name) ? toUrl(text) : undefined
}

/** A host without a scheme, or a variable in another tool's form; under an unambiguous name, any word. */
const isAddress = (text: string, name: string): boolean =>
  /^(\/\/)?([\w-]+\.)+[a-z]{2,}(:\d+)?(\/\S*)?$|^(\/\/)?[\w.-]+:\d+(\/\S*)?$|^\$\{?[\w:]+\}?(\/\S*)?$/i.test(text) ||
  endpointNames.has(Suggest.fold(name)) && /^\S+$/.test(text) &&
    !(/^[\w-]+$/.test(text) && ambiguousNames.has(Suggest.fold(name)))

/** The URL that an address was probably meant to be. */
const toUrl = (text: string): string => {
  if (placeholders(text).length > 0) return text
  const [, variable, rest = ""] = /^\$\{?(?:env:)?(\w+)\}?(.*)$/.exec(text) ?? []
  if (variable !== undefined) return `{env:${variable}}${rest}`
  if (/^[a-z][a-z0-9+.-]*:\/\//i.test(text)) return text.replace(/^ws(?=s?:)/i, "http")
  const address = text.replace(/^\/\//, "")
  return `${/^(localhost|127\.[\d.]+|\[::1\])(?=$|[:/])/.test(address) ? "http" : "https"}://${address}`
}

/** The lines to write instead, with the options that are beside the URL or already in the right place. */
const describeCorrection = (tree: Branch, { origin, path, url }: Found): string => {
  const place = ["provider", "amazon-bedrock", "options"]
  const beside = [find(tree, place), find(tree, path.slice(0, -1))].flatMap((at) =>
    Array.from(getChildren(at)).flatMap(([name, option]) =>
      option._tag === "Leaf" && Object.hasOwn(bedrockFields, name) && name !== "baseURL" &&
        name !== "endpoint" &&
        JSON.stringify(maskSetting(option.value, [name])) === JSON.stringify(option.value)
        ? [[name, option.value] as const]
        : []
    )
  )
  const shown = maskSetting(url, [path.at(-1) ?? ""])
  const options = { baseURL: shown, ...Object.fromEntries(beside) }
  const where = printable(source(origin))
  return [
    "Nothing was sent: without the URL, requests would go to AWS. If you want that, delete the URL.",
    `Otherwise, write it like this in ${where}${
      shown === url ? "" : " (replace <redacted> with the secret in your URL)"
    }:`,
    "",
    JSON.stringify({ provider: { "amazon-bedrock": { options } } }, null, 2)
  ].join("\n")
}
