import type * as BackgroundTasks from "@altimate-code/agent/session/BackgroundTasks"
import * as BackgroundTaskText from "@altimate-code/agent/session/BackgroundTaskText"
import * as Effect from "effect/Effect"
import * as Stream from "effect/Stream"
import { Display } from "../actions/display.ts"
import { taskNotice } from "../transcript/item.ts"

/** Shows the background commands of a session, and in the transcript which of them have ended. */
export const watch = (tasks: BackgroundTasks.BackgroundTasks) =>
  Effect.gen(function*() {
    const { mask, send, showItem } = yield* Display
    const running = new Set<string>()
    yield* Stream.runForEach(tasks.changes, (all) =>
      Effect.gen(function*() {
        yield* send({ type: "tasks", tasks: mask(all) })
        for (const { command, end, id } of all) {
          if (end === undefined) running.add(id)
          else if (running.delete(id)) yield* showItem(taskNotice({ id, command, ...end }))
        }
      }))
  })

/** What becomes of the commands of a session that is about to be closed. */
export const reportClosing = (tasks: BackgroundTasks.BackgroundTasks) =>
  Effect.gen(function*() {
    const { showNotice } = yield* Display
    for (const task of yield* tasks.list) {
      if (task.end !== undefined) continue
      yield* showNotice(task.isKept ? BackgroundTaskText.describeKept(task) : BackgroundTaskText.describeEnded(task))
    }
  })
