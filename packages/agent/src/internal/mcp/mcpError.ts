/** The errors of MCP servers. */
import * as Data from "effect/Data"
import * as Effect from "effect/Effect"
import { describe } from "./describe.ts"

/** The SDK rejected a request, or failed to send it; `cause` is the SDK's error. */
export class RequestError extends Data.TaggedError("RequestError")<{ readonly cause: unknown }> {
  override get message(): string {
    return describe(this.cause)
  }
}

export const tryRequest = <A>(run: (signal: AbortSignal) => Promise<A>): Effect.Effect<A, RequestError> =>
  Effect.tryPromise({ try: run, catch: (cause) => new RequestError({ cause }) })

/**
 * A server could not be started or connected. `message` completes the sentence "The MCP server is not connected: …".
 *
 * - `Sdk`: the protocol's SDK could not be loaded
 * - `Address`: its URL or its headers are not valid
 * - `HeadersCommand`: the command that prints its headers failed
 * - `Process`: its process could not be started
 * - `StartLimit`: it has been started too often
 * - `Timeout`: it did not respond in time
 * - `Connection`: connecting or listing its tools failed
 */
export class StartError extends Data.TaggedError("StartError")<{
  readonly reason: "Sdk" | "Address" | "HeadersCommand" | "Process" | "StartLimit" | "Timeout" | "Connection"
  readonly message: string
}> {}
