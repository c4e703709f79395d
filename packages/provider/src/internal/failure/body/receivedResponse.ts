/** A received HTTP response and its format. Pure. */
import * as Predicate from "effect/Predicate"
import type { BodyForm } from "../../../Evidence.ts"
import { parseJson } from "./parseJson.ts"
import { elementText, isMarkup, rootName } from "./webPage.ts"

/** An HTTP response whose body has been read, up to 64 KiB. */
export interface ReceivedResponse {
  readonly status: number
  /** Names in lower case. */
  readonly headers: Readonly<Record<string, string>>
  readonly body: string
}

export const contentType = (headers: ReceivedResponse["headers"]): string => headers["content-type"]?.trim() ?? ""

/** The content type without parameters, in lower case. */
export const mediaType = (headers: ReceivedResponse["headers"]): string =>
  contentType(headers).split(";")[0]!.trim().toLowerCase()

/** Detects the format of the body. Bedrock itself sends only JSON; XML comes from older AWS services and from API gateways. */
export const formOf = ({ body, headers }: ReceivedResponse): BodyForm => {
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

/** Whether the text begins like server-sent events. A line that starts with a colon is a comment. */
export const isServerSent = (text: string): boolean => /^(event|data|id|retry)?:/.test(text)

/** Whether more than a tenth of its beginning consists of control characters. */
const isBinary = (text: string): boolean => {
  const beginning = text.slice(0, 500)
  // oxlint-disable-next-line no-control-regex -- matches control characters on purpose
  const odd = beginning.match(/[\u0000-\u0008\u000e-\u001f\u007f\ufffd]/g)?.length ?? 0
  return odd > beginning.length / 10
}

/** The message in an XML error from AWS, SOAP or a common gateway. */
export const xmlMessage = (text: string): string | undefined =>
  elementText(text, ["message", "faultstring", "reason", "detail", "description", "title", "error"])

/**
 * The AWS exception name. It is in a header, where `:http://…` can follow it; in `__type` in the body, where a namespace can precede it; or in
 * the code or root element of an XML error.
 */
export const exceptionName = (response: ReceivedResponse): string | undefined => {
  const name = response.headers["x-amzn-errortype"] ?? findNameInBody(response)
  return name === undefined ? undefined : /(?:^|#)([A-Za-z]\w*)(?::|$)/.exec(name.trim())?.[1]
}

const findNameInBody = (response: ReceivedResponse): string | undefined => {
  if (formOf(response) === "xml") {
    return [elementText(response.body, ["code"]), rootName(response.body)].find((name) =>
      name !== undefined && awsErrorCode.test(name)
    )
  }
  const body = parseJson(response.body)
  if (!Predicate.isRecord(body)) return undefined
  const below = Object.values(body).filter(Predicate.isRecord).map((value) => value["__type"])
  const code = body["code"]
  return [body["__type"], ...below].find(Predicate.isString)
    ?? (Predicate.isString(code) && awsErrorCode.test(code) ? code : undefined)
}

/** Other codes are those of a gateway. */
const awsErrorCode =
  /^[A-Z]\w*(Exception|Failure)$|^(AccessDenied|ExpiredToken|RequestExpired|InvalidClientTokenId|SignatureDoesNotMatch|RequestTimeTooSkewed|IncompleteSignature|MissingAuthenticationToken|ServiceUnavailable|Throttling)$/
