/**
 * The events of a response stream, and how often they are read.
 *
 * @since 0.1.0
 */
import type { ConverseStreamOutput } from "@aws-sdk/client-bedrock-runtime"
import * as Context from "effect/Context"
import * as Duration from "effect/Duration"

/**
 * An event of a response stream as decoded by the AWS SDK, with AWS's request ID if the response had one. Deltas of a block that arrive together
 * are one event.
 *
 * @since 0.1.0
 * @category models
 */
export type StreamedEvent = ConverseStreamOutput & { readonly requestId?: string | undefined }

/**
 * The least time between two reads of a response stream, for a consumer that shows it at intervals anyway: events that arrive meanwhile are read
 * together, and the deltas of a block that follow each other are one event. By default, events are read as they arrive. To set it for a request:
 * `Stream.provideService(request, ReadInterval, Duration.millis(33))`.
 *
 * @since 0.1.0
 * @category services
 */
export class ReadInterval extends Context.Reference<ReadInterval>()("@altimate-code/provider/ReadInterval", {
  defaultValue: () => Duration.zero
}) {}
