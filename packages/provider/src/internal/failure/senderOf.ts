/** Finds out who sent a response: its form shows that Bedrock did not, its headers and text name the product. Pure. */
import type { Sender } from "../../Sender.ts"
import { type Answer, formOf } from "./body/answer.ts"
import { nginxProblem } from "./body/nginxPage.ts"
import { type Page, readPage } from "./body/page.ts"
import { type Product, products } from "./products.ts"

/** The sender of a response in place of Bedrock's. */
export interface ResponseSender extends Sender {
  /** Whether the sender refused the request, rather than failed to pass it on. */
  readonly isBlocked: boolean
  readonly page: Page | undefined
}

/** `undefined` for JSON and XML, which Bedrock or the API of a gateway sends, unless a header shows that a firewall did. */
export const senderOf = (answer: Answer): ResponseSender | undefined => {
  const form = formOf(answer)
  const page = form === "page" ? readPage(answer.body) : undefined
  const text = (page?.text ?? (form === "text" ? answer.body.replace(/\s+/g, " ") : "")).slice(0, maxTextLength)
  // These firewalls answer in the format that the client accepts.
  const hasFirewallHeader = answer.headers["x-amzn-waf-action"] !== undefined ||
    answer.headers["cf-mitigated"] !== undefined
  const product = productOf(
    answer,
    page === undefined ? text : `${page.title} ${text}`,
    page !== undefined || hasFirewallHeader
  )
  const isFirewall = product?.kind === "firewall"
  if (page === undefined && !hasFirewallHeader && (form === "json" || form === "xml" || !isFirewall)) return undefined
  const words = `${page?.title ?? ""} ${text}`
  const supportId = supportIdIn(text)
  const refuses = hasFirewallHeader || refusal.test(words)
  const blocked = page?.isLogin !== true && isBlocked(answer.status, words, {
    byFirewall: isFirewall && refuses,
    byPage: refuses && (isFirewall || supportId !== undefined)
  })
  const named = product?.name ?? serverName(answer.headers["server"])
  return {
    kind: kindOf(answer.status, page, isFirewall && !blocked ? undefined : product),
    ...(named === undefined ? {} : { name: named }),
    ...(supportId === undefined ? {} : { supportId }),
    isBlocked: blocked,
    page
  }
}

const kindOf = (status: number, page: Page | undefined, product: Product | undefined): Sender["kind"] =>
  status === 511 ? "network" : page?.isLogin === true ? "login" : product?.kind ?? "gateway"

/** A 4xx with a page is a refusal. Other statuses also need the text of a refusal, and a firewall or a support ID. */
const isBlocked = (
  status: number,
  words: string,
  { byFirewall, byPage }: { readonly byFirewall: boolean; readonly byPage: boolean }
): boolean => {
  if (otherMeanings.has(status) || nginxProblem(status, words) !== undefined) return false
  if (status >= 500 || missing.has(status)) return byFirewall
  return status >= 400 || (status < 300 && byPage)
}

/** These statuses mean the same from every sender. */
const otherMeanings = new Set([
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
const missing = new Set([404, 405, 410])

const refusal =
  /\b(blocked|rejected|denied|forbidden|prohibited|violat\w+|security (policy|rules?|solution|service|check)|malicious|attack|suspicious|unusual|captcha|verify you are|not acceptable|challenge|attention required|just a moment|incapsula incident|error code: 10\d\d)\b/i

/** The text of a page comes before its headers, which others that passed it on have set too. Without a page, most headers say nothing. */
const productOf = ({ headers, status }: Answer, text: string, byHeaders: boolean): Product | undefined => {
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
const serverName = (server: string | undefined): string | undefined =>
  /^[A-Za-z][\w. -]{1,40}/.exec(server ?? "")?.[0].trim()

/** In characters: the rest of a page does not matter. */
const maxTextLength = 16_384

/** With its label, as the operators of the product know it. It must have a digit, otherwise it is an ordinary word. */
const supportIdIn = (text: string): string | undefined => {
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
