import type { Evidence } from "../../Evidence.ts"

const baseOf = (url: string): string => url.slice(0, url.lastIndexOf("/model/"))

/** The same URL for the other operation: `/converse` for `/converse-stream`, and the reverse. */
const otherOperation = (url: string): string =>
  url.replace(
    /\/(converse-stream|converse)(?=\?|$)/,
    (path) => path === "/converse" ? "/converse-stream" : "/converse"
  )

/** Compares `url` with the URLs that the gateway has answered, and reports the closest match. */
export const findAnsweredBefore = (url: string, answered: ReadonlySet<string>): Evidence["answeredBefore"] => {
  if (answered.has(url)) return "same-url"
  if (answered.has(otherOperation(url))) return "other-operation"
  return [...answered].some((known) => baseOf(known) === baseOf(url)) ? "other-model" : undefined
}
