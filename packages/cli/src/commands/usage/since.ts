/** The time that `--since` names. */
import * as Option from "effect/Option"

/** What `--since` accepts, for error messages. */
export const forms = "a time such as 24h, 7d, 2w, today, or a date such as 2026-11-20"

/** Hours count from now. Days and weeks begin at midnight, local time, so that the first day is a whole one. */
export const parse = (text: string, now: Date): Option.Option<Date> => {
  const midnight = (daysAgo: number) => new Date(now.getFullYear(), now.getMonth(), now.getDate() - daysAgo)
  const ago = /^(\d{1,5})([hdw])$/.exec(text)
  if (ago !== null) {
    const count = Number(ago[1])
    return Option.some(
      ago[2] === "h" ? new Date(now.getTime() - count * 3_600_000) : midnight(ago[2] === "w" ? count * 7 : count)
    )
  }
  if (text === "today") return Option.some(midnight(0))
  const date = /^(\d{4})-(\d\d)-(\d\d)$/.exec(text)
  if (date === null) return Option.none()
  const [year, month, day] = date.slice(1).map(Number) as [number, number, number]
  const found = new Date(year, month - 1, day)
  // JavaScript reads February 30 as March 2.
  return found.getMonth() === month - 1 && found.getDate() === day ? Option.some(found) : Option.none()
}
