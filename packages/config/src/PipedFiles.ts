/**
 * Remembers what was read from a pipe, so that it can be read again.
 *
 * @since 0.1.0
 */
import { readText, type Unreadable } from "@altimate-code/system/ReadText"
import * as FileSystem from "@effect/platform/FileSystem"
import * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Option from "effect/Option"

/**
 * The texts of pipes by path. A pipe, such as `<(command)` in a shell, can be read only once, but `Settings` may be built several times in
 * one process.
 *
 * @since 0.1.0
 * @category services
 */
export class PipedFiles
  extends Context.Tag("@altimate-code/config/PipedFiles")<PipedFiles, { readonly texts: Map<string, string> }>()
{}

/**
 * Nothing has been read yet. Provide it around everything that builds `Settings`; without it each build reads the pipe itself.
 *
 * @since 0.1.0
 * @category layers
 */
export const layer: Layer.Layer<PipedFiles> = Layer.sync(PipedFiles, () => ({ texts: new Map() }))

/**
 * Reads a text as `readText` does. A pipe is read to its end the first time; its text is reused afterwards.
 *
 * @since 0.1.0
 * @category reading
 */
export const read: (path: string) => Effect.Effect<string, Unreadable, FileSystem.FileSystem> = Effect.fn(
  "PipedFiles.read"
)(function*(path: string) {
  const fs = yield* FileSystem.FileSystem
  const piped = yield* Effect.serviceOption(PipedFiles)
  const before = Option.flatMapNullable(piped, ({ texts }) => texts.get(path))
  if (Option.isSome(before)) return before.value
  const isPipe = yield* Effect.orElseSucceed(Effect.map(fs.stat(path), ({ type }) => type === "FIFO"), () => false)
  const text = yield* readText(path, { acceptsPipe: true })
  if (isPipe && Option.isSome(piped)) piped.value.texts.set(path, text)
  return text
})
