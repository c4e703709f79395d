import * as Path from "@effect/platform/Path"
import * as Effect from "effect/Effect"
import { Directories } from "../../Directories.ts"

/** The absolute path: `~` is the home directory, a relative path starts from `base`. */
export const expandPath = Effect.fn("expandPath")(function*(written: string, base: string) {
  const path = yield* Path.Path
  const { home } = yield* Directories
  return /^~(?=$|[/\\])/.test(written) ? path.join(home, written.slice(1)) : path.resolve(base, written)
})
