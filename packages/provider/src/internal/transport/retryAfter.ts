/** When a service accepts requests again, according to the headers and the message of its refusal. */

type Headers = Readonly<Record<string, string>>

const isNumber = (text: string): boolean => /^\d+(\.\d+)?$/.test(text)

/** From seconds or an HTTP date; a date is relative to the `date` header if there is one. */
const fromRetryAfter = (headers: Headers, now: number): number | undefined => {
  const text = headers["retry-after"]?.trim() ?? ""
  if (isNumber(text)) return Number(text) * 1000
  const theirs = Date.parse(headers["date"] ?? "")
  return Date.parse(text) - (Number.isNaN(theirs) ? now : theirs)
}

/** Seconds from now or since 1970. If requests remain in the window, the window is not the reason for this refusal. */
const fromReset = (headers: Headers, now: number): number | undefined => {
  const named = (name: string) => headers[`x-ratelimit-${name}`] ?? headers[`ratelimit-${name}`]
  const reset = named("reset")?.trim() ?? ""
  if (!isNumber(reset) || Number(named("remaining") ?? 0) > 0) return undefined
  const seconds = Number(reset)
  return seconds < 1_000_000_000 ? seconds * 1000 : seconds * 1000 - now
}

/**
 * How long to wait, in milliseconds. Sources: RFC 9110, section 10.2.3 (`Retry-After`); Azure's `retry-after-ms`; the rate limit headers of
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

/** The period of a quota per day or longer, which a wait of minutes does not renew. */
export const longQuotaPeriod = (message: string): string | undefined => {
  const [, named, ...adverbs] = longQuota.exec(message) ?? []
  const stem = named ?? adverbs.find((adverb) => adverb !== undefined)
  return stem?.toLowerCase().replace("dai", "day")
}
