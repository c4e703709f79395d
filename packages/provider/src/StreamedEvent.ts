/**
 * An event of a response stream.
 *
 * @since 0.1.0
 */
import type { ConverseStreamOutput } from "@aws-sdk/client-bedrock-runtime"

/**
 * An event of a response stream as decoded by the AWS SDK, with AWS's request ID if the response had one. Deltas of a block that arrive together
 * are one event.
 *
 * @since 0.1.0
 * @category models
 */
export type StreamedEvent = ConverseStreamOutput & { readonly requestId?: string | undefined }
