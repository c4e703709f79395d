/**
 * How often the events of a response are read.
 *
 * @since 0.1.0
 */
import * as Context from "effect/Context"
import * as Duration from "effect/Duration"

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
