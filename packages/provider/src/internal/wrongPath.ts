/** What is likely wrong with a URL at which there is no Converse. Pure. */

/** Does the answer say that there is nothing at this path, rather than that the model is not there? */
export const isWrongPath = (status: number | undefined, type: string | undefined): boolean =>
  type === "UnknownOperationException" || (type === undefined && (status === 404 || status === 405))

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
    ? " If the path is right, a proxy on the way may decode the %2F of the model's ARN."
    : ""
  return base === ""
    ? `${tried} baseURL has no path; gateways often need one, such as /bedrock: ask its operators for the part in front of /model/….${encoded}`
    : `${tried} Usually the path ${base} in baseURL is wrong: it is the part in front of /model/…, as the gateway's operators give it.${encoded}`
}
