/** Cleans and masks the output of a command. */
import * as FileSystem from "@effect/platform/FileSystem"
import * as Effect from "effect/Effect"
import type { Masker } from "../../../Workspace.ts"
import { lastState } from "./redrawnLines.ts"

/** Longer lines are cleaned in parts. This may split an escape sequence, but secrets are still found. */
const maxLineLength = 1024 * 1024

/**
 * Copies the output to a new file (0600) without escape sequences, which could split a secret, and without secrets. A line that was
 * redrawn has its last state. Bytes that are not UTF-8 become U+FFFD.
 */
export const saveMasked = Effect.fn("saveMasked")(function*(output: FileSystem.File, file: string, masker: Masker) {
  const fs = yield* FileSystem.FileSystem
  const decoder = new TextDecoder()
  let rest = ""
  const mask = (text: string, isEnd: boolean): string => {
    let all = rest + text
    const newline = all.lastIndexOf("\n") + 1
    const restart = all.lastIndexOf("\r")
    // A line that is redrawn many times is only as long as its last state.
    if (all.length - newline > maxLineLength && restart > newline) {
      all = all.slice(0, newline) + lastState(all.slice(newline, restart)) + all.slice(restart)
    }
    const cut = isEnd || all.length - newline > maxLineLength ? all.length : newline
    rest = all.slice(cut)
    return masker.next(lastState(all.slice(0, cut)))
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
