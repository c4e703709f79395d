/** Saves the output of a command that has ended. */
import * as FileSystem from "@effect/platform/FileSystem"
import * as Effect from "effect/Effect"
import type { Masker } from "../../../Workspace.ts"
import { makeCleaner } from "./cleanOutput.ts"

/** Copies the output, cleaned and masked, to a new file (mode 0600). */
export const saveMasked = Effect.fn("saveMasked")(function*(output: FileSystem.File, file: string, masker: Masker) {
  const fs = yield* FileSystem.FileSystem
  const cleaner = makeCleaner(masker)
  const target = yield* fs.open(file, { flag: "wx", mode: 0o600 })
  const write = (text: string) => text === "" ? Effect.void : target.writeAll(new TextEncoder().encode(text))

  yield* output.seek(FileSystem.Size(0), "start")
  const buffer = new Uint8Array(64 * 1024)
  for (let left = Number((yield* output.stat).size); left > 0;) {
    const length = Number(yield* output.read(buffer.subarray(0, Math.min(left, buffer.length))))
    if (length === 0) break
    left -= length
    yield* write(cleaner.next(buffer.subarray(0, length)))
  }
  yield* write(cleaner.end())
}, Effect.scoped)
