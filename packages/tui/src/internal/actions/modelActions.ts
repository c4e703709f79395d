import * as Effect from "effect/Effect"
import * as Stream from "effect/Stream"
import { Host } from "../../Host.ts"
import * as Picker from "../input/picker.ts"
import { Display } from "./display.ts"

/** `/model`. */
export const make = Effect.gen(function*() {
  const host = yield* Host
  const { send, showFailure, showNotice, showWarning } = yield* Display

  return {
    /** Shows the selected model in the status bar. */
    display: Effect.matchEffect(host.model, {
      onFailure: showFailure,
      onSuccess: (model) => send({ type: "model", model })
    }),
    list: Effect.gen(function*() {
      const selected = yield* Effect.match(host.model, {
        onFailure: () => "",
        onSuccess: ({ configured }) => configured
      })
      const choices = Picker.modelChoices(host.models)
      const index = Math.max(0, choices.findIndex(({ id }) => id === selected))
      yield* send({ type: "models", picker: Picker.make("Models", choices, index, Picker.customModel) })
      // Asking takes a while, and the list can be used meanwhile.
      yield* Stream.runForEach(
        host.listedModels,
        (models) => send({ type: "models-listed", choices: Picker.modelChoices(models) })
      )
    }).pipe(Effect.catchAll(({ message }) => showWarning(`The models could not be listed: ${message}`))),
    select: (id: string) =>
      host.select(id).pipe(
        Effect.flatMap((model) =>
          Effect.zipRight(
            send({ type: "model", model }),
            showNotice(`Model: ${model.name}${model.isKnown ? "" : " (not in the catalog)"}.`)
          )
        ),
        Effect.catchAll(showFailure),
        Effect.ensuring(send({ type: "task-ended" }))
      )
  }
})
