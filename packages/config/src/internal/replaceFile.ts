import * as FileSystem from "@effect/platform/FileSystem"
import * as Path from "@effect/platform/Path"
import * as Effect from "effect/Effect"
import * as Option from "effect/Option"
import * as Random from "effect/Random"

/**
 * The file is never half written: not for a reader, and not after a crash. One that is there keeps its mode, a new one gets this; a
 * symbolic link stays one.
 */
export const replaceFile = Effect.fn("replaceFile")(function*(link: string, text: string, newMode: number) {
  const fs = yield* FileSystem.FileSystem
  const path = yield* Path.Path
  const target = yield* linkTarget(link)
  yield* fs.makeDirectory(path.dirname(target), { recursive: true })
  const mode = yield* modeOf(target)
  const temporary = `${target}.${(yield* Random.nextIntBetween(0, 2 ** 32)).toString(36)}.tmp`
  yield* Effect.gen(function*() {
    const file = yield* fs.open(temporary, { flag: "wx", mode: newMode })
    yield* file.writeAll(new TextEncoder().encode(text))
    yield* file.sync
    if (Option.isSome(mode)) yield* fs.chmod(temporary, mode.value & 0o7777)
  }).pipe(
    Effect.scoped,
    Effect.zipRight(fs.rename(temporary, target)),
    Effect.tapError(() => Effect.ignore(fs.remove(temporary))),
    Effect.uninterruptible
  )
})

/** A file that may not be written is not replaced either. */
const modeOf = Effect.fn("modeOf")(function*(target: string) {
  const fs = yield* FileSystem.FileSystem
  if (!(yield* fs.exists(target))) return Option.none<number>()
  yield* fs.access(target, { writable: true })
  return Option.some((yield* fs.stat(target)).mode)
})

/** Where a write has to go so that a symbolic link stays one; a link that leads nowhere could not be read before. */
const linkTarget = Effect.fn("linkTarget")(function*(link: string) {
  const fs = yield* FileSystem.FileSystem
  return (yield* fs.exists(link)) ? yield* fs.realPath(link) : link
})
