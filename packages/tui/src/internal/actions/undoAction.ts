import * as History from "@altimate-code/agent/session/History"
import * as TodoList from "@altimate-code/agent/session/TodoList"
import * as Undo from "@altimate-code/agent/session/Undo"
import { Workspace } from "@altimate-code/agent/Workspace"
import * as FileSystem from "@effect/platform/FileSystem"
import * as Clock from "effect/Clock"
import * as Effect from "effect/Effect"
import * as Option from "effect/Option"
import { CurrentSession } from "./currentSession.ts"
import { Display } from "./display.ts"
import { describePlan, describeResult } from "./reports/undoReport.ts"

/** `/undo`. */
export const make = Effect.gen(function*() {
  const current = yield* CurrentSession
  const { send, showFailure, showItem, showNotice, showWarning } = yield* Display
  const fs = yield* FileSystem.FileSystem
  const { directory } = yield* Workspace

  return {
    /** Shows what undoing the last turn means, and asks. */
    ask: Effect.gen(function*() {
      const plan = yield* Undo.plan(yield* current.get)
      if (Option.isNone(plan)) {
        yield* showNotice("Nothing to undo: no prompt of this session is part of the conversation.")
        return yield* send({ type: "task-ended" })
      }
      yield* showItem({ type: "lines", title: "Undo the last turn", lines: describePlan(plan.value, directory) })
      yield* send({ type: "undo-planned", plan: plan.value, at: yield* Clock.currentTimeMillis })
    }).pipe(Effect.provideService(FileSystem.FileSystem, fs)),
    /** Undoes the turn as the user has confirmed it. */
    apply: (plan: Undo.Plan) =>
      Effect.gen(function*() {
        const session = yield* current.get
        const files = yield* Undo.apply(session, plan)
        const { isUndone, problems, summary } = describeResult(plan, files, directory)
        yield* isUndone ? showNotice(summary) : showWarning(summary)
        yield* Effect.forEach(problems, showWarning, { discard: true })
        if (!isUndone) return yield* send({ type: "task-ended" })
        const entries = yield* session.entries
        yield* send({
          type: "turn-undone",
          typed: plan.typed,
          context: History.estimateContext(entries),
          todos: TodoList.latest(entries)
        })
      }).pipe(
        Effect.catchAll((error) => Effect.zipRight(showFailure(error), send({ type: "task-ended" }))),
        Effect.provideService(FileSystem.FileSystem, fs)
      )
  }
})
