/** `options.timeout.connect`: how long a connection may take, and what was missing when the time was up. */
import * as Duration from "effect/Duration"
import { NetworkError } from "../../NetworkError.ts"
import * as TimeLimit from "../../TimeLimit.ts"

/** The reason of a signal whose limit for connecting is over; each step of connecting says in `timedOut` what it waited for. */
class ConnectTimeout extends Error {
  readonly limit: string
  constructor(limit: string) {
    super(`no connection within ${limit}`)
    this.limit = limit
  }
}

/** For a connection made in steps; see `TimeLimit`. */
export const startConnectLimit = (limit: Duration.Duration): TimeLimit.TimeLimit =>
  TimeLimit.start(Duration.toMillis(limit), { onTimeout: onTimeout(limit) })

export const withinConnectLimit = <A>(
  limit: Duration.Duration,
  signal: AbortSignal,
  connect: (limited: AbortSignal) => Promise<A>
): Promise<A> => TimeLimit.within(Duration.toMillis(limit), { signal, onTimeout: onTimeout(limit) }, connect)

const onTimeout = (limit: Duration.Duration) => () => new ConnectTimeout(Duration.format(limit))

const longer = "A higher options.timeout.connect (in milliseconds) waits longer."

/** If the limit ended it: what was to be reached and what did not come. Any other error comes back as it is. */
export const timedOut = (error: unknown, to: string, missing: string, hint: string): unknown =>
  error instanceof ConnectTimeout
    ? new NetworkError({
      reason: "Timeout",
      message: `no connection to ${to} within ${error.limit} (options.timeout.connect): ${missing}`,
      hint: `${hint} ${longer}`
    })
    : error
