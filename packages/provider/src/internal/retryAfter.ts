/** Milliseconds from a `Retry-After` header: seconds, or an HTTP date. Source: RFC 9110, section 10.2.3. */
export const retryAfterMillis = (header: string | undefined, now: number): number | undefined => {
  const text = header?.trim()
  if (text === undefined || text === "") return undefined
  const millis = /^\d+(\.\d+)?$/.test(text) ? Number(text) * 1000 : Date.parse(text) - now
  return Number.isFinite(millis) ? Math.max(0, millis) : undefined
}
