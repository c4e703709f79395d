import * as Effect from "effect/Effect"
import { CurrentSession } from "../actions/currentSession.ts"
import { Display } from "../actions/display.ts"
import type { Message } from "../screen/message.ts"

/** What `/tasks` does with a command. `showPage` may open the pager. */
export const make = (showPage: (message: Message) => void) =>
  Effect.gen(function*() {
    const current = yield* CurrentSession
    const { mask, showFailure } = yield* Display
    const tasks = Effect.map(current.get, ({ tasks }) => tasks)
    const report = ({ message }: { readonly message: string }) => showFailure({ message, hint: "" })

    const readOutput = (id: string, isOpening: boolean) =>
      Effect.flatMap(tasks, ({ readTail }) => readTail(id)).pipe(
        Effect.flatMap((output) =>
          Effect.sync(() => showPage({ type: "task-output", id, output: mask(output), isOpening }))
        )
      )

    return {
      show: (id: string) => Effect.catchAll(readOutput(id, true), report),
      // It may have been forgotten in the meantime.
      refresh: (id: string) => Effect.ignore(readOutput(id, false)),
      end: (id: string) =>
        Effect.flatMap(tasks, ({ end }) => end(id, "user")).pipe(Effect.catchAll(report), Effect.asVoid),
      keep: (id: string, isKept: boolean) =>
        Effect.flatMap(tasks, ({ setKept }) => setKept(id, isKept)).pipe(Effect.catchAll(report))
    }
  })
