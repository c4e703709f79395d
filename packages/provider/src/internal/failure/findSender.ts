/** Finds out who sent a response: its format shows whether it was Bedrock, its headers and text reveal the product. Pure. */
import type { Sender } from "../../Sender.ts"
import { nginxProblem } from "./body/nginxPage.ts"
import { formOf, type ReceivedResponse } from "./body/receivedResponse.ts"
import { type Page, readPage } from "./body/webPage.ts"
import { type Product, products } from "./products.ts"

/** The sender of a response that did not come from Bedrock. */
export interface ResponseSender extends Sender {
  /** Whether the sender refused the request, as opposed to failing to forward it. */
  readonly isBlocked: boolean
  readonly page: Page | undefined
}

/** `undefined` if the response may come from Bedrock or the gateway's API: JSON or XML without a firewall's header. */
export const findSender = (response: ReceivedResponse): ResponseSender | undefined => {
  const form = formOf(response)
  const page = form === "page" ? readPage(response.body) : undefined
  const text = (page?.text ?? (form === "text" ? response.body.replace(/\s+/g, " ") : "")).slice(0, maxTextLength)
  // These firewalls also send JSON.
  const hasFirewallHeader = response.headers["x-amzn-waf-action"] !== undefined ||
    response.headers["cf-mitigated"] !== undefined
  const product = findProduct(
    response,
    page === undefined ? text : `${page.title} ${text}`,
    page !== undefined || hasFirewallHeader
  )
  const isFirewall = product?.kind === "firewall"
  if (page === undefined && !hasFirewallHeader && (form === "json" || form === "xml" || !isFirewall)) return undefined
  const allText = `${page?.title ?? ""} ${text}`
  const supportId = findSupportId(text)
  const refuses = hasFirewallHeader || refusal.test(allText)
  const blocked = page?.isLogin !== true && isBlocked(response.status, allText, {
    byFirewall: isFirewall && refuses,
    byPage: refuses && (isFirewall || supportId !== undefined)
  })
  const named = product?.name ?? readServerName(response.headers["server"])
  return {
    kind: chooseKind(response.status, page, isFirewall && !blocked ? undefined : product),
    ...(named === undefined ? {} : { name: named }),
    ...(supportId === undefined ? {} : { supportId }),
    isBlocked: blocked,
    page
  }
}

const chooseKind = (status: number, page: Page | undefined, product: Product | undefined): Sender["kind"] =>
  status === 511 ? "network" : page?.isLogin === true ? "login" : product?.kind ?? "gateway"

/** A 4xx is a refusal. Other statuses also require the text of a refusal, and a firewall or a support ID. */
const isBlocked = (
  status: number,
  text: string,
  { byFirewall, byPage }: { readonly byFirewall: boolean; readonly byPage: boolean }
): boolean => {
  if (notBlocked.has(status) || nginxProblem(status, text) !== undefined) return false
  if (status >= 500 || notFound.has(status)) return byFirewall
  return status >= 400 || (status < 300 && byPage)
}

/** Statuses that never mean that the content was blocked. */
const notBlocked = new Set([
  401,
  402,
  407,
  408,
  409,
  411,
  413,
  414,
  415,
  421,
  425,
  426,
  429,
  431,
  440,
  464,
  494,
  495,
  496,
  497,
  498,
  499,
  511
])
const notFound = new Set([404, 405, 410])

const refusal =
  /\b(blocked|rejected|denied|forbidden|prohibited|violat\w+|security (policy|rules?|solution|service|check)|malicious|attack|suspicious|unusual|captcha|verify you are|not acceptable|challenge|attention required|just a moment|incapsula incident|error code: 10\d\d)\b/i

/** Prefers the text of a page to headers, which may come from another hop. Without a page, most headers say nothing about the sender. */
const findProduct = ({ headers, status }: ReceivedResponse, text: string, byHeaders: boolean): Product | undefined => {
  const lines = ["server", "via", "x-cache", "x-cdn", "x-served-by"].map((name) => headers[name] ?? "").join(" | ")
  const possible = products.filter(({ statuses }) => statuses === undefined || statuses(status))
  return possible.find(({ page }) => page?.test(text) ?? false)
    ?? (byHeaders
      ? possible.find(({ header, kind, server }) =>
        (kind !== "firewall" || status >= 400)
        && ((server?.test(lines) ?? false) || (header !== undefined && headers[header] !== undefined))
      )
      : undefined)
}

/** The first product of a `server` header, without its version. */
const readServerName = (server: string | undefined): string | undefined =>
  /^[A-Za-z][\w. -]{1,40}/.exec(server ?? "")?.[0].trim()

/** In characters. The beginning of a page is enough to recognize it. */
const maxTextLength = 16_384

/** The ID with its label, for the product's operators. An ID must contain a digit; otherwise it is an ordinary word. */
const findSupportId = (text: string): string | undefined => {
  const found = new RegExp(
    String
      .raw`\b((?:support|incident|reference|request|ray|event|block|attack|case|transaction|tracking|correlation|message|error)`
      + String
        .raw` ?(?:id|number|code|no\.)|reference)(?: is)?\s*[:#=]{0,2}\s*#?\s*((?=[\w.:=+/-]*\d)[A-Za-z0-9][\w.:=+/-]{5,79})`,
    "gi"
  )
  const ids = [...text.matchAll(found)].map(([, label = "", id = ""]) => ({ label, id: id.replace(/[.:]+$/, "") }))
  const [first] = ids.filter(({ label }) => !/^error/i.test(label))
  return first === undefined ? undefined : `${first.label} ${first.id}`
}
