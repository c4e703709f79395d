/** When a service takes requests again, by the headers and the words of its refusal. */

type Headers = Readonly<Record<string, string>>

const isNumber = (text: string): boolean => /^\d+(\.\d+)?$/.test(text)

/** From seconds or an HTTP date; by the clock that wrote the date, if there is a `date` header. */
const fromRetryAfter = (headers: Headers, now: number): number | undefined => {
  const text = headers["retry-after"]?.trim() ?? ""
  if (isNumber(text)) return Number(text) * 1000
  const theirs = Date.parse(headers["date"] ?? "")
  return Date.parse(text) - (Number.isNaN(theirs) ? now : theirs)
}

/** Seconds from now, or since 1970. Of a window that still has room it says nothing about this refusal. */
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

/** The period of a quota that no wait of minutes renews; `undefined` for any other refusal. */
export const longQuotaPeriod = (message: string): string | undefined => {
  const [, named, ...adverbs] = longQuota.exec(message) ?? []
  const stem = named ?? adverbs.find((adverb) => adverb !== undefined)
  return stem?.toLowerCase().replace("dai", "day")
}

const padded = (part: number): string => String(part).padStart(2, "0")

const minute = 60_000
const hour = 60 * minute

const inWords = (millis: number): string => {
  if (millis < minute) return `${Math.ceil(millis / 1000)} s`
  const minutes = Math.ceil(millis / minute)
  if (minutes < 60) return `${minutes} min`
  const hours = Math.round(millis / hour)
  return hours === 1 ? "1 hour" : hours < 48 ? `${hours} hours` : `${Math.round(hours / 24)} days`
}

/** `14:05 (in 59 min)` in local time, with the date if it is not today. */
export const untilWhen = (wait: number, now: number): string => {
  const [today, then] = [new Date(now), new Date(now + wait)]
  const date = then.toDateString() === today.toDateString()
    ? ""
    : `${then.getFullYear()}-${padded(then.getMonth() + 1)}-${padded(then.getDate())} `
  return `${date}${padded(then.getHours())}:${padded(then.getMinutes())} (in ${inWords(wait)})`
}
