/** All that an answer tells: its form, its sentences, who sent it. Pure. */
import * as Cut from "@altimate-code/system/Cut"
import { type Front, senderOf } from "../senderOf.ts"
import { type Answer, exceptionName, type Form, formOf, sentenceOfXml } from "./answer.ts"
import { parseJson } from "./parseJson.ts"
import { sentencesIn } from "./sentences.ts"

export interface Reading {
  readonly form: Form
  /** The AWS exception's name. */
  readonly type: string | undefined
  /** All that it says to a reader, the most general first, each on one line; none where it has no words. */
  readonly sentences: ReadonlyArray<string>
  readonly sender: Front | undefined
  /** What of the first sentence is for the log alone: the long text that a signature should have been made of. */
  readonly detail: string | undefined
}

export const read = (answer: Answer): Reading => {
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

/** Where AWS begins to repeat the request that it has signed for comparison. */
const canonical = /The (?:canonical string for this request|string-to-sign) should have been/i

const sentencesOf = (answer: Answer, form: Form, sender: Front | undefined): ReadonlyArray<string> => {
  switch (form) {
    case "empty":
      return [challengeSentence(answer.headers["www-authenticate"])].filter((sentence) => sentence !== undefined)
    case "json":
      return sentencesIn(parseJson(answer.body))
    case "xml":
      return [sentenceOfXml(answer.body)].filter((sentence) => sentence !== undefined)
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

/** The sentences for a message, or what the answer looks like: never bytes, markup or events. */
export const summary = ({ form, sentences }: Reading, body: string): string => {
  if (sentences.length > 0) return short(sentences.join("; "))
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
      return short(oneLine(body))
  }
}

const short = (line: string): string => Cut.shorten(line, 500)

const oneLine = (text: string): string => text.replace(/\s+/g, " ").trim()
