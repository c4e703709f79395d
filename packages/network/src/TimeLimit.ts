/**
 * Time limits for whatever takes an `AbortSignal`.
 *
 * `AbortSignal.any([signal, AbortSignal.timeout(ms)])` is not one: on Node 20 nothing holds on to the timeout's signal, and once it
 * is garbage-collected it never fires. Here the timer holds it.
 *
 * @since 0.1.0
 */

/**
 * @since 0.1.0
 * @category models
 */
export interface TimeLimit {
  /** Aborted when the time is up, or with the caller's signal; its reason says which. */
  readonly signal: AbortSignal
  /** Ends the limit; the caller's signal still counts. */
  readonly lift: () => void
  /** Ends the limit and stops listening to the caller's signal. */
  readonly release: () => void
}

/**
 * @since 0.1.0
 * @category models
 */
export interface Options {
  /** The caller's own signal. */
  readonly signal?: AbortSignal | null | undefined
  /** The reason that `signal` gets when the time is up. */
  readonly onTimeout: () => unknown
}

/** The longest time that a timer of Node.js can wait, in milliseconds; with more it fires at once. */
const maxDelay = 2 ** 31 - 1

/**
 * Starts a limit in milliseconds; no limit if that is not a finite number. Call `release` when the work has ended, or the
 * timer keeps the program running until it fires.
 *
 * @since 0.1.0
 * @category constructors
 */
export const start = (millis: number, { onTimeout, signal }: Options): TimeLimit => {
  const controller = new AbortController()
  const abort = () => controller.abort(signal?.reason)
  const timer = Number.isFinite(millis)
    ? setTimeout(() => controller.abort(onTimeout()), Math.min(millis, maxDelay))
    : undefined
  const lift = () => clearTimeout(timer)
  const release = () => {
    lift()
    signal?.removeEventListener("abort", abort)
  }
  controller.signal.addEventListener("abort", release, { once: true })
  signal?.addEventListener("abort", abort, { once: true })
  if (signal?.aborted === true) abort()
  return { signal: controller.signal, lift, release }
}

/**
 * Runs `use` with a signal that is aborted after so many milliseconds, or with the caller's.
 *
 * @since 0.1.0
 * @category running
 */
export const within = async <A>(
  millis: number,
  options: Options,
  use: (signal: AbortSignal) => Promise<A>
): Promise<A> => {
  const { release, signal } = start(millis, options)
  try {
    return await use(signal)
  } finally {
    release()
  }
}
