/** Paths as the model writes them, and whether they are inside of the project. */
import * as FileSystem from "@effect/platform/FileSystem"
import * as Path from "@effect/platform/Path"
import * as Config from "effect/Config"
import * as Effect from "effect/Effect"
import type { Action } from "../ToolCall.ts"
import { Workspace } from "../Workspace.ts"

export interface Target {
  /** Absolute, symbolic links resolved: what the file system is asked with. */
  readonly path: string
  /** For people and the model: relative to the project when it is inside, else absolute. */
  readonly shown: string
  /** What has to be allowed in order to use it under this permission. */
  readonly judged: (permission: string) => Action["judged"]
}

/** The path without symbolic links, also when its end does not exist yet. */
const real = (path: string): Effect.Effect<string, never, FileSystem.FileSystem | Path.Path> =>
  Effect.gen(function*() {
    const fs = yield* FileSystem.FileSystem
    const paths = yield* Path.Path
    const parent = paths.dirname(path)
    return yield* fs.realPath(path).pipe(
      Effect.catchAll(() =>
        parent === path
          ? Effect.succeed(path)
          : Effect.map(real(parent), (above) => paths.join(above, paths.basename(path)))
      )
    )
  })

/** A dangling link would be written through: what it points to decides where it is. */
const target = (path: string, depth = 0): Effect.Effect<string, never, FileSystem.FileSystem | Path.Path> =>
  Effect.gen(function*() {
    const fs = yield* FileSystem.FileSystem
    const paths = yield* Path.Path
    const found = yield* real(path)
    const link = yield* Effect.option(fs.readLink(found))
    return link._tag === "None" || depth === 40
      ? found
      : yield* target(paths.resolve(paths.dirname(found), link.value), depth + 1)
  })

/** Resolves a path as a shell would: relative to the workspace's directory, `~` is the home directory. */
export const locate = Effect.fn("paths.locate")(function*(given: string) {
  const paths = yield* Path.Path
  const { directory, root } = yield* Workspace
  const home = yield* Effect.orElseSucceed(Config.string("HOME"), () => "~")
  const expanded = given === "~" || given.startsWith("~/") ? home + given.slice(1) : given
  const path = yield* target(paths.resolve(directory, expanded))
  const inside = paths.relative(yield* real(root), path)
  const isInside = inside !== ".." && !inside.startsWith(`..${paths.sep}`) && !paths.isAbsolute(inside)
  const shown = isInside ? (inside === "" ? "." : inside.replaceAll(paths.sep, "/")) : path
  const located: Target = {
    path,
    shown,
    judged: (permission) => [
      ...(isInside ? [] : [{ permission: "external_directory", subject: path }]),
      { permission, subject: shown }
    ]
  }
  return located
})
