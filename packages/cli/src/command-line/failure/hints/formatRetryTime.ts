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

/** `14:05 (in 59 min)` in local time, with the date if it is not today. Both are in milliseconds. */
export const untilWhen = (wait: number, now: number): string => {
  const [today, then] = [new Date(now), new Date(now + wait)]
  const date = then.toDateString() === today.toDateString()
    ? ""
    : `${then.getFullYear()}-${padded(then.getMonth() + 1)}-${padded(then.getDate())} `
  return `${date}${padded(then.getHours())}:${padded(then.getMinutes())} (in ${inWords(wait)})`
}
