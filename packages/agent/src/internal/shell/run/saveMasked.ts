/** Cleans and masks the output of a command. */
import * as FileSystem from "@effect/platform/FileSystem"
import * as Effect from "effect/Effect"
import type { Masker } from "../../../Workspace.ts"
import { resolveRedraws } from "./redrawnLines.ts"

/** Longer lines are cleaned in parts, in characters. This may split an escape sequence, but secrets are still masked. */
const maxLineLength = 1024 * 1024

/**
 * Copies the output to a new file (mode 0600). Removes escape sequences first, because they could split a secret, then masks secrets. A
 * redrawn line is stored in its final state. Bytes that are not UTF-8 become U+FFFD.
 */
export const saveMasked = Effect.fn("saveMasked")(function*(output: FileSystem.File, file: string, masker: Masker) {
  const fs = yield* FileSystem.FileSystem
  const decoder = new TextDecoder()
  let rest = ""
  const mask = (text: string, isEnd: boolean): string => {
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
  const target = yield* fs.open(file, { flag: "wx", mode: 0o600 })
  const write = (text: string) => text === "" ? Effect.void : target.writeAll(new TextEncoder().encode(text))

  yield* output.seek(FileSystem.Size(0), "start")
  const buffer = new Uint8Array(64 * 1024)
  for (let left = Number((yield* output.stat).size); left > 0;) {
    const length = Number(yield* output.read(buffer.subarray(0, Math.min(left, buffer.length))))
    if (length === 0) break
    left -= length
    yield* write(mask(decoder.decode(buffer.subarray(0, length), { stream: true }), false))
  }
  yield* write(mask(decoder.decode(), true) + masker.end())
}, Effect.scoped)
