/**
 * The type of `fetch`.
 *
 * @since 0.1.0
 */

/**
 * The platform's `fetch`, for URLs only.
 *
 * @since 0.1.0
 * @category models
 */
export type Fetch = (url: string | URL, init?: RequestInit) => Promise<Response>
