const minute = 60_000
const hour = 60 * minute
const day = 24 * hour

/** How long ago something happened, in a few words; the date if it was more than a month ago. Times are in milliseconds since 1970. */
export const relativeTime = (time: number, now: number): string => {
  const age = now - time
  // The clocks of two machines may differ.
  if (age < minute) return "just now"
  if (age < hour) return `${Math.floor(age / minute)} min ago`
  if (age < day) return `${Math.floor(age / hour)} h ago`
  if (age < 2 * day) return "1 day ago"
  if (age < 31 * day) return `${Math.floor(age / day)} days ago`
  return new Date(time).toISOString().slice(0, 10)
}
