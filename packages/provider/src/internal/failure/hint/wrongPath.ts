/** What is likely wrong with a URL at which there is no Converse. Pure. */
import { isUnknownPath } from "../reason.ts"
import type { Sent } from "./hint.ts"

/** Does the answer say that there is nothing at this path, rather than that the model is not there? */
export const isWrongPath = (
  { message = "", status, type }: {
    readonly message?: string
    readonly status?: number | undefined
    readonly type?: string | undefined
  }
): boolean =>
  type === "UnknownOperationException" || isUnknownPath(message)
  || (type === undefined && (status === 404 || status === 405 || status === 501))

/** What is wrong where this gateway has answered since the start: its address is right then. */
export const lacksRoute = ({ answered = new Set(), url }: Pick<Sent, "answered" | "url">): string | undefined => {
  const other = url.replace(
    /\/(converse-stream|converse)(?=\?|$)/,
    (path) => path === "/converse" ? "/converse-stream" : "/converse"
  )
  if (answered.has(url)) {
    return `baseURL is right: the same URL has answered before. One of several servers behind the gateway may lack this path. Try again; if it lasts, tell its operators.`
  }
  if (answered.has(other)) {
    return url.includes("/converse-stream")
      ? "baseURL is right: /converse has answered. The gateway lacks the path for streams, /converse-stream: set options.streaming to off, or ask its operators for it."
      : "baseURL is right: /converse-stream has answered. The gateway lacks the path for whole answers, /converse: ask its operators for it."
  }
  const base = (url: string) => url.slice(0, url.lastIndexOf("/model/"))
  return [...answered].some((known) => base(known) === base(url))
    ? "baseURL is right: another model has answered there. The gateway does not seem to have this one: ask its operators for its name."
    : undefined
}

/** `url` is the request's, as far as it may be shown. */
export const wrongPath = (url: string): string => {
  const tried = `Tried POST ${url}.`
  if (!URL.canParse(url)) return `${tried} Check baseURL.`
  const { hostname, pathname } = new URL(url)
  const at = pathname.lastIndexOf("/model/")
  const base = pathname.slice(0, Math.max(at, 0))
  if (/\/(model|converse|converse-stream|invoke)(\/|$)/.test(base)) {
    return `${tried} baseURL already holds a part of the operation's path: leave it out from /model on.`
  }
  if (/\/(openai|anthropic|chat|completions|messages|responses)(\/|$)/.test(base)) {
    return `${tried} The path ${base} in baseURL is that of another protocol: `
      + "ask the gateway's operators for its Bedrock path, the part in front of /model/…/converse."
  }
  if (/^bedrock(-fips)?\.[a-z0-9-]+\.amazonaws\./.test(hostname)) {
    return `${tried} ${hostname} manages models and does not run them: the host is bedrock-runtime… instead.`
  }
  if (/^bedrock-runtime.*\.amazonaws\./.test(hostname) && base !== "") {
    return `${tried} Amazon's own endpoint has no path: leave ${base} out of baseURL.`
  }
  const encoded = /%2F/i.test(pathname.slice(at))
    ? " If the path is right, a proxy on the way may decode the %2F of the model's ID."
    : ""
  return base === ""
    ? `${tried} baseURL has no path; gateways often need one, such as /bedrock: ask its operators for the part in front of /model/….${encoded}`
    : `${tried} Usually the path ${base} in baseURL is wrong: it is the part in front of /model/…, as the gateway's operators give it.${encoded}`
}
