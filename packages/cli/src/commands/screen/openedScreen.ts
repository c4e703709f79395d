/** The screen once its prompt is shown: with a session, the model, and everything else that takes long to load. */
import { AttachmentLimits } from "@altimate-code/agent/AttachmentLimits"
import type { Overrides } from "@altimate-code/config/Settings"
import { attachmentLimits } from "@altimate-code/provider/AttachmentLimits"
import { ReadInterval } from "@altimate-code/provider/StreamedEvent"
import type { EarlyPrompt } from "@altimate-code/tui/EarlyPrompt"
import * as Screen from "@altimate-code/tui/Screen"
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import * as Layer from "effect/Layer"
import * as Scope from "effect/Scope"
import * as Assistant from "../../workspace/assistant.ts"
import * as LocalFiles from "../../workspace/localFiles.ts"
import { openSession, type SessionOptions } from "../../workspace/openSession.ts"
import * as ScreenHost from "./screenHost.ts"

export interface ScreenOptions extends SessionOptions, ScreenHost.AnswerOptions {
  readonly overrides: Overrides
}

/** Runs the screen until the user quits. Without a prompt, it shows one when everything is there. */
export const runOpened = Effect.fn("OpenedScreen.runOpened")(function*(
  options: ScreenOptions,
  prompt: EarlyPrompt | undefined
) {
  // In a scope of its own, so that other processes can open it once the user has left it.
  const scope = yield* Effect.acquireRelease(Scope.make(), Scope.close)
  const session = yield* Scope.extend(openSession(options), scope)
  const closeSession = Scope.close(scope, Exit.void)
  return yield* Screen.run({ session, closeSession, maxSteps: 50, ...(prompt === undefined ? {} : { prompt }) }).pipe(
    Effect.provideService(AttachmentLimits, attachmentLimits),
    Effect.provideService(ReadInterval, Duration.millis(Screen.frameInterval))
  )
}, (run, options) =>
  run.pipe(
    Effect.scoped,
    Effect.provide(
      Layer.provideMerge(
        ScreenHost.layer(options),
        Layer.mergeAll(Assistant.permissions, LocalFiles.layer)
      )
    )
  ))
