/** Where on this machine the assistant works, and where it keeps things. */
import * as Sessions from "@altimate-code/agent/Sessions"
import { Workspace } from "@altimate-code/agent/Workspace"
import { Directories } from "@altimate-code/config/Directories"
import { Secrets } from "@altimate-code/log/Secrets"
import * as FileSystem from "@effect/platform/FileSystem"
import * as Path from "@effect/platform/Path"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Option from "effect/Option"

/** The nearest directory upwards that is a repository. */
export const repository = Effect.gen(function*() {
  const fs = yield* FileSystem.FileSystem
  const path = yield* Path.Path
  const { cwd } = yield* Directories
  for (let directory = cwd;; directory = path.dirname(directory)) {
    if (yield* Effect.orElseSucceed(fs.exists(path.join(directory, ".git")), () => false)) return Option.some(directory)
    if (path.dirname(directory) === directory) return Option.none<string>()
  }
})

/** The working directory, in its repository. */
export const workspace = Layer.effect(
  Workspace,
  Effect.gen(function*() {
    const path = yield* Path.Path
    const { cwd, data } = yield* Directories
    return {
      directory: cwd,
      root: Option.getOrElse(yield* repository, () => cwd),
      outputs: path.join(data, "outputs")
    }
  })
)

/** Where sessions are kept; no secret gets in. */
export const sessions = Layer.unwrapEffect(Effect.gen(function*() {
  const path = yield* Path.Path
  const { data } = yield* Directories
  const { mask } = yield* Secrets
  return Sessions.layer({ directory: path.join(data, "session"), mask })
}))
