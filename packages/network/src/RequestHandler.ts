/**
 * Request handlers for the AWS SDK's clients.
 *
 * @since 0.1.0
 */
import type { NodeHttpHandler } from "@smithy/node-http-handler"
import type * as Duration from "effect/Duration"

/**
 * A request handler for AWS SDK clients. It rejects with a `NetworkError`, with an error that has a Node.js `code`, such as `ECONNREFUSED` or
 * `ECONNRESET`, or with the reason of the abort signal. Aborting a request closes its connection, or its stream in HTTP/2. Compressed responses
 * are decoded (gzip, deflate, br, and zstd if Node.js supports it). A response in an unknown encoding is returned with its `content-encoding`.
 *
 * @since 0.1.0
 * @category models
 */
export type RequestHandler = Pick<NodeHttpHandler, "handle" | "metadata">

/**
 * @since 0.1.0
 * @category models
 */
export interface Options {
  /** Time limit for connecting, including proxy and TLS. Default: `options.timeout.connect`, or 10 seconds. */
  readonly connectTimeout?: Duration.DurationInput
  /** Whether to use HTTP/2 only; otherwise HTTP/1.1 only. Default: false. */
  readonly http2?: boolean
}
