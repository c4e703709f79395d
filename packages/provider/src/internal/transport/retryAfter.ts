/** Reads how long to wait before a retry from the headers and the message of a response. */

type Headers = Readonly<Record<string, string>>

const isNumber = (text: string): boolean => /^\d+(\.\d+)?$/.test(text)

/** The header contains seconds or an HTTP date. A date is compared with the `date` header, if there is one. */
const fromRetryAfter = (headers: Headers, now: number): number | undefined => {
  const text = headers["retry-after"]?.trim() ?? ""
  if (isNumber(text)) return Number(text) * 1000
  const theirs = Date.parse(headers["date"] ?? "")
  return Date.parse(text) - (Number.isNaN(theirs) ? now : theirs)
}

/** The header contains seconds from now or since 1970. If requests remain, the rate limit is not the reason for the error. */
const fromReset = (headers: Headers, now: number): number | undefined => {
  const named = (name: string) => headers[`x-ratelimit-${name}`] ?? headers[`ratelimit-${name}`]
  const reset = named("reset")?.trim() ?? ""
  if (!isNumber(reset) || Number(named("remaining") ?? 0) > 0) return undefined
  const seconds = Number(reset)
  return seconds < 1_000_000_000 ? seconds * 1000 : seconds * 1000 - now
}

/**
 * The time to wait, in milliseconds. Sources: RFC 9110, section 10.2.3 (`Retry-After`); Azure's `retry-after-ms`; the rate limit headers of
 * Envoy, Kong and GitHub.
 */
export const retryAfterMillis = (status: number, headers: Headers, now: number): number | undefined => {
  const precise = headers["retry-after-ms"]?.trim() ?? ""
  const candidates = [
    isNumber(precise) ? Number(precise) : undefined,
    fromRetryAfter(headers, now),
    status === 429 ? fromReset(headers, now) : undefined
  ]
  const found = candidates.find((millis) => millis !== undefined && Number.isFinite(millis))
  return found === undefined ? undefined : Math.max(0, found)
}

const longQuota =
  /\bper (day|week|month)\b|\b(?:(dai)|(week)|(month))ly (?:\w+ ){0,2}(?:quota|limit|budget|allowance|tokens?|requests?)\b/i

/** The period of an exhausted quota, if it is a day or longer, so that a retry after minutes is pointless. */
export const longQuotaPeriod = (message: string): string | undefined => {
  const [, named, ...adverbs] = longQuota.exec(message) ?? []
  const stem = named ?? adverbs.find((adverb) => adverb !== undefined)
  return stem?.toLowerCase().replace("dai", "day")
}
