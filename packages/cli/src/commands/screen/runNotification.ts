import * as ProcessGroup from "@altimate-code/system/ProcessGroup"
import * as Data from "effect/Data"
import * as Effect from "effect/Effect"
// Effect's commands do not start a process group.
import { spawn } from "node:child_process"

class NotificationError extends Data.TaggedError("NotificationError")<{ readonly message: string }> {}

const timeLimit = "10 seconds"

/** Runs the user's program with the text as its last argument. A failure is only logged: the assistant works without it. */
export const runNotification =
  ([program = "", ...args]: ReadonlyArray<string>, environment: Readonly<Record<string, string>>) =>
  (text: string): Effect.Effect<void> =>
    Effect.async<void, NotificationError>((resume) => {
      const fail = (message: string) => resume(new NotificationError({ message }))
      try {
        const child = spawn(program, [...args, text], { env: environment, detached: true, stdio: "ignore" })
        child.once("error", ({ message }) => fail(message))
        child.once("exit", (code, signal) =>
          code === 0 ? resume(Effect.void) : fail(`${program} ended with ${signal ?? `exit code ${code}`}.`))
        return ProcessGroup.of(child.pid).end("1 second")
      } catch (error) {
        // An argument that no process can get, for example one with a null character.
        fail(String(error))
      }
    }).pipe(
      Effect.timeout(timeLimit),
      Effect.catchAll((error) =>
        Effect.logWarning(`The notification could not be shown: ${error.message}`)
      )
    )
