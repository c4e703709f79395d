import * as Files from "@altimate-code/agent/Files"
import { Workspace } from "@altimate-code/agent/Workspace"
import type * as FileSystem from "@effect/platform/FileSystem"
import type * as Path from "@effect/platform/Path"
import * as Effect from "effect/Effect"
import { Host } from "../../Host.ts"
import { editExternally } from "../input/externalEditor.ts"
import * as PromptHistory from "../input/promptHistory.ts"
import type { Terminal } from "../terminal/terminal.ts"
import { Display } from "./display.ts"

/** More files would make each key wait until all of them are compared. */
const maxFiles = 50_000

/** What the prompt's editor needs from outside: an external editor, the files to complete, and the history. */
export const make = (suspendDuring: Terminal["suspendDuring"]) =>
  Effect.gen(function*() {
    const host = yield* Host
    const { send, showFailure } = yield* Display
    const workspace = yield* Workspace
    const context = yield* Effect.context<FileSystem.FileSystem | Path.Path | Workspace>()

    const files = yield* Effect.cachedWithTTL(
      Effect.orElseSucceed(Files.listNearest(workspace.directory, maxFiles), () => []),
      "10 seconds"
    )

    return {
      edit: (text: string) =>
        suspendDuring(editExternally(text)).pipe(
          Effect.flatMap((text) => send({ type: "edited", text })),
          Effect.catchAll(showFailure),
          Effect.provide(context)
        ),
      listFiles: Effect.provide(Effect.flatMap(files, (files) => send({ type: "files", files })), context),
      /** Read again each time: other windows add prompts, too. */
      listPrompts: PromptHistory.load(host.history).pipe(
        Effect.flatMap((prompts) => send({ type: "prompts", prompts })),
        Effect.provide(context)
      ),
      remember: (text: string) => Effect.provide(PromptHistory.append(host.history, host.mask(text)), context)
    }
  })
