import { mapTexts } from "@altimate-code/system/PlainData"
import * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import type { Message } from "../screen/message.ts"
import type { Item } from "../transcript/item.ts"

export interface Failure {
  readonly message: string
  readonly hint: string
}

/** How actions report to the screen. */
export class Display extends Context.Tag("@altimate-code/tui/Display")<Display, {
  readonly send: (message: Message) => Effect.Effect<void>
  /** Adds the item, masked, to the transcript. */
  readonly showItem: (item: Item) => Effect.Effect<void>
  readonly showNotice: (text: string) => Effect.Effect<void>
  readonly showWarning: (text: string) => Effect.Effect<void>
  readonly showFailure: (failure: Failure) => Effect.Effect<void>
  /** The value with secrets masked in each of its texts. */
  readonly mask: <A>(value: A) => A
}>() {}

export const make = (dispatch: (message: Message) => void, maskText: (text: string) => string): Display["Type"] => {
  const send = (message: Message) => Effect.sync(() => dispatch(message))
  const mask = <A>(value: A): A => mapTexts(value, maskText)
  const showItem = (item: Item) => send({ type: "item", item: mask(item) })
  return {
    send,
    mask,
    showItem,
    showNotice: (text) => showItem({ type: "notice", level: "info", text }),
    showWarning: (text) => showItem({ type: "notice", level: "warning", text }),
    showFailure: ({ hint, message }) => showItem({ type: "notice", level: "error", text: message, hint })
  }
}
