import * as History from "@altimate-code/agent/session/History"
import * as Compaction from "@altimate-code/agent/turn/Compaction"
import { unknown as unknownProvider } from "@altimate-code/agent/turn/ModelProvider"
import * as LanguageModel from "@effect/ai/LanguageModel"
import * as Clock from "effect/Clock"
import * as Effect from "effect/Effect"
import { Host } from "../../Host.ts"
import { CurrentSession } from "./currentSession.ts"
import { Display } from "./display.ts"

/** `/compact`. */
export const make = Effect.gen(function*() {
  const host = yield* Host
  const current = yield* CurrentSession
  const { mask, send, showFailure, showWarning } = yield* Display

  return Effect.gen(function*() {
    const { contextWindow, languageModel, modelProvider: provider = unknownProvider } = yield* host.model
    const session = yield* current.get
    const { notice } = yield* provider.reportWaits(
      Compaction.compact(session, { window: contextWindow, provider }),
      (wait) => Effect.flatMap(Clock.currentTimeMillis, (at) => send({ type: "retry-wait", wait: mask(wait), at }))
    ).pipe(Effect.provideService(LanguageModel.LanguageModel, languageModel))
    yield* send({ type: "compacted", context: History.estimateContext(yield* session.entries), text: notice })
  }).pipe(
    Effect.catchAll((error) => showFailure(error._tag === "HostError" ? error : host.explain(error))),
    Effect.onInterrupt(() => showWarning("Interrupted. Nothing was compacted.")),
    Effect.ensuring(Effect.zipRight(current.displaySpending, send({ type: "task-ended" })))
  )
})
