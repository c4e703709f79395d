/** Where on this machine the assistant works, and where it keeps things. */
import * as Sessions from "@altimate-code/agent/Sessions"
import { Workspace } from "@altimate-code/agent/Workspace"
import { Directories } from "@altimate-code/config/Directories"
import * as Project from "@altimate-code/config/Project"
import { Secrets } from "@altimate-code/log/Secrets"
import * as Path from "@effect/platform/Path"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Option from "effect/Option"
import { childEnvironments } from "./ChildEnvironment.ts"

/** What belongs to this program on the user's machine and in projects. */
export const own = Effect.map(Directories, ({ config, data }) => ({
  directories: [config, data],
  names: ["altimate-code.json", "altimate-code.jsonc", ".altimate-code"]
}))

/** The working directory, in its project. */
export const workspace = Layer.effect(
  Workspace,
  Effect.gen(function*() {
    const path = yield* Path.Path
    const { cwd, data } = yield* Directories
    const { makeMasker } = yield* Secrets
    return {
      directory: cwd,
      ...Option.match(yield* Project.find, { onNone: () => ({}), onSome: ({ root }) => ({ root }) }),
      outputs: path.join(data, "outputs"),
      own: yield* own,
      ...yield* childEnvironments,
      makeMasker
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
