import { type Environment, Workspace } from "@altimate-code/agent/Workspace"
import * as FileSystem from "@effect/platform/FileSystem"
import * as Path from "@effect/platform/Path"
import * as Config from "effect/Config"
import * as Effect from "effect/Effect"
// The editor gets the terminal itself, and its signals are its own.
import { spawn } from "node:child_process"

const editor = Config.nonEmptyString("VISUAL").pipe(
  Config.orElse(() => Config.nonEmptyString("EDITOR")),
  Config.withDefault("vi")
)

/** The text as the user leaves it in their editor. Its command may have arguments, e.g. `code --wait`. */
export const edit = (text: string) =>
  Effect.gen(function*() {
    const fs = yield* FileSystem.FileSystem
    const path = yield* Path.Path
    const { programEnvironment } = yield* Workspace
    const command = yield* editor
    const directory = yield* fs.makeTempDirectoryScoped({ prefix: "altimate-code-" })
    const file = path.join(directory, "prompt.md")
    yield* fs.writeFileString(file, text, { mode: 0o600 })
    const code = yield* wait(command, file, programEnvironment)
    if (code !== 0) {
      return yield* Effect.fail({
        message: `The editor (${command}) exited with ${code}.`,
        hint: "Your text is unchanged."
      })
    }
    return (yield* fs.readFileString(file)).replace(/\n$/, "")
  }).pipe(
    Effect.scoped,
    Effect.mapError(({ message, ...rest }) => ({
      message,
      hint: "hint" in rest ? rest.hint : "Set $VISUAL or $EDITOR to the editor's command."
    }))
  )

const wait = (command: string, file: string, env: Environment) =>
  Effect.async<number | string, { readonly message: string; readonly hint: string }>((resume) => {
    const child = spawn("sh", ["-c", `${command} "$1"`, "sh", file], { env, stdio: "inherit" })
    child.once("error", (error) => resume(Effect.fail({ message: error.message, hint: "" })))
    child.once("exit", (code, signal) => resume(Effect.succeed(code ?? signal ?? "no code")))
    return Effect.sync(() => void child.kill())
  })
