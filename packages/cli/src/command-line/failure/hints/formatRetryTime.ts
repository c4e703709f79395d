const pad = (part: number): string => String(part).padStart(2, "0")

const minute = 60_000
const hour = 60 * minute

const formatDuration = (millis: number): string => {
  if (millis < minute) return `${Math.ceil(millis / 1000)} s`
  const minutes = Math.ceil(millis / minute)
  if (minutes < 60) return `${minutes} min`
  const hours = Math.round(millis / hour)
  return hours === 1 ? "1 hour" : hours < 48 ? `${hours} hours` : `${Math.round(hours / 24)} days`
}

/** Formats a time as `14:05 (in 59 min)`, in local time, with the date if it is not today. Both parameters are in milliseconds. */
export const formatRetryTime = (wait: number, now: number): string => {
  const [today, then] = [new Date(now), new Date(now + wait)]
  const date = then.toDateString() === today.toDateString()
    ? ""
    : `${then.getFullYear()}-${pad(then.getMonth() + 1)}-${pad(then.getDate())} `
  return `${date}${pad(then.getHours())}:${pad(then.getMinutes())} (in ${formatDuration(wait)})`
}
