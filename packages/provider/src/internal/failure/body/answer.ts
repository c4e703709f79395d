/** An HTTP answer, and what its form shows. Pure. */
import * as Predicate from "effect/Predicate"
import { elementText, isMarkup, rootName } from "./page.ts"
import { parseJson } from "./parseJson.ts"

/** An HTTP answer; the body is at most its first 64 KiB. */
export interface Answer {
  readonly status: number
  /** Names in lower case. */
  readonly headers: Readonly<Record<string, string>>
  readonly body: string
}

export const contentType = (headers: Answer["headers"]): string => headers["content-type"]?.trim() ?? ""

/** Without its parameters, in lower case. */
export const mediaType = (headers: Answer["headers"]): string =>
  contentType(headers).split(";")[0]!.trim().toLowerCase()

/**
 * What the body is, whatever its label says. A page never comes from Bedrock, which answers JSON; XML comes from AWS's older
 * services and from API gateways.
 */
export type Form = "empty" | "binary" | "events" | "json" | "xml" | "page" | "text"

export const formOf = ({ body, headers }: Answer): Form => {
  const text = body.trim()
  const type = mediaType(headers)
  if (text === "") return "empty"
  if (isBinary(text)) return "binary"
  if (Predicate.isObject(parseJson(text)) || /^"[^]*"$/.test(text)) return "json"
  if (isServerSent(text)) return "events"
  if (isMarkup(text.replace(/^<\?xml[^>]*>\s*/, ""))) return "page"
  if (text.startsWith("<") && (/xml/.test(type) || sentenceOfXml(text) !== undefined)) return "xml"
  return text.startsWith("<") || /html/.test(type) ? "page" : "text"
}

/** Does it begin as server-sent events do? A line that begins with a colon is a comment there. */
export const isServerSent = (text: string): boolean => /^(event|data|id|retry)?:/.test(text)

/** More than a tenth of its beginning is no text. */
const isBinary = (text: string): boolean => {
  const beginning = text.slice(0, 500)
  // oxlint-disable-next-line no-control-regex -- these are what is looked for
  const odd = beginning.match(/[\u0000-\u0008\u000e-\u001f\u007f\ufffd]/g)?.length ?? 0
  return odd > beginning.length / 10
}

/** The elements of AWS's errors, of SOAP and of common gateways. */
export const sentenceOfXml = (text: string): string | undefined =>
  elementText(text, ["message", "faultstring", "reason", "detail", "description", "title", "error"])

/**
 * The AWS exception's name: from the header, which may carry `:http://…` behind it, from a `__type` of the body, which may carry a
 * namespace in front of it, or from an XML error's code or root.
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

/** A gateway's own codes are other words, or numbers. */
const looksLikeException =
  /^[A-Z]\w*(Exception|Failure)$|^(AccessDenied|ExpiredToken|RequestExpired|InvalidClientTokenId|SignatureDoesNotMatch|RequestTimeTooSkewed|IncompleteSignature|MissingAuthenticationToken|ServiceUnavailable|Throttling)$/
