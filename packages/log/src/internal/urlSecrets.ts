import * as PercentEncoding from "@altimate-code/system/PercentEncoding"

/**
 * Replaces each part of the URL that may be a secret: the password, a user name without one, the query values and the fragment. It works on
 * the text, so that it also covers URLs that cannot be parsed.
 */
export const replaceUrlSecrets = (
  url: string,
  replace: (secret: string, part: "userinfo" | "query") => string
): string => {
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
 * Shorter query values are usually words or versions, such as `bedrock`. Masking them everywhere would make logs unreadable; in the URL
 * itself they are masked anyway.
 */
const minQuerySecretLength = 16

/** The URL's secrets as written, decoded, and with the user name, as Basic authentication sends them. */
export const findUrlSecrets = (url: string): ReadonlySet<string> => {
  const { userinfo } = split(url)
  const written = new Set(userinfo.includes(":") ? [userinfo] : [])
  replaceUrlSecrets(url, (secret, part) => {
    if (part === "userinfo" || secret.length >= minQuerySecretLength) written.add(secret)
    return secret
  })
  return new Set([...written].flatMap((secret) => [secret, PercentEncoding.decode(secret)]))
}

/** The four consecutive parts of a URL: `https://`, `user:password`, `@host/path`, `?query#fragment`. */
const split = (url: string) => {
  const start = /^(?:[a-z][a-z0-9+.-]*:)?[\\/]*/i.exec(url)?.[0] ?? ""
  const rest = url.slice(start.length)
  // A URL may be invalid because its password contains an unencoded / or #.
  const authority = URL.canParse(url) ? rest.slice(0, rest.search(/[\\/?#]|$/)) : rest
  const userinfo = rest.slice(0, Math.max(authority.lastIndexOf("@"), 0))
  const afterwards = rest.slice(userinfo.length)
  const path = afterwards.search(/[?#]|$/)
  return { start, userinfo, host: afterwards.slice(0, path), query: afterwards.slice(path) }
}
