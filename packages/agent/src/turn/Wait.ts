/**
 * A wait before a provider retries a request.
 *
 * @since 0.1.0
 */

/**
 * @since 0.1.0
 * @category models
 */
export interface Wait {
  /** The beginning of a sentence, e.g. `Rate limited`. */
  readonly why: string
  /** The error message of the last attempt. */
  readonly message: string
  /** The number of the next attempt, from 2. */
  readonly attempt: number
  /** The time of the next attempt, in milliseconds since 1970. */
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
 * Formats a wait: `Rate limited. Next try in 8 s (3rd)`. `now` is in milliseconds since 1970.
 *
 * @since 0.1.0
 * @category rendering
 */
export const describe = ({ attempt, until, why }: Wait, now: number): string =>
  `${why}. Next try in ${duration(until - now)} (${ordinal(attempt)})`
