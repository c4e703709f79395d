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
  /** The reason, as the beginning of a sentence: `Rate limited`. */
  readonly why: string
  /** The error message of the last attempt. */
  readonly message: string
  /** The number of the next attempt, from 2. */
  readonly attempt: number
  /** The number of the last attempt. Absent if retries are limited only by time. */
  readonly lastAttempt?: number
  /** The time of the next attempt, in milliseconds since 1970. */
  readonly until: number
}

const formatDuration = (millis: number): string => {
  const seconds = Math.max(0, Math.ceil(millis / 1000))
  const minutes = Math.floor(seconds / 60)
  const rest = seconds % 60
  return minutes === 0 ? `${seconds} s` : rest === 0 ? `${minutes} min` : `${minutes} min ${rest} s`
}

/**
 * Formats a wait: `Rate limited. Retrying in 8 s (attempt 3)`, or `(attempt 3 of 4)` if their number is limited. `now` is in milliseconds since 1970.
 *
 * @since 0.1.0
 * @category rendering
 */
export const describe = ({ attempt, lastAttempt, until, why }: Wait, now: number): string =>
  `${why}. Retrying in ${formatDuration(until - now)} (attempt ${attempt}${
    lastAttempt === undefined ? "" : ` of ${lastAttempt}`
  })`
