/** Keeps the end of a command's output, to show it while the command runs. */
import type { Masker } from "../../../Workspace.ts"
import { resolveRedraws } from "./redrawnLines.ts"

/** Of output that floods, only this much of its end is cleaned and masked, in bytes. */
const maxKept = 32 * 1024

/**
 * Of that, at most this much is shown, in characters. A secret with several lines whose beginning is no longer kept is not recognized, but
 * would have to be longer than the difference to be shown.
 */
const maxShown = 8 * 1024
const maxLines = 10

export interface LiveOutput {
  readonly add: (bytes: Uint8Array) => void
  /** The last lines, cleaned and masked; undefined if nothing was added since the last time. */
  readonly take: () => string | undefined
}

export const make = (makeMasker: () => Masker): LiveOutput => {
  let pieces: Array<Uint8Array> = []
  let size = 0
  let isCut = false
  let hasChanged = false
  const merge = (): Buffer => {
    const all = Buffer.concat(pieces)
    isCut ||= all.length > maxKept
    const kept = all.subarray(-maxKept)
    pieces = [kept]
    size = kept.length
    return kept
  }
  return {
    add: (bytes) => {
      hasChanged = true
      pieces.push(Buffer.from(bytes))
      size += bytes.length
      if (size > 8 * maxKept) merge()
    },
    take: () => {
      if (!hasChanged) return undefined
      hasChanged = false
      const text = new TextDecoder().decode(merge())
      // The first line may be the end of one, and of a secret.
      const whole = isCut ? text.slice(text.indexOf("\n") + 1) : text
      // The masker is not ended: it holds back what may be the beginning of a secret.
      const masked = makeMasker().next(resolveRedraws(whole)).slice(-maxShown)
      return masked.trimEnd().split("\n").slice(-maxLines).join("\n")
    }
  }
}
