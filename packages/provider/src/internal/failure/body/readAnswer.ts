/** Reads a response: its form, its sentences and its sender. Pure. */
import * as Cut from "@altimate-code/system/Cut"
import type { BodyForm } from "../../../Evidence.ts"
import { type ResponseSender, senderOf } from "../senderOf.ts"
import { type Answer, exceptionName, formOf, xmlMessage } from "./answer.ts"
import { parseJson } from "./parseJson.ts"
import { sentencesIn } from "./sentences.ts"

export interface Reading {
  readonly form: BodyForm
  /** The AWS exception's name. */
  readonly type: string | undefined
  /** Its sentences for readers, the most general first, each on one line. */
  readonly sentences: ReadonlyArray<string>
  readonly sender: ResponseSender | undefined
  /** For the log: the first sentence with the request that AWS expected to be signed. */
  readonly detail: string | undefined
}

export const readResponse = (answer: Answer): Reading => {
  const form = formOf(answer)
  const sender = senderOf(answer)
  const found = sentencesOf(answer, form, sender)
  const [first = ""] = found
  return {
    form,
    type: exceptionName(answer),
    sentences: found.map((sentence) => oneLine(sentence.split(canonical)[0]!)).filter((sentence) => sentence !== ""),
    sender,
    detail: canonical.test(first) ? first : undefined
  }
}

/** Where AWS begins to quote the request that it expected to be signed. */
const canonical = /The (?:canonical string for this request|string-to-sign) should have been/i

const sentencesOf = (answer: Answer, form: BodyForm, sender: ResponseSender | undefined): ReadonlyArray<string> => {
  switch (form) {
    case "empty":
      return [challengeSentence(answer.headers["www-authenticate"])].filter((sentence) => sentence !== undefined)
    case "json":
      return sentencesIn(parseJson(answer.body))
    case "xml":
      return [xmlMessage(answer.body)].filter((sentence) => sentence !== undefined)
    case "events":
      return answer.body.split("\n").flatMap((line) =>
        line.startsWith("data:") ? sentencesIn(parseJson(line.slice("data:".length))) : []
      )
    case "page":
      return [sender?.page?.sentence].filter((sentence) => sentence !== undefined)
    case "text":
      return [answer.body]
    case "binary":
      return []
  }
}

/** Source: RFC 6750, section 3. */
const challengeSentence = (header: string | undefined): string | undefined =>
  /error_description="([^"]+)"/.exec(header ?? "")?.[1] ?? /\berror="([^"]+)"/.exec(header ?? "")?.[1]

/** The sentences for a message, or a description of the form: never bytes, markup or events. */
export const summary = ({ form, sentences }: Reading, body: string): string => {
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
