/** What to do when a URL has no Converse operation. Pure. */
import type { Evidence } from "@altimate-code/provider/Evidence"

interface Sent {
  readonly evidence: Pick<Evidence, "answeredBefore" | "operation">
  /** The URL of the request, without secrets. */
  readonly url: string
}

export const pathHint = ({ evidence, url }: Sent): string => missingRoute(evidence) ?? wrongBaseUrl(url)

/** If the gateway has answered before, baseURL is right. */
const missingRoute = ({ answeredBefore, operation }: Sent["evidence"]): string | undefined => {
  switch (answeredBefore) {
    case "same-url":
      return "baseURL is right: the same URL has answered before. One of several servers behind the gateway may not have this path. Try again; if it keeps happening, tell its operators."
    case "other-operation":
      return operation === "converse-stream"
        ? "baseURL is right: /converse has answered. The gateway lacks the path for streams, /converse-stream. Set options.streaming to off, or ask its operators to add it."
        : "baseURL is right: /converse-stream has answered. The gateway lacks the path for complete answers, /converse. Ask its operators to add it."
    case "other-model":
      return "baseURL is right: another model has answered there. The gateway does not seem to have this one. Ask its operators for its name."
    case undefined:
      return undefined
  }
}

const wrongBaseUrl = (url: string): string => {
  const tried = `Tried POST ${url}.`
  if (!URL.canParse(url)) return `${tried} Check baseURL.`
  const { hostname, pathname } = new URL(url)
  const at = pathname.lastIndexOf("/model/")
  const base = pathname.slice(0, Math.max(at, 0))
  if (/\/(model|converse|converse-stream|invoke)(\/|$)/.test(base)) {
    return `${tried} baseURL already contains part of the operation's path. Remove everything from /model on.`
  }
  if (/\/(openai|anthropic|chat|completions|messages|responses)(\/|$)/.test(base)) {
    return `${tried} The path ${base} in baseURL is that of another protocol. `
      + "Ask the gateway's operators for its Bedrock path, the part before /model/…/converse."
  }
  if (/^bedrock(-fips)?\.[a-z0-9-]+\.amazonaws\./.test(hostname)) {
    return `${tried} ${hostname} manages models and does not run them. Use the host bedrock-runtime… instead.`
  }
  if (/^bedrock-runtime.*\.amazonaws\./.test(hostname) && base !== "") {
    return `${tried} Amazon's own endpoint has no path. Remove ${base} from baseURL.`
  }
  const encoded = /%2F/i.test(pathname.slice(at))
    ? " If the path is right, a proxy in between may decode the %2F in the model ID."
    : ""
  return base === ""
    ? `${tried} baseURL has no path, but gateways often need one, such as /bedrock. Ask the gateway's operators for the part before /model/….${encoded}`
    : `${tried} The path ${base} in baseURL is probably wrong. It must be the part before /model/…; ask the gateway's operators for it.${encoded}`
}
