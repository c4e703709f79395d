import * as ProcessGroup from "@altimate-code/system/ProcessGroup"
import * as Effect from "effect/Effect"
// Effect's commands do not start a process group.
import { spawn } from "node:child_process"

const timeLimit = "10 seconds"

/** Runs the user's program with the text as its last argument. A failure is only logged: the assistant works without it. */
export const runNotification =
  ([program = "", ...args]: ReadonlyArray<string>, environment: Readonly<Record<string, string>>) =>
  (text: string): Effect.Effect<void> =>
    Effect.async<void, Error>((resume) => {
      const fail = (error: unknown) => resume(Effect.fail(error instanceof Error ? error : new Error(String(error))))
      try {
        const child = spawn(program, [...args, text], { env: environment, detached: true, stdio: "ignore" })
        child.once("error", fail)
        child.once("exit", (code, signal) =>
          code === 0 ? resume(Effect.void) : fail(new Error(`${program} ended with ${signal ?? `exit code ${code}`}.`)))
        return ProcessGroup.of(child.pid).end("1 second")
      } catch (error) {
        // An argument that no process can get, for example one with a null character.
        fail(error)
      }
    }).pipe(
      Effect.timeout(timeLimit),
      Effect.catchAll((error) =>
        Effect.logWarning(`The notification could not be shown: ${error.message}`)
      )
    )
