/**
 * Changes that the client made to work with a gateway.
 *
 * @since 0.1.0
 */
import type { Droppable } from "@altimate-code/config/Gateway"

/**
 * - `NotStreamed`: the gateway does not stream, so later requests ask for complete responses
 * - `FieldDropped`: the gateway refuses `field`, so later requests omit it; `dropped` lists all omitted fields
 *
 * `message` describes what the gateway did, without secrets.
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
