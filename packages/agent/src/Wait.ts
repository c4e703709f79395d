/**
 * A provider waits before it sends a request again.
 *
 * @since 0.1.0
 */

/**
 * @since 0.1.0
 * @category models
 */
export interface Wait {
  /** In a few words that begin a sentence, e.g. `Rate limited`. */
  readonly why: string
  /** What the last attempt failed with. */
  readonly message: string
  /** The number of the next attempt, from 2. */
  readonly attempt: number
  /** When it is made, in milliseconds since 1970. */
  readonly until: number
}

const ordinal = (count: number): string => {
  const isTeen = count % 100 > 10 && count % 100 < 14
  return `${count}${(isTeen ? undefined : ["th", "st", "nd", "rd"][count % 10]) ?? "th"}`
}

const duration = (millis: number): string => {
  const seconds = Math.max(0, Math.ceil(millis / 1000))
  const minutes = Math.floor(seconds / 60)
  const rest = seconds % 60
  return minutes === 0 ? `${seconds} s` : rest === 0 ? `${minutes} min` : `${minutes} min ${rest} s`
}

/**
 * `Rate limited. Next try in 8 s (3rd)`, where `now` is in milliseconds since 1970.
 *
 * @since 0.1.0
 * @category rendering
 */
export const describe = ({ attempt, until, why }: Wait, now: number): string =>
  `${why}. Next try in ${duration(until - now)} (${ordinal(attempt)})`
