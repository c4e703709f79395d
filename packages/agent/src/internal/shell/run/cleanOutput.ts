/** Cleans and masks output that arrives in pieces. */
import type { Masker } from "../../../Workspace.ts"
import { resolveRedraws } from "./redrawnLines.ts"

/** Longer lines are cleaned in parts, in characters. This may split an escape sequence, but secrets are still masked. */
const maxLineLength = 1024 * 1024

export interface Cleaner {
  /** Returns what is complete: whole lines, except an end that may be the beginning of a secret. */
  readonly next: (bytes: Uint8Array) => string
  /** Returns the rest. */
  readonly end: () => string
  /** Whether the last line so far has no end yet. */
  readonly isInLine: () => boolean
}

/**
 * Removes escape sequences first, because they could split a secret, then masks secrets. A redrawn line is returned in its final state. Bytes
 * that are not UTF-8 become U+FFFD.
 */
export const makeCleaner = (masker: Masker): Cleaner => {
  const decoder = new TextDecoder()
  let rest = ""
  const clean = (text: string, isEnd: boolean): string => {
    let all = rest + text
    const newline = all.lastIndexOf("\n") + 1
    const restart = all.lastIndexOf("\r")
    // Reduces a line that is redrawn many times to its current state.
    if (all.length - newline > maxLineLength && restart > newline) {
      all = all.slice(0, newline) + resolveRedraws(all.slice(newline, restart)) + all.slice(restart)
    }
    const cut = isEnd || all.length - newline > maxLineLength ? all.length : newline
    rest = all.slice(cut)
    return masker.next(resolveRedraws(all.slice(0, cut)))
  }
  return {
    next: (bytes) => clean(decoder.decode(bytes, { stream: true }), false),
    end: () => clean(decoder.decode(), true) + masker.end(),
    isInLine: () => rest !== ""
  }
}
