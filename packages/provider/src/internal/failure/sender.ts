/** Who answered: the form tells that it was not Bedrock, headers and words of the page give the name. Pure. */
import type { Sender } from "../../Sender.ts"
import { type Answer, formOf } from "./answer.ts"
import { meaningOf } from "./nginxPage.ts"
import { type Page, readPage } from "./page.ts"
import { type Product, products } from "./products.ts"

/** What an answer in place of Bedrock's shows of who sent it. */
export interface Front extends Sender {
  /** Was the request refused for what it is, rather than not passed on for some failure? */
  readonly blocked: boolean
  readonly page: Page | undefined
}

/** `undefined` for JSON and XML, which Bedrock or a gateway's API answers, unless a firewall has signed it. */
export const senderOf = (answer: Answer): Front | undefined => {
  const form = formOf(answer)
  const page = form === "page" ? readPage(answer.body) : undefined
  const text = (page?.text ?? (form === "text" ? answer.body.replace(/\s+/g, " ") : "")).slice(0, mostText)
  const product = productOf(answer, page === undefined ? text : `${page.title} ${text}`, page !== undefined)
  const isFirewall = product?.kind === "firewall"
  // These two answer in the form that the client seems to like.
  const isSigned = answer.headers["x-amzn-waf-action"] !== undefined || answer.headers["cf-mitigated"] !== undefined
  if (page === undefined && !isSigned && (form === "json" || form === "xml" || !isFirewall)) return undefined
  const refuses = isSigned || refusal.test(`${page?.title ?? ""} ${text}`)
  const isMeant = otherwiseMeant.has(answer.status) ||
    meaningOf(answer.status, `${page?.title ?? ""} ${text}`) !== undefined
  const blocked = !isMeant && !(page?.isLogin ?? false) && (
    answer.status >= 500
      ? isFirewall && refuses
      : answer.status >= 400
      ? !missing.has(answer.status) || (isFirewall && refuses)
      : answer.status < 300 && refuses && (isFirewall || supportIdIn(text) !== undefined)
  )
  const named = product?.name ?? serverName(answer.headers["server"])
  const supportId = supportIdIn(text)
  return {
    kind: answer.status === 511
      ? "network"
      : page?.isLogin === true
      ? "login"
      : isFirewall && !blocked
      ? "gateway"
      : product?.kind ?? "gateway",
    ...(named === undefined ? {} : { name: named }),
    ...(supportId === undefined ? {} : { supportId }),
    blocked,
    page
  }
}

/** These have a meaning of their own, whoever answers them. */
const otherwiseMeant = new Set([
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

/** Its own words come before headers, which those that pass a page on set as well; of what is no page headers tell nothing. */
const productOf = ({ headers, status }: Answer, text: string, isPage: boolean): Product | undefined => {
  const lines = ["server", "via", "x-cache", "x-cdn", "x-served-by"].map((name) => headers[name] ?? "").join(" | ")
  const possible = products.filter(({ statuses }) => statuses === undefined || statuses(status))
  return possible.find(({ page }) => page?.test(text) ?? false)
    ?? (isPage
      ? possible.find(({ header, kind, server }) =>
        (kind !== "firewall" || status >= 400)
        && ((server?.test(lines) ?? false) || (header !== undefined && headers[header] !== undefined))
      )
      : undefined)
}

/** The first product of a `server` header, without its version. */
const serverName = (server: string | undefined): string | undefined =>
  /^[A-Za-z][\w. -]{1,40}/.exec(server ?? "")?.[0].trim()

/** Behind it nothing that matters comes. */
const mostText = 16_384

/** With its label, as the operators of the product know it. It has a digit, or it would be a word of the sentence. */
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
