import type { Droppable } from "@altimate-code/config/Gateway"
import type * as Duration from "effect/Duration"
import type { CustomHeaders } from "../identity/customHeaders.ts"
import type { Identity } from "../identity/identity.ts"

/** The facts about one attempt that its errors report. */
export interface Attempt {
  readonly operation: "converse" | "converse-stream" | "list"
  /** Without secrets. */
  readonly url: string
  readonly region: string
  readonly identity: Identity
  /** Starts at 1. */
  readonly number: number
  /** The user's custom headers. */
  readonly headers: CustomHeaders
  /** The fields that were left out of the request. */
  readonly drop: ReadonlyArray<Droppable>
  /** The guardrail in the request, for example `gr1, version 2`. */
  readonly guardrail?: string | undefined
  /** The time limit for the connection. */
  readonly connect: Duration.Duration
  /** The URLs that have returned a valid response so far. */
  readonly answeredUrls?: ReadonlySet<string>
}
