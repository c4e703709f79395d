import * as Effect from "effect/Effect"
import * as Option from "effect/Option"
import { type Answers, Host, type HostError, type Setup, type SetupError } from "../../Host.ts"
import { Display } from "./display.ts"

/** Tests and saves the answers of the first start. `onSaved` runs once they are saved. */
export const make = (onSaved: Effect.Effect<void>) =>
  Effect.gen(function*() {
    const host = yield* Host
    const { mask, send, showNotice } = yield* Display

    const withSetup = (use: (setup: Setup) => Effect.Effect<void, HostError | SetupError>) =>
      Option.match(host.setup, {
        onNone: () => Effect.void,
        onSome: (setup) =>
          Effect.catchAll(
            use(setup),
            (error) =>
              send({
                type: "setup-failed",
                problem: mask({ message: error.message, hint: error.hint }),
                wrong: error._tag === "SetupError" ? error.wrong : "unknown"
              })
          )
      })

    const saveAnswers = (setup: Setup, answers: Answers, before: ReadonlyArray<string>) =>
      Effect.gen(function*() {
        const files = yield* setup.save(answers)
        yield* send({ type: "setup-done" })
        yield* Effect.forEach([...before, `Saved in ${files.join(" and ")}.`], showNotice, { discard: true })
        yield* onSaved
      })

    return {
      check: (answers: Answers) =>
        withSetup((setup) => Effect.flatMap(setup.check(answers), (models) => send({ type: "setup-checked", models }))),
      attempt: (answers: Answers) =>
        withSetup((setup) =>
          Effect.flatMap(setup.attempt(answers), (reply) =>
            saveAnswers(setup, answers, [`It works. The model answered: ${reply.trim()}`]))
        ),
      save: (answers: Answers) =>
        withSetup((setup) => saveAnswers(setup, answers, []))
    }
  })
