/** Interprets a response: its format, its sentences and its sender. Pure. */
import * as Cut from "@altimate-code/system/Cut"
import type { BodyForm } from "../../../Evidence.ts"
import { findSender, type ResponseSender } from "../findSender.ts"
import { parseJson } from "./parseJson.ts"
import { exceptionName, formOf, type ReceivedResponse, xmlMessage } from "./receivedResponse.ts"
import { sentencesIn } from "./sentences.ts"

export interface ParsedResponse {
  readonly form: BodyForm
  /** The AWS exception's name. */
  readonly type: string | undefined
  /** Its human-readable sentences, the most general first, each on one line. */
  readonly sentences: ReadonlyArray<string>
  readonly sender: ResponseSender | undefined
  /** For the log: the first sentence with the request that AWS expected to be signed. */
  readonly detail: string | undefined
}

export const readResponse = (response: ReceivedResponse): ParsedResponse => {
  const form = formOf(response)
  const sender = findSender(response)
  const found = findSentences(response, form, sender)
  const [first = ""] = found
  return {
    form,
    type: exceptionName(response),
    sentences: found.map((sentence) => oneLine(sentence.split(canonicalRequest)[0]!)).filter((sentence) =>
      sentence !== ""
    ),
    sender,
    detail: canonicalRequest.test(first) ? first : undefined
  }
}

/** Precedes AWS's quote of the request that it expected to be signed. */
const canonicalRequest = /The (?:canonical string for this request|string-to-sign) should have been/i

const findSentences = (
  response: ReceivedResponse,
  form: BodyForm,
  sender: ResponseSender | undefined
): ReadonlyArray<string> => {
  switch (form) {
    case "empty":
      return [challengeSentence(response.headers["www-authenticate"])].filter((sentence) => sentence !== undefined)
    case "json":
      return sentencesIn(parseJson(response.body))
    case "xml":
      return [xmlMessage(response.body)].filter((sentence) => sentence !== undefined)
    case "events":
      return response.body.split("\n").flatMap((line) =>
        line.startsWith("data:") ? sentencesIn(parseJson(line.slice("data:".length))) : []
      )
    case "page":
      return [sender?.page?.sentence].filter((sentence) => sentence !== undefined)
    case "text":
      return [response.body]
    case "binary":
      return []
  }
}

/** Source: RFC 6750, section 3. */
const challengeSentence = (header: string | undefined): string | undefined =>
  /error_description="([^"]+)"/.exec(header ?? "")?.[1] ?? /\berror="([^"]+)"/.exec(header ?? "")?.[1]

/** The sentences of the response, or a description of its format: never raw bytes, markup or events. */
export const summarize = ({ form, sentences }: ParsedResponse, body: string): string => {
  if (sentences.length > 0) return shorten(sentences.join("; "))
  switch (form) {
    case "empty":
      return "no message"
    case "binary":
      return "binary data"
    case "events":
      return "server-sent events"
    case "page":
      return "a web page without text"
    default:
      return shorten(oneLine(body))
  }
}

const shorten = (line: string): string => Cut.shorten(line, 500)

const oneLine = (text: string): string => text.replace(/\s+/g, " ").trim()
