import type { BedrockError, Reason } from "@altimate-code/provider/BedrockError"
import * as Data from "effect/Data"

/** A failed request, with what the user can do about it. */
export class RequestError extends Data.TaggedError("RequestError")<{
  readonly error: BedrockError
  /** Empty if the message says it all. */
  readonly hint: string
}> {
  override get message(): string {
    return this.error.message
  }
  get reason(): Reason {
    return this.error.reason
  }
}
