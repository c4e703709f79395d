import * as Effect from "effect/Effect"
import * as Option from "effect/Option"
import * as Stream from "effect/Stream"
import { type Effort, efforts, Host } from "../../Host.ts"
import * as Picker from "../input/picker.ts"
import { Display } from "./display.ts"

const details: Readonly<Record<Effort, string>> = {
  off: "no thinking, if the model allows it",
  low: "fastest and cheapest",
  medium: "a balance",
  high: "for difficult tasks",
  xhigh: "for long tasks with many steps",
  max: "as much as the model can; slow and expensive"
}

/** `/model` and `/effort`. */
export const make = Effect.gen(function*() {
  const host = yield* Host
  const { send, showFailure, showNotice, showWarning } = yield* Display

  /** The selected model; undefined if there is none yet. */
  const selected = Effect.option(host.model)

  const select = (id: string) =>
    Effect.flatMap(selected, (before) =>
      Effect.flatMap(host.select(id), (model) => {
        const effort = Option.match(before, { onNone: () => undefined, onSome: ({ effort }) => effort })
        const isOther = effort !== undefined && model.effort !== undefined && model.effort !== effort
        const details = [...(model.isKnown ? [] : ["not in the catalog"]), "until you quit"].join(", ")
        return Effect.zipRight(
          send({ type: "model", model }),
          showNotice(`Model: ${model.name} (${details}).${isOther ? ` Effort: ${model.effort}, not ${effort}.` : ""}`)
        )
      })).pipe(
        Effect.catchAll(showFailure),
        Effect.ensuring(send({ type: "task-ended" }))
      )

  /** Shows the models that match the text. */
  const list = (filter: string) =>
    Effect.gen(function*() {
      const current = Option.getOrUndefined(yield* selected)
      const choices = Picker.modelChoices(host.models, current)
      const index = Math.max(0, choices.findIndex(({ id }) => id === current?.configured))
      yield* send({
        type: "models",
        picker: Picker.withFilter(Picker.make("Models", choices, index, Picker.customModel), filter)
      })
      // Asking takes a while, and the list can be used meanwhile.
      yield* Stream.runForEach(
        host.listedModels,
        (models) => send({ type: "models-listed", choices: Picker.modelChoices(models, current) })
      )
    }).pipe(Effect.catchAll(({ message }) => showWarning(`The models could not be listed: ${message}`)))

  /** Switches at once if the text is a model's ID or matches no model's name; otherwise lists the models that match. */
  const find = (text: string) =>
    Effect.suspend(() => {
      const choices = Picker.modelChoices(host.models)
      const isId = /[:/]/.test(text) || choices.some(({ id }) => id === text)
      return isId || !choices.some((choice) => Picker.contains(choice, text))
        ? select(text)
        : Effect.zipRight(send({ type: "task-ended" }), list(text))
    })

  return {
    /** Shows the selected model in the status bar. */
    display: Effect.matchEffect(host.model, {
      onFailure: showFailure,
      onSuccess: (model) => send({ type: "model", model })
    }),
    list: list(""),
    find,
    listEfforts: Effect.gen(function*() {
      const { effort: selected, efforts: levels = [], name } = yield* host.model
      if (levels.length === 0) return yield* showNotice(`The effort of ${name} cannot be changed.`)
      const choices = efforts.filter((effort) => effort === "off" || levels.includes(effort)).map((effort) => ({
        id: effort,
        label: effort,
        detail: effort === selected ? `current · ${details[effort]}` : details[effort]
      }))
      const index = Math.max(0, choices.findIndex(({ id }) => id === selected))
      yield* send({ type: "efforts", picker: Picker.make("Effort", choices, index) })
    }).pipe(Effect.catchAll(showFailure)),
    setEffort: (effort: Effort) =>
      host.setEffort(effort).pipe(
        Effect.flatMap((model) =>
          Effect.gen(function*() {
            yield* send({ type: "model", model })
            const notices = model.modelProvider === undefined ? [] : yield* model.modelProvider.notices
            yield* Effect.forEach(notices, showWarning, { discard: true })
            if (model.effort !== undefined) yield* showNotice(`Effort: ${model.effort} (until you quit).`)
          })
        ),
        Effect.catchAll(showFailure),
        Effect.ensuring(send({ type: "task-ended" }))
      ),
    select
  }
})
