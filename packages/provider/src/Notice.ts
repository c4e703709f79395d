/**
 * Changes that were made to work with a gateway or a model.
 *
 * @since 0.1.0
 */
import type { Droppable } from "@altimate-code/config/Gateway"
import type { ThinkingNotice } from "./internal/protocol/prompt/thinkingPlan.ts"

/**
 * - `NotStreamed`: the gateway does not stream, so later requests ask for complete responses
 * - `FieldDropped`: the gateway refuses `field`, so later requests omit it; `dropped` lists all omitted fields
 * - `Thinking`: the model cannot think as asked
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
  | { readonly _tag: "Thinking"; readonly notice: ThinkingNotice }
