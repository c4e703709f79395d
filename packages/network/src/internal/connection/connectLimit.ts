/** Enforces `options.timeout.connect`, and reports which step was pending when the time was up. */
import * as Duration from "effect/Duration"
import { NetworkError } from "../../NetworkError.ts"
import * as TimeLimit from "../../TimeLimit.ts"

/** The abort reason when the time is up. `toTimeoutError` adds the pending step. */
class ConnectTimeout extends Error {
  readonly limit: string
  constructor(limit: string) {
    super(`no connection within ${limit}`)
    this.limit = limit
  }
}

/** Starts a limit for a connection that is made in steps; see `TimeLimit`. */
export const startConnectLimit = (limit: Duration.Duration): TimeLimit.TimeLimit =>
  TimeLimit.start(Duration.toMillis(limit), { onTimeout: makeOnTimeout(limit) })

export const withinConnectLimit = <A>(
  limit: Duration.Duration,
  signal: AbortSignal,
  connect: (limited: AbortSignal) => Promise<A>
): Promise<A> => TimeLimit.within(Duration.toMillis(limit), { signal, onTimeout: makeOnTimeout(limit) }, connect)

const makeOnTimeout = (limit: Duration.Duration) => () => new ConnectTimeout(Duration.format(limit))

const waitLonger = "To wait longer, set a higher options.timeout.connect (in milliseconds)."

/** If the time limit is the reason, returns an error that says what was missing. Other errors are returned unchanged. */
export const toTimeoutError = (error: unknown, to: string, missing: string, hint: string): unknown =>
  error instanceof ConnectTimeout
    ? new NetworkError({
      reason: "Timeout",
      message: `no connection to ${to} within ${error.limit} (options.timeout.connect): ${missing}`,
      hint: `${hint} ${waitLonger}`
    })
    : error
