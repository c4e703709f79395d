/** Runs the screen. */
import { AttachmentLimits } from "@altimate-code/agent/AttachmentLimits"
import * as BackgroundTaskText from "@altimate-code/agent/session/BackgroundTaskText"
import type { Overrides } from "@altimate-code/config/Settings"
import { printable } from "@altimate-code/log/Printable"
import { attachmentLimits } from "@altimate-code/provider/AttachmentLimits"
import { ReadInterval } from "@altimate-code/provider/ReadInterval"
import * as Screen from "@altimate-code/tui/Screen"
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Option from "effect/Option"
import { Stdio } from "../../command-line/Stdio.ts"
import * as Assistant from "../../workspace/assistant.ts"
import * as LocalFiles from "../../workspace/localFiles.ts"
import { openSession, type SessionOptions } from "../../workspace/openSession.ts"
import * as ScreenHost from "./screenHost.ts"

export interface ScreenOptions extends SessionOptions, ScreenHost.AnswerOptions {
  readonly overrides: Overrides
}

/** Shows the screen. When the user quits, prints how to resume the session. */
export const runScreen = Effect.fn("RunScreen.runScreen")(function*(options: ScreenOptions) {
  const { writeError } = yield* Stdio
  const { keptTasks, sessionId } = yield* Effect.gen(function*() {
    const session = yield* openSession(options)
    return yield* Screen.run({ session, maxSteps: 50 }).pipe(
      Effect.provideService(AttachmentLimits, attachmentLimits),
      Effect.provideService(ReadInterval, Duration.millis(Screen.frameInterval))
    )
  })
    .pipe(
      Effect.scoped,
      Effect.provide(
        Layer.provideMerge(
          ScreenHost.layer(options),
          Layer.mergeAll(Assistant.permissions, LocalFiles.layer)
        )
      )
    )
  for (const task of keptTasks) yield* writeError(`${printable(BackgroundTaskText.describeKept(task))}\n`)
  if (Option.isSome(sessionId)) {
    yield* writeError(`To resume this session: altimate-code --session ${sessionId.value}\n`)
  }
})
