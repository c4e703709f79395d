/** A received HTTP response, and what its form shows. Pure. */
import * as Predicate from "effect/Predicate"
import type { BodyForm } from "../../../Evidence.ts"
import { elementText, isMarkup, rootName } from "./page.ts"
import { parseJson } from "./parseJson.ts"

/** The body is cut to 64 KiB. */
export interface Answer {
  readonly status: number
  /** Names in lower case. */
  readonly headers: Readonly<Record<string, string>>
  readonly body: string
}

export const contentType = (headers: Answer["headers"]): string => headers["content-type"]?.trim() ?? ""

/** The content type without parameters, in lower case. */
export const mediaType = (headers: Answer["headers"]): string =>
  contentType(headers).split(";")[0]!.trim().toLowerCase()

/** A page never comes from Bedrock, which answers with JSON; XML comes from AWS's older services and from API gateways. */
export const formOf = ({ body, headers }: Answer): BodyForm => {
  const text = body.trim()
  const type = mediaType(headers)
  if (text === "") return "empty"
  if (isBinary(text)) return "binary"
  if (Predicate.isObject(parseJson(text)) || /^"[^]*"$/.test(text)) return "json"
  if (isServerSent(text)) return "events"
  if (isMarkup(text.replace(/^<\?xml[^>]*>\s*/, ""))) return "page"
  if (text.startsWith("<") && (/xml/.test(type) || xmlMessage(text) !== undefined)) return "xml"
  return text.startsWith("<") || /html/.test(type) ? "page" : "text"
}

/** Whether the text begins like server-sent events. A line that begins with a colon is a comment. */
export const isServerSent = (text: string): boolean => /^(event|data|id|retry)?:/.test(text)

/** Whether more than a tenth of its beginning are control characters. */
const isBinary = (text: string): boolean => {
  const beginning = text.slice(0, 500)
  // oxlint-disable-next-line no-control-regex -- these are what is looked for
  const odd = beginning.match(/[\u0000-\u0008\u000e-\u001f\u007f\ufffd]/g)?.length ?? 0
  return odd > beginning.length / 10
}

/** The message in an XML error of AWS, of SOAP or of a common gateway. */
export const xmlMessage = (text: string): string | undefined =>
  elementText(text, ["message", "faultstring", "reason", "detail", "description", "title", "error"])

/**
 * The AWS exception name: from the header, where `:http://…` can follow it, from `__type` in the body, where a namespace can precede it, or from
 * the code or root of an XML error.
 */
export const exceptionName = (answer: Answer): string | undefined => {
  const name = answer.headers["x-amzn-errortype"] ?? nameInBody(answer)
  return name === undefined ? undefined : /(?:^|#)([A-Za-z]\w*)(?::|$)/.exec(name.trim())?.[1]
}

const nameInBody = (answer: Answer): string | undefined => {
  if (formOf(answer) === "xml") {
    return [elementText(answer.body, ["code"]), rootName(answer.body)].find((name) =>
      name !== undefined && looksLikeException.test(name)
    )
  }
  const body = parseJson(answer.body)
  if (!Predicate.isRecord(body)) return undefined
  const below = Object.values(body).filter(Predicate.isRecord).map((value) => value["__type"])
  const code = body["code"]
  return [body["__type"], ...below].find(Predicate.isString)
    ?? (Predicate.isString(code) && looksLikeException.test(code) ? code : undefined)
}

/** The codes of gateways look different. */
const looksLikeException =
  /^[A-Z]\w*(Exception|Failure)$|^(AccessDenied|ExpiredToken|RequestExpired|InvalidClientTokenId|SignatureDoesNotMatch|RequestTimeTooSkewed|IncompleteSignature|MissingAuthenticationToken|ServiceUnavailable|Throttling)$/
