/**
 * The built-in tools for working in a project.
 *
 * @since 0.1.0
 */
import type * as Tool from "@effect/ai/Tool"
import * as Toolkit from "@effect/ai/Toolkit"
import type * as FileSystem from "@effect/platform/FileSystem"
import type * as Path from "@effect/platform/Path"
import * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as FileVersions from "../internal/files/fileVersions.ts"
import { Locate, makeLocate } from "../internal/files/paths.ts"
import { provided } from "../internal/tools/defineTool.ts"
import type { Workspace } from "../Workspace.ts"
import { Bash, bash } from "./Bash.ts"
import { Edit, edit } from "./Edit.ts"
import { Glob, glob } from "./Glob.ts"
import { Grep, grep } from "./Grep.ts"
import { Read, read } from "./Read.ts"
import { Tasks, tasks } from "./Tasks.ts"
import { Todo, todo } from "./Todo.ts"
import { Write, write } from "./Write.ts"

/**
 * The definitions of all built-in tools.
 *
 * @since 0.1.0
 * @category toolkits
 */
export const toolkit = Toolkit.make(Read, Write, Edit, Glob, Grep, Bash, Tasks, Todo)

/**
 * The handlers of the built-in tools. They remember which files were read, because a file must be read before it is changed.
 *
 * @since 0.1.0
 * @category constructors
 */
export const make: Effect.Effect<
  Context.Context<Tool.HandlersFor<Toolkit.Tools<typeof toolkit>>>,
  never,
  Workspace | FileSystem.FileSystem | Path.Path
> = Effect.gen(function*() {
  const services = yield* Effect.context<Workspace | FileSystem.FileSystem | Path.Path>()
  const handlers = toolkit.toContext({
    read: provided(read),
    write: provided(write),
    edit: provided(edit),
    glob: provided(glob),
    grep: provided(grep),
    bash: provided(bash),
    tasks,
    todo
  })
  return yield* Effect.provide(
    handlers,
    services.pipe(
      Context.add(FileVersions.FileVersions, FileVersions.make()),
      Context.add(Locate, yield* makeLocate)
    )
  )
})

/**
 * See {@link make}.
 *
 * @since 0.1.0
 * @category layers
 */
export const layer: Layer.Layer<
  Tool.HandlersFor<Toolkit.Tools<typeof toolkit>>,
  never,
  Workspace | FileSystem.FileSystem | Path.Path
> = Layer.effectContext(make)
