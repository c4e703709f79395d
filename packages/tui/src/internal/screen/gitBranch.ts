import { Workspace } from "@altimate-code/agent/Workspace"
import { readText } from "@altimate-code/system/ReadText"
import * as FileSystem from "@effect/platform/FileSystem"
import * as Path from "@effect/platform/Path"
import * as Effect from "effect/Effect"

/**
 * The branch that is checked out in the working directory, or the beginning of a commit's ID; undefined outside a repository. The files are
 * read instead of asking git, which would be slower and run what the repository configures.
 */
export const read = Effect.gen(function*() {
  const fs = yield* FileSystem.FileSystem
  const path = yield* Path.Path
  const { directory } = yield* Workspace
  for (let at = directory;; at = path.dirname(at)) {
    const git = path.join(at, ".git")
    if (yield* fs.exists(git)) {
      // In a worktree or a submodule, `.git` is a file that names the directory.
      const isDirectory = (yield* fs.stat(git)).type === "Directory"
      const named = isDirectory ? undefined : /^gitdir: (.+)$/m.exec(yield* readText(git))?.[1]
      const head = (yield* readText(path.join(named === undefined ? git : path.resolve(at, named), "HEAD"))).trim()
      const branch = /^ref: refs\/heads\/(.+)$/.exec(head)?.[1]
      return branch ?? (/^[\da-f]{40,}$/.test(head) ? head.slice(0, 7) : undefined)
    }
    if (path.dirname(at) === at) return undefined
  }
}).pipe(Effect.orElseSucceed(() => undefined))
