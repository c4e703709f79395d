import * as PercentEncoding from "@altimate-code/system/PercentEncoding"

/**
 * The URL with each part that may be a secret put through `replace`: the password, a user name without one, the values
 * of the query, and the fragment. Works on the text, so that URLs that cannot be parsed are covered too.
 */
export const mapSecrets = (url: string, replace: (secret: string, part: "userinfo" | "query") => string): string => {
  const { start, userinfo, host, query } = split(url)
  const masked = (text: string, part: "userinfo" | "query") => text === "" ? "" : replace(text, part)
  const colon = userinfo.indexOf(":") + 1
  return start + userinfo.slice(0, colon) + masked(userinfo.slice(colon), "userinfo") + host +
    query.replaceAll(
      /([?&;#])([^=&;#]*=)?([^&;#]*)/g,
      (_, separator: string, name = "", value: string) => separator + name + masked(value, "query")
    )
}

/**
 * A value of the query that is shorter is a word or a version, such as `bedrock`: to blot it out everywhere would make
 * logs unreadable, and what shows a URL masks it there anyway.
 */
const shortestKey = 16

/** How a secret of the URL may turn up: as written, decoded, and with its user, as Basic authentication sends it. */
export const secretsOf = (url: string): ReadonlySet<string> => {
  const { userinfo } = split(url)
  const written = new Set(userinfo.includes(":") ? [userinfo] : [])
  mapSecrets(url, (secret, part) => {
    if (part === "userinfo" || secret.length >= shortestKey) written.add(secret)
    return secret
  })
  return new Set([...written].flatMap((secret) => [secret, PercentEncoding.decode(secret)]))
}

/** The four parts, one after the other, are the URL: `https://`, `user:password`, `@host/path`, `?query#fragment`. */
const split = (url: string) => {
  const start = /^(?:[a-z][a-z0-9+.-]*:)?[\\/]*/i.exec(url)?.[0] ?? ""
  const rest = url.slice(start.length)
  // In a URL that cannot be parsed the password may be what is wrong, with a / or # in it.
  const authority = URL.canParse(url) ? rest.slice(0, rest.search(/[\\/?#]|$/)) : rest
  const userinfo = rest.slice(0, Math.max(authority.lastIndexOf("@"), 0))
  const afterwards = rest.slice(userinfo.length)
  const path = afterwards.search(/[?#]|$/)
  return { start, userinfo, host: afterwards.slice(0, path), query: afterwards.slice(path) }
}
