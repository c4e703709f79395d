/**
 * What the client changed so that a gateway answers.
 *
 * @since 0.1.0
 */
import type { Droppable } from "@altimate-code/config/Gateway"

/**
 * - `NotStreamed`: the gateway does not stream, so answers are requested as a whole from now on
 * - `FieldDropped`: the gateway refuses `field`, so requests are sent without it from now on; `dropped` are all fields that are left out
 *
 * `message` is what the gateway did, without secrets.
 *
 * @since 0.1.0
 * @category models
 */
export type Notice =
  | { readonly _tag: "NotStreamed"; readonly message: string }
  | {
    readonly _tag: "FieldDropped"
    readonly message: string
    readonly field: Droppable
    readonly dropped: ReadonlyArray<Droppable>
  }
