import { type Environment, Workspace } from "@altimate-code/agent/Workspace"
import * as FileSystem from "@effect/platform/FileSystem"
import * as Path from "@effect/platform/Path"
import * as Config from "effect/Config"
import * as Data from "effect/Data"
import * as Effect from "effect/Effect"
// The editor gets the terminal itself, and handles its own signals.
import { spawn } from "node:child_process"

/** The text could not be edited. */
export class EditorError extends Data.TaggedError("EditorError")<{
  readonly reason: "Start" | "File" | "Exit"
  readonly message: string
}> {
  get hint(): string {
    return this.reason === "Start" ? "Set $VISUAL or $EDITOR to your editor's command." : "Your prompt is unchanged."
  }
}

const editorCommand = Config.nonEmptyString("VISUAL").pipe(
  Config.orElse(() => Config.nonEmptyString("EDITOR")),
  Config.withDefault("vi")
)

/** Lets the user edit the text in their editor, whose command may have arguments, e.g. `code --wait`. */
export const editExternally = (text: string) =>
  Effect.gen(function*() {
    const fs = yield* FileSystem.FileSystem
    const path = yield* Path.Path
    const { programEnvironment } = yield* Workspace
    const command = yield* editorCommand
    const directory = yield* fs.makeTempDirectoryScoped({ prefix: "altimate-code-" })
    const file = path.join(directory, "prompt.md")
    yield* fs.writeFileString(file, text, { mode: 0o600 })
    yield* run(command, file, programEnvironment)
    return (yield* fs.readFileString(file)).replace(/\n$/, "")
  }).pipe(
    Effect.scoped,
    Effect.mapError((error) =>
      error._tag === "EditorError" ? error : new EditorError({ reason: "File", message: error.message })
    )
  )

const run = (command: string, file: string, env: Environment) =>
  Effect.async<void, EditorError>((resume) => {
    const child = spawn("sh", ["-c", `${command} "$1"`, "sh", file], { env, stdio: "inherit" })
    child.once("error", ({ message }) => resume(new EditorError({ reason: "Start", message })))
    child.once("exit", (code, signal) =>
      resume(
        code === 0 ? Effect.void : new EditorError({
          reason: "Exit",
          message: `The editor (${command}) exited with ${code === null ? `signal ${signal}` : `code ${code}`}.`
        })
      ))
    return Effect.sync(() => void child.kill())
  })
