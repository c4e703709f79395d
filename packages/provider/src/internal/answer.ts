/** Reads what a gateway or the service says in an answer that is not the expected one. Pure. */
import * as Cut from "@altimate-code/system/Cut"
import * as Arr from "effect/Array"
import * as Option from "effect/Option"
import * as Predicate from "effect/Predicate"

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
 * The AWS exception name: from the header, which may carry `:http://…` behind it, or from the body's `__type`, which
 * may carry a namespace in front of it; API Gateway's predecessors of it wrap the body in `Output`.
 */
export const exceptionName = (answer: Answer): string | undefined => {
  const body = json(answer)
  const output = Predicate.isRecord(body?.["Output"]) ? body["Output"] : undefined
  const name = answer.headers["x-amzn-errortype"] ?? body?.["__type"] ?? output?.["__type"] ?? body?.["code"]
  return Predicate.isString(name) ? /(?:^|#)([A-Za-z]\w*)(?::|$)/.exec(name.trim())?.[1] : undefined
}

/** What a JSON answer without words for a person is called. */
export const wordless = "JSON"

/**
 * The words of the answer, or how it looks when it has none for a person: never a page of HTML, never raw events or
 * JSON, never more than 500 characters.
 */
export const words = (answer: Answer): string => {
  const text = answer.body.trim()
  if (text === "") return "an empty answer"
  if (/^<(!doctype|html|head|body|\?xml)/i.test(text)) {
    const title = /<title[^>]*>([^<]*)</i.exec(text)?.[1]?.trim()
    return title === undefined || title === "" ? "an HTML page" : `an HTML page titled "${short(title)}"`
  }
  if (/^(event|data|id|retry)?:/.test(text)) return "server-sent events"
  const body = json(answer)
  return body === undefined ? short(text) : Option.match(message(body), { onNone: () => wordless, onSome: short })
}

/** The places where AWS, its API Gateway and the common gateways for language models put their message. */
const message = (body: Readonly<Record<string, unknown>>): Option.Option<string> =>
  Arr.findFirst([
    body["message"],
    body["Message"],
    Predicate.isRecord(body["error"]) ? body["error"]["message"] : body["error"],
    body["detail"],
    body["errorMessage"]
  ], (text): text is string => Predicate.isString(text) && text.trim() !== "")

const short = (text: string): string => {
  const line = text.replace(/\s+/g, " ")
  return line.length > 500 ? `${Cut.head(line, 500)}…` : line
}

const json = (answer: Answer): Readonly<Record<string, unknown>> | undefined => {
  try {
    const value: unknown = JSON.parse(answer.body)
    return Predicate.isRecord(value) ? value : undefined
  } catch {
    return undefined
  }
}
