import * as UserCommand from "@altimate-code/agent/session/UserCommand"
import * as Shell from "@altimate-code/agent/Shell"
import type { Workspace } from "@altimate-code/agent/Workspace"
import * as Prompt from "@effect/ai/Prompt"
import type * as FileSystem from "@effect/platform/FileSystem"
import type * as Path from "@effect/platform/Path"
import * as DateTime from "effect/DateTime"
import * as Effect from "effect/Effect"
import { CurrentSession } from "./currentSession.ts"
import { Display } from "./display.ts"

const timeout = "10 minutes"

/** Runs a command that the user typed after `!`, and adds its output to the session for the model. */
export const make = Effect.gen(function*() {
  const current = yield* CurrentSession
  const { mask, send, showFailure, showItem } = yield* Display
  const context = yield* Effect.context<FileSystem.FileSystem | Path.Path | Workspace>()

  return (command: string) =>
    Effect.gen(function*() {
      const { ending, ok, output } = yield* Shell.run({
        command,
        timeout,
        onOutput: (lines) => send({ type: "shell-output", text: mask(lines) })
      })
      yield* showItem({ type: "shell", command, output, end: ending, ok })
      const { append } = yield* current.get
      const text = UserCommand.toMessage(command, ending, output.trimEnd())
      yield* append({
        type: "user",
        message: Prompt.userMessage({ content: [Prompt.textPart({ text })] }),
        time: DateTime.formatIso(yield* DateTime.now)
      })
    }).pipe(
      Effect.catchTags({
        ShellError: ({ message }) => showFailure({ message, hint: "" }),
        SessionError: showFailure
      }),
      Effect.onInterrupt(() => showItem({ type: "shell", command, output: "", end: "interrupted", ok: false })),
      Effect.ensuring(send({ type: "task-ended" })),
      Effect.provide(context)
    )
})
