/**
 * Time limits for work that takes an `AbortSignal`.
 *
 * `AbortSignal.any([signal, AbortSignal.timeout(ms)])` does not work on Node 20: the timeout's signal can be garbage-collected and then never
 * fires. Here the timer keeps a reference to the signal.
 *
 * @since 0.1.0
 */

/**
 * @since 0.1.0
 * @category models
 */
export interface TimeLimit {
  /** Aborted when the time is up or when the caller's signal is; its reason says which. */
  readonly signal: AbortSignal
  /** Removes the time limit. The caller's signal stays effective. */
  readonly lift: () => void
  /** Removes the time limit and stops listening to the caller's signal. */
  readonly release: () => void
}

/**
 * @since 0.1.0
 * @category models
 */
export interface Options {
  /** The caller's signal. */
  readonly signal?: AbortSignal | null | undefined
  /** The abort reason when the time is up. */
  readonly onTimeout: () => unknown
}

/** The maximum delay of a Node.js timer, in milliseconds. With a longer delay, it fires immediately. */
const maxDelay = 2 ** 31 - 1

/**
 * Starts a time limit in milliseconds; an infinite number means no limit. Call `release` when the work is done, because a pending timer keeps
 * the program running.
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
 * Runs `use` with a signal that is aborted after `millis` milliseconds or when the caller's signal is.
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
